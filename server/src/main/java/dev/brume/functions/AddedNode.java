package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts a version of Node beside those of the machine: npm's packages `node-<system>-<processor>`
/// hold nodejs.org's own binaries.
final class AddedNode {
  private static final Pattern NAME = Pattern.compile("nodejs([0-9]{1,3})\\.x");
  private static final long INSTALL_SECONDS = 900;

  private AddedNode() {}

  /// Installs the newest of a runtime's version, and gives its folder.
  ///
  /// @param runtime e.g. `nodejs22.x`
  static Path install(Path runtimesFolder, String runtime) throws IOException {
    Matcher name = NAME.matcher(runtime);
    if (!name.matches()) {
      throw new IllegalArgumentException(
          "only runtimes of Node can be added, e.g. nodejs22.x; for others install the program, and"
              + " Brume finds it");
    }
    String kind = "node-" + system() + "-" + processor();
    Path folder = runtimesFolder.resolve(runtime);
    Files.createDirectories(runtimesFolder);
    Path temporary = Files.createTempDirectory(runtimesFolder, ".new");
    try {
      Programs.run(
          INSTALL_SECONDS,
          List.of(
              "npm",
              "install",
              "--prefix",
              temporary.toString(),
              "--ignore-scripts",
              "--no-audit",
              "--no-fund",
              kind + "@" + name.group(1)));
      if (!Files.isExecutable(temporary.resolve("node_modules/" + kind + "/bin/node"))) {
        throw new IOException(
            "npm could not install " + kind + "@" + name.group(1) + "; is npm on PATH?");
      }
      Folders.delete(folder);
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Folders.delete(temporary);
    }
    return folder;
  }

  private static String system() {
    String name = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : "linux";
  }

  private static String processor() {
    return switch (System.getProperty("os.arch", "")) {
      case "aarch64", "arm64" -> "arm64";
      default -> "x64";
    };
  }
}

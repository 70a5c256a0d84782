package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The JDKs and JREs of this machine, from where installers and version managers put them. Their
/// `release` files say what they are: none is started for it.
final class JavaMachines {
  private static final List<String> FOLDERS =
      List.of(
          "/usr/lib/jvm/*",
          "/usr/java/*",
          "/opt/java/*",
          "/opt/*jdk*",
          "/opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
          "/Library/Java/JavaVirtualMachines/*/Contents/Home");
  private static final List<String> HOME_FOLDERS =
      List.of(
          ".sdkman/candidates/java/*",
          ".local/share/mise/installs/java/*",
          ".asdf/installs/java/*",
          ".jdks/*",
          ".jabba/jdk/*");

  private JavaMachines() {}

  /// One of them.
  ///
  /// @param version e.g. `21.0.4`
  /// @param build which build it is, e.g. `25.0.3+9-LTS`, and of whom
  record Machine(Path home, String version, String build) {
    Path executable() {
      return home.resolve("bin/java");
    }

    int major() {
      String[] parts = version.split("[.+_-]", -1);
      // 1.8.0 is 8.
      return Integer.parseInt(parts[0].equals("1") && parts.length > 1 ? parts[1] : parts[0]);
    }
  }

  /// All of them, those that somebody chose before those that are merely there: `JAVA_HOME`, PATH,
  /// the one that runs this server, then the rest.
  static List<Machine> all() {
    var homes = new ArrayList<Path>();
    String chosen = System.getenv("JAVA_HOME");
    if (chosen != null && !chosen.isEmpty()) {
      homes.add(Path.of(chosen));
    }
    Programs.onPath("java").forEach(java -> homes.add(Programs.home(Programs.real(java))));
    homes.add(own());
    FOLDERS.forEach(pattern -> homes.addAll(Programs.matching(Path.of("/"), pattern)));
    HOME_FOLDERS.forEach(pattern -> homes.addAll(Programs.matching(Programs.userHome(), pattern)));
    var found = new ArrayList<Machine>();
    var seen = new ArrayList<Path>();
    for (Path candidate : homes) {
      Path real = Programs.real(candidate);
      Machine machine = seen.contains(real) ? null : read(real);
      seen.add(real);
      if (machine != null) {
        found.add(machine);
      }
    }
    return found;
  }

  private static Path own() {
    return Path.of(System.getProperty("java.home", "/"));
  }

  private static @Nullable Machine read(Path home) {
    if (!Files.isExecutable(home.resolve("bin/java"))) {
      return null;
    }
    String version = "";
    String build = "";
    String vendor = "";
    try {
      for (String line : Files.readAllLines(home.resolve("release"))) {
        String value = line.replaceFirst("^[^=]*=", "").replace("\"", "");
        if (line.startsWith("JAVA_VERSION=")) {
          version = value;
        } else if (line.startsWith("JAVA_RUNTIME_VERSION=")) {
          build = value;
        } else if (line.startsWith("IMPLEMENTOR=")) {
          vendor = value;
        }
      }
      return version.matches("[0-9]+([.+_-].*)?")
          ? new Machine(home, version, vendor + " " + (build.isEmpty() ? version : build))
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  /// What a JVM needs to see of the file system: its home, and the folder that its configuration
  /// links to where a distribution keeps that in `/etc`.
  static List<Path> folders(Path home) {
    Path configuration =
        Programs.real(home.resolve("conf/security/java.security")).resolveSibling("..");
    return Programs.outside(List.of(home, configuration.normalize()));
  }
}

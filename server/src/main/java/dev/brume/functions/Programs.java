package dev.brume.functions;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// Finds programs on this machine, and asks them who they are.
final class Programs {
  private static final long PROBE_SECONDS = 20;

  private Programs() {}

  /// Executables of these names on PATH, in its order.
  static List<Path> onPath(String... names) {
    Set<Path> found = new LinkedHashSet<>();
    String path = System.getenv().getOrDefault("PATH", "/usr/local/bin:/usr/bin:/bin");
    for (String name : names) {
      for (String folder : path.split(File.pathSeparator)) {
        Path file = Path.of(folder.isEmpty() ? "." : folder, name);
        if (Files.isExecutable(file)) {
          found.add(file);
        }
      }
    }
    return List.copyOf(found);
  }

  /// A file below each folder of a version manager that keeps one folder per version, the newest
  /// name first.
  static List<Path> inVersions(Path versions, String glob, String file) {
    var found = new ArrayList<Path>();
    if (Files.isDirectory(versions)) {
      try (var folders = Files.newDirectoryStream(versions, glob)) {
        folders.forEach(folder -> found.add(folder.resolve(file)));
      } catch (IOException e) {
        return List.of();
      }
    }
    found.removeIf(candidate -> !Files.isExecutable(candidate));
    found.sort(Comparator.reverseOrder());
    return found;
  }

  /// The folders that match a pattern like `lib/jdk-*/Contents/Home`, in which `*` stands for any
  /// name or part of one; the highest names first.
  static List<Path> matching(Path root, String pattern) {
    List<Path> found = List.of(root);
    for (String part : pattern.replaceFirst("^/", "").split("/", -1)) {
      var next = new ArrayList<Path>();
      for (Path folder : found) {
        next.addAll(
            part.contains("*") ? inVersions(folder, part, "") : List.of(folder.resolve(part)));
      }
      found = next.stream().filter(Files::isDirectory).toList();
    }
    return found;
  }

  /// Where the user's version managers put their versions.
  static Path userHome() {
    return Path.of(System.getProperty("user.home", "/"));
  }

  /// The folder that an installation has for itself: `…/bin/node` belongs to `…`.
  static Path home(Path executable) {
    Path folder = executable.resolveSibling(".").normalize();
    return folder.endsWith("bin") ? folder.resolveSibling(".").normalize() : folder;
  }

  /// Those folders that the sandbox does not show anyway; one inside of another counts once.
  static List<Path> outside(List<Path> folders) {
    var kept = new ArrayList<Path>();
    for (Path folder : folders) {
      Path at = real(folder);
      boolean shown =
          at.startsWith("/usr")
              || at.getNameCount() < 2
              || !Files.isDirectory(at)
              || kept.stream().anyMatch(at::startsWith);
      if (!shown) {
        kept.add(at);
      }
    }
    return List.copyOf(kept);
  }

  static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  /// A command with words put in behind the program.
  static List<String> withOptions(List<String> command, String... options) {
    var all = new ArrayList<>(command);
    all.addAll(1, List.of(options));
    return all;
  }

  /// The lines that a program prints; none when it fails or takes too long.
  static List<String> run(Path executable, String... arguments) {
    var command = new ArrayList<String>();
    command.add(executable.toString());
    command.addAll(List.of(arguments));
    return run(PROBE_SECONDS, command);
  }

  /// The same with more time. Who is interrupted ends the program.
  static List<String> run(long seconds, List<String> command) {
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
    } catch (IOException e) {
      return List.of();
    }
    try {
      if (!process.waitFor(seconds, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        return List.of();
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      process.destroyForcibly().onExit().join();
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}

package dev.brume.functions;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Finds the programs that run handlers on this machine, once, when they are first needed. A
/// function whose exact version is not there runs on the one that is, and its log says so.
final class Interpreters {
  private static final String PYTHON_PROBE =
      "import sys, importlib.util as u\n"
          + "print('.'.join(map(str, sys.version_info[:3])))\n"
          + "print(sys.executable)\n"
          + "print(1 if u.find_spec('boto3') else 0)\n"
          + "print(sys.prefix)\n"
          + "print(sys.base_prefix)\n"
          + "print('\\n'.join(p for p in sys.path if p.startswith('/')))\n";
  private static final String NODE_PROBE =
      "console.log(process.versions.node); console.log(process.execPath)";
  private static final long PROBE_SECONDS = 20;
  private final FunctionsSettings settings;
  private final ReentrantLock lock = new ReentrantLock();
  private @Nullable Interpreter node;
  private @Nullable Interpreter python;

  Interpreters(FunctionsSettings settings) {
    this.settings = settings;
  }

  /// The program for Lambda's runtime name. Throws [RuntimeUnavailable] when there is none.
  Interpreter of(String runtime) {
    lock.lock();
    try {
      if (runtime.startsWith("nodejs")) {
        node = node == null ? findNode() : node;
        return require(node, runtime, "Node.js (https://nodejs.org), on PATH");
      }
      if (runtime.startsWith("python3")) {
        python = python == null ? findPython() : python;
        return require(python, runtime, "Python 3.9 or later, on PATH");
      }
      throw new RuntimeUnavailable("Brume does not run the runtime " + runtime + " yet", false);
    } finally {
      lock.unlock();
    }
  }

  private static Interpreter require(@Nullable Interpreter found, String runtime, String what) {
    if (found == null) {
      throw new RuntimeUnavailable(
          "The runtime " + runtime + " cannot run here: it needs " + what, false);
    }
    return found;
  }

  private @Nullable Interpreter findNode() {
    List<Path> candidates =
        settings.node() != null ? List.of(settings.node()) : onPath("node", "nodejs");
    for (Path candidate : candidates) {
      List<String> lines = run(candidate, "-e", NODE_PROBE);
      if (lines.size() >= 2) {
        Path executable = real(Path.of(lines.get(1)));
        return new Interpreter(
            Interpreter.Kind.NODE,
            executable,
            lines.get(0),
            outside(List.of(home(executable))),
            true);
      }
    }
    return null;
  }

  private @Nullable Interpreter findPython() {
    var candidates = new ArrayList<Path>();
    if (settings.python() != null) {
      candidates.add(settings.python());
    } else {
      candidates.addAll(onPath("python3", "python"));
      candidates.addAll(pyenv());
    }
    Interpreter best = null;
    for (Path candidate : candidates) {
      List<String> lines = run(candidate, "-c", PYTHON_PROBE);
      if (lines.size() < 5 || !lines.get(0).startsWith("3.")) {
        continue;
      }
      var folders = new ArrayList<Path>();
      lines.subList(3, lines.size()).forEach(line -> folders.add(Path.of(line)));
      var found =
          new Interpreter(
              Interpreter.Kind.PYTHON,
              Path.of(lines.get(1)),
              lines.get(0),
              outside(folders),
              lines.get(2).equals("1"));
      if (found.sdk()) {
        return found;
      }
      best = best == null ? found : best;
    }
    return best;
  }

  private static List<Path> pyenv() {
    Path versions = Path.of(System.getProperty("user.home", "/"), ".pyenv", "versions");
    var found = new ArrayList<Path>();
    if (Files.isDirectory(versions)) {
      try (var folders = Files.newDirectoryStream(versions, "3.*")) {
        folders.forEach(folder -> found.add(folder.resolve("bin/python3")));
      } catch (IOException e) {
        return List.of();
      }
    }
    found.sort(java.util.Comparator.reverseOrder());
    return found;
  }

  private static List<Path> onPath(String... names) {
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

  // The folder that an installation has for itself: `…/bin/node` belongs to `…`.
  private static Path home(Path executable) {
    Path folder = executable.resolveSibling(".").normalize();
    return folder.endsWith("bin") ? folder.resolveSibling(".").normalize() : folder;
  }

  // Folders that the sandbox does not show anyway; one inside of another counts once.
  private static List<Path> outside(List<Path> folders) {
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

  private static Path real(Path path) {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      return path;
    }
  }

  private static List<String> run(Path executable, String... arguments) {
    var command = new ArrayList<String>();
    command.add(executable.toString());
    command.addAll(List.of(arguments));
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        return List.of();
      }
      return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .toList();
    } catch (IOException e) {
      return List.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }
}

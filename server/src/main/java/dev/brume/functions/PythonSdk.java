package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// boto3, which Lambda's Python runtimes bring along, for a Python that has none: copied from one
/// of this machine that does, or installed by pip, once per version, in the user's cache.
final class PythonSdk {
  private static final System.Logger LOG = System.getLogger(PythonSdk.class.getName());
  private static final long INSTALL_SECONDS = 600;
  private static final String COPY =
      "import sys, os, shutil, importlib.util as u\n"
          + "for n in ['boto3', 'botocore', 's3transfer', 'jmespath', 'dateutil', 'six',"
          + " 'urllib3']:\n"
          + "    s = u.find_spec(n)\n"
          + "    if s.submodule_search_locations:\n"
          + "        shutil.copytree(list(s.submodule_search_locations)[0],"
          + " os.path.join(sys.argv[1], n), ignore=shutil.ignore_patterns('__pycache__'))\n"
          + "    else:\n"
          + "        shutil.copy(s.origin, sys.argv[1])\n"
          + "print('copied')\n";
  private static final String TRY =
      "import sys; sys.path.insert(0, sys.argv[1]); import boto3; print(1)";
  private final Path cacheFolder;
  private final ReentrantLock lock = new ReentrantLock();
  private final Set<Path> tried = ConcurrentHashMap.newKeySet();

  PythonSdk(Path cacheFolder) {
    this.cacheFolder = cacheFolder.toAbsolutePath();
  }

  /// Where it is for a Python, or would be.
  Path folder(Interpreter python) {
    return cacheFolder.resolve("python-sdk-" + python.runtimeName().replace("python", ""));
  }

  /// Copies it, if that has not been tried. When that is not possible it is installed, while
  /// functions run without.
  ///
  /// @param donor a Python that has boto3, if there is one
  void ensure(Interpreter python, @Nullable Path donor) {
    Path folder = folder(python);
    lock.lock();
    try {
      if (!tried.add(folder) || Files.isDirectory(folder)) {
        return;
      }
      boolean copied = donor != null && make(python, folder, List.of(donor.toString(), "-c", COPY));
      inBackground(
          () -> {
            if (!copied) {
              install(python, folder);
            }
            compile(python.executable(), folder);
          });
    } finally {
      lock.unlock();
    }
  }

  private static void inBackground(Runnable work) {
    Thread.ofPlatform().daemon(true).name("functions-python").start(work);
  }

  private void install(Interpreter python, Path folder) {
    LOG.log(
        System.Logger.Level.INFO,
        "Installing boto3 for functions on " + python.executable() + " (once)");
    var pip = new ArrayList<>(List.of(python.executable().toString(), "-m", "pip", "install"));
    pip.addAll(List.of("--quiet", "--disable-pip-version-check", "--retries", "1"));
    pip.addAll(List.of("boto3", "--target"));
    if (!make(python, folder, pip)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Functions on "
              + python.executable()
              + " run without boto3: pip could not install it. pip install boto3 for that Python"
              + " helps.");
    }
  }

  /// @param command that fills a folder, which is its last argument
  private boolean make(Interpreter python, Path folder, List<String> command) {
    try {
      Files.createDirectories(cacheFolder);
      Path temporary = Files.createTempDirectory(cacheFolder, "python-sdk-new");
      try {
        Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
        var whole = new ArrayList<>(command);
        whole.add(temporary.toString());
        Programs.run(INSTALL_SECONDS, whole);
        // What is new enough for one Python may be too new for another.
        if (Programs.run(python.executable(), "-c", TRY, temporary.toString()).isEmpty()) {
          return false;
        }
        Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        return true;
      } finally {
        Folders.delete(temporary);
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "no boto3 in {0}: {1}", folder, e.getMessage());
      return false;
    }
  }

  // Modules cannot be compiled where functions see them: that is read-only.
  private static void compile(Path python, Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    Programs.run(
        INSTALL_SECONDS,
        List.of(
            python.toString(),
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "unchecked-hash",
            folder.toString()));
  }
}

package dev.brume.functions;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// The AWS SDK for JavaScript v3 that Lambda's Node runtimes bring along: functions bundled by the
/// CDK leave it out. Installed once per version of its lock file, by npm, in the user's cache.
final class NodeSdk {
  private static final System.Logger LOG = System.getLogger(NodeSdk.class.getName());
  private static final long INSTALL_MINUTES = 10;
  private final Path folder;
  private final ReentrantLock lock = new ReentrantLock();
  private boolean tried;

  NodeSdk(Path cacheFolder) {
    folder = cacheFolder.resolve("node-runtime-" + version());
  }

  Path modules() {
    return folder.resolve("node_modules").toAbsolutePath();
  }

  /// Installs it unless it is there. When that is not possible functions run without it, and the
  /// server's log says why, once.
  void ensure() {
    if (Files.isDirectory(modules())) {
      return;
    }
    lock.lock();
    try {
      if (!tried && !Files.isDirectory(modules())) {
        tried = true;
        install();
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "Functions run without the AWS SDK for JavaScript: it could not be installed in "
              + folder
              + ": "
              + e.getMessage());
    } finally {
      lock.unlock();
    }
  }

  private void install() throws IOException {
    LOG.log(
        System.Logger.Level.INFO,
        "Installing the AWS SDK for JavaScript for functions in " + folder + " (once)");
    Files.createDirectories(folder.getParent());
    Path temporary = Files.createTempDirectory(folder.getParent(), "node-runtime-new");
    try {
      Sandbox.extract("node/package.json", temporary);
      Sandbox.extract("node/package-lock.json", temporary);
      Path log = temporary.resolve("npm.log");
      Process npm =
          new ProcessBuilder(
                  List.of("npm", "ci", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"))
              .directory(temporary.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
              .start();
      if (!npm.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || npm.exitValue() != 0) {
        npm.destroyForcibly();
        throw new IOException("npm ci failed: " + Files.readString(log).strip());
      }
      if (!Files.isDirectory(folder)) {
        Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      Folders.delete(temporary);
    }
  }

  private static String version() {
    try (var in = NodeSdk.class.getResourceAsStream("node/package-lock.json")) {
      if (in == null) {
        throw new IllegalStateException("package-lock.json is not in the jar");
      }
      byte[] lockFile =
          new String(in.readAllBytes(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(lockFile);
      return HexFormat.of().formatHex(hash).substring(0, 16);
    } catch (IOException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

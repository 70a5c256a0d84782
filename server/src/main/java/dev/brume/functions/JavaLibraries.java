package dev.brume.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/// The jars that a function in Java finds in `/var/runtime/lib`: AWS's runtime for Java, and what
/// connects it to us. Taken out of our own jar once per version, into the user's cache.
final class JavaLibraries {
  /// In the order of the class path. Lambda's own classes win over those that a function brings.
  static final List<String> NAMES =
      List.of(
          "brume-java-runtime.jar",
          "aws-lambda-java-core.jar",
          "aws-lambda-java-serialization.jar",
          "aws-lambda-java-runtime-interface-client.jar",
          "utils-lite.jar");

  private final Path cacheFolder;
  private final ReentrantLock lock = new ReentrantLock();
  private volatile boolean there;
  private Path folder;

  JavaLibraries(Path cacheFolder) {
    this.cacheFolder = cacheFolder.toAbsolutePath();
    folder = this.cacheFolder.resolve("java-runtime");
  }

  /// The folder with the jars; its name has their hash.
  Path folder() {
    ensure();
    return folder;
  }

  /// The class path of a JVM that sees them in this folder.
  static String classPath(String folder) {
    return NAMES.stream().map(name -> folder + "/" + name).collect(Collectors.joining(":"));
  }

  private void ensure() {
    if (there) {
      return;
    }
    lock.lock();
    try {
      if (!there) {
        folder = cacheFolder.resolve("java-runtime-" + hash());
        if (!Files.isDirectory(folder)) {
          extract();
        }
        there = true;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  private void extract() throws IOException {
    Files.createDirectories(cacheFolder);
    Path temporary = Files.createTempDirectory(cacheFolder, "java-runtime-new");
    try {
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
      for (String name : NAMES) {
        Files.write(temporary.resolve(name), resource(name));
      }
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (java.nio.file.FileSystemException e) {
      // Another process was quicker.
      if (!Files.isDirectory(folder)) {
        throw e;
      }
    } finally {
      Folders.delete(temporary);
    }
  }

  private static String hash() throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String name : NAMES) {
        digest.update(resource(name));
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] resource(String name) throws IOException {
    try (var in = JavaLibraries.class.getResourceAsStream("java/" + name)) {
      if (in == null) {
        throw new IOException(
            "java/" + name + " is not in Brume's jar: it comes there when Maven builds it");
      }
      return in.readAllBytes();
    }
  }
}

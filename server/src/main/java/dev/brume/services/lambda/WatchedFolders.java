package dev.brume.services.lambda;

import dev.brume.functions.CodeStore;
import dev.brume.functions.ZipModes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// Functions whose code is a folder of this machine, for development: those made from the bucket
/// `hot-reload` with the folder's path as key. What was saved there serves the next invocation;
/// running ones finish on the code that they began with.
///
/// Only folders below the one that `brume up --watch` names can be used, since whoever makes a
/// function could otherwise read any file; without that option there is no such bucket.
final class WatchedFolders {
  static final String BUCKET = "hot-reload";

  private final @Nullable Path root;
  private final Map<Path, Long> seen = new ConcurrentHashMap<>();

  /// @param root null to watch nothing
  WatchedFolders(@Nullable Path root) {
    this.root = root;
  }

  /// Whether code from this bucket is a folder.
  boolean has(@Nullable String bucket) {
    return root != null && BUCKET.equals(bucket);
  }

  /// What is in the folder, as a zip that is the same while the files are. Throws Lambda's error
  /// for a folder that is not there, too large, or outside of what is watched.
  byte[] zip(String folder) {
    Path path = checked(folder);
    try {
      seen.put(path, fingerprint(path));
      var bytes = new ByteArrayOutputStream();
      var modes = new HashMap<String, Integer>();
      long total = 0;
      try (var zip = new ZipOutputStream(bytes)) {
        for (Path file : files(path)) {
          boolean link = Files.isSymbolicLink(file);
          total += link ? 0 : Files.size(file);
          if (total > CodeStore.UNPACKED_BYTES_MAX) {
            throw LambdaErrors.invalid(
                "Unzipped size must be smaller than " + CodeStore.UNPACKED_BYTES_MAX + " bytes");
          }
          var entry = new ZipEntry(path.relativize(file).toString());
          entry.setTime(0);
          zip.putNextEntry(entry);
          if (link) {
            zip.write(target(path, file).getBytes(StandardCharsets.UTF_8));
          } else {
            Files.copy(file, zip);
          }
          modes.put(entry.getName(), mode(file));
        }
      }
      return ZipModes.with(bytes.toByteArray(), modes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Where a link leads; what it says from the machine's root only holds here.
  private static String target(Path folder, Path link) throws IOException {
    Path target = Files.readSymbolicLink(link);
    boolean inside = target.isAbsolute() && target.startsWith(folder);
    return (inside ? Objects.requireNonNull(link.getParent()).relativize(target) : target)
        .toString();
  }

  private static int mode(Path file) throws IOException {
    return Files.isSymbolicLink(file)
        ? ZipModes.LINK
        : (int) Files.getAttribute(file, "unix:mode", LinkOption.NOFOLLOW_LINKS);
  }

  /// Whether something was saved since the folder was read. False for one that is gone: the
  /// function goes on with the code that it has.
  boolean changed(String folder) {
    if (root == null) {
      return false;
    }
    try {
      Path path = checked(folder);
      Long before = seen.get(path);
      return before == null || before != fingerprint(path);
    } catch (IOException | RuntimeException e) {
      return false;
    }
  }

  private Path checked(String folder) {
    try {
      Path path = Path.of(folder.startsWith("/") ? folder : "/" + folder).toRealPath();
      if (root != null && path.startsWith(root.toRealPath()) && Files.isDirectory(path)) {
        return path;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw LambdaErrors.invalid("There is no folder " + folder + " to watch.");
    }
    throw LambdaErrors.invalid(folder + " is not a folder below the one that is watched.");
  }

  // Links are taken as links: followed they could lead out of what is watched.
  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(
              file ->
                  Files.isSymbolicLink(file)
                      || Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }

  private static long fingerprint(Path folder) throws IOException {
    long sum = 17;
    for (Path file : files(folder)) {
      sum = sum * 31 + file.toString().hashCode();
      var read = Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      sum = sum * 31 + read.size();
      sum = sum * 31 + read.lastModifiedTime().toMillis();
      sum = sum * 31 + mode(file);
    }
    return sum;
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// Functions' code by the hash of its zip: `zips/<hash>.zip`, durable, and `code/<hash>/`, unpacked
/// from it whenever it is not there. The unpacked folders are a cache: they are not forced to disk,
/// and thrown away when the machine was restarted since, or they are of an earlier form.
public final class CodeStore {
  /// Lambda's limit for code and layers unpacked.
  public static final long UNPACKED_BYTES_MAX = 262_144_000;

  private static final int ENTRIES_MAX = 100_000;
  // Of how zips are unpacked.
  private static final int FORM = 2;
  private static final String UNZIP_FAILED =
      "Could not unzip uploaded file. Please check your file, then try to upload again.";
  private final Path zips;
  private final Path code;
  private final ReentrantLock unpacking = new ReentrantLock();

  public CodeStore(Path folder) {
    zips = folder.resolve("zips");
    code = folder.resolve("code");
    try {
      Files.createDirectories(zips);
      Files.createDirectories(code);
      forgetAfterRestart();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A zip that was taken in.
  ///
  /// @param hash its name in the store, hexadecimal
  /// @param sizeBytes of the zip
  public record Package(String hash, long sizeBytes) {
    /// Lambda's `CodeSha256`.
    public String sha256Base64() {
      return Base64.getEncoder().encodeToString(HexFormat.of().parseHex(hash));
    }
  }

  /// A zip that is not usable; the message is Lambda's.
  public static final class BadCode extends Exception {
    private static final long serialVersionUID = 1L;

    BadCode(String message) {
      super(message);
    }
  }

  /// Stores a zip durably after checking that it unpacks within the limits.
  public Package add(byte[] zip) throws BadCode {
    String hash = HexFormat.of().formatHex(sha256(zip));
    Path target = zips.resolve(hash + ".zip");
    try {
      if (!Files.exists(target)) {
        Path temporary = Files.createTempFile(zips, "new", ".tmp");
        try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
          out.write(java.nio.ByteBuffer.wrap(zip));
          out.force(true);
        }
        check(temporary);
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel directory = FileChannel.open(zips, StandardOpenOption.READ)) {
          directory.force(true);
        }
      }
      try {
        folder(hash);
      } catch (ZipException | FileSystemException | InvalidPathException e) {
        Files.deleteIfExists(target);
        throw new BadCode(UNZIP_FAILED);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Package(hash, zip.length);
  }

  public boolean has(String hash) {
    return Files.exists(zips.resolve(hash + ".zip"));
  }

  /// The zip itself.
  public byte[] zip(String hash) {
    try {
      return Files.readAllBytes(zips.resolve(hash + ".zip"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The folder with all unpacked code, to be seen by sandboxes.
  Path codeFolder() {
    return code;
  }

  /// The unpacked folder of one zip.
  Path folder(String hash) throws IOException {
    return unpacked(hash, List.of(hash));
  }

  /// How much a zip is unpacked.
  public long unpackedBytes(String hash) {
    try (var files = Files.walk(folder(hash))) {
      long bytes = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        bytes += Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Files.size(file) : 0;
      }
      return bytes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// One folder with the content of several layers, later ones over earlier ones; null for none.
  public @Nullable String merge(List<String> hashes) {
    if (hashes.isEmpty()) {
      return null;
    }
    if (hashes.size() == 1) {
      return hashes.getFirst();
    }
    byte[] all = String.join("+", hashes).getBytes(java.nio.charset.StandardCharsets.UTF_8);
    String merged = HexFormat.of().formatHex(sha256(all));
    try {
      unpacked(merged, hashes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return merged;
  }

  private static void check(Path file) throws BadCode, IOException {
    boolean good = false;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      long total = 0;
      int count = 0;
      Enumeration<? extends ZipEntry> entries = zip.entries();
      byte[] buffer = new byte[1 << 16];
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        if (++count > ENTRIES_MAX || escapes(entry.getName())) {
          throw new BadCode(UNZIP_FAILED);
        }
        // The declared size is the sender's word: what counts is what comes out.
        try (InputStream in = zip.getInputStream(entry)) {
          for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            total += n;
            if (total > UNPACKED_BYTES_MAX) {
              throw new BadCode(
                  "Unzipped size must be smaller than " + UNPACKED_BYTES_MAX + " bytes");
            }
          }
        }
      }
      if (count == 0) {
        throw new BadCode("Uploaded file must be a non-empty zip");
      }
      good = true;
    } catch (ZipException | IllegalArgumentException e) {
      throw new BadCode(UNZIP_FAILED);
    } finally {
      if (!good) {
        Files.deleteIfExists(file);
      }
    }
  }

  private static boolean escapes(String name) {
    if (name.isEmpty() || name.startsWith("/") || name.indexOf(0) >= 0) {
      return true;
    }
    for (String part : name.split("[/\\\\]")) {
      if (part.equals("..")) {
        return true;
      }
    }
    return false;
  }

  // A folder of the cache with what is in these zips.
  private Path unpacked(String name, List<String> hashes) throws IOException {
    Path folder = code.resolve(name);
    if (Files.isDirectory(folder)) {
      return folder;
    }
    unpacking.lock();
    try (var tree = new CodeTree()) {
      if (!Files.isDirectory(folder)) {
        for (String hash : hashes) {
          tree.add(zips.resolve(hash + ".zip"));
        }
        Path temporary = Files.createTempDirectory(code, ".new");
        try {
          tree.write(temporary);
          Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
        } finally {
          Folders.delete(temporary);
        }
      }
    } finally {
      unpacking.unlock();
    }
    return folder;
  }

  private void forgetAfterRestart() throws IOException {
    Path boot = Path.of("/proc/sys/kernel/random/boot_id");
    String now = Files.isReadable(boot) ? Files.readString(boot).strip() + " " + FORM : "";
    Path mark = code.resolve(".boot");
    String then = Files.exists(mark) ? Files.readString(mark) : "";
    try (var folders = Files.newDirectoryStream(code)) {
      for (Path folder : folders) {
        boolean unfinished = folder.getFileName().toString().startsWith(".new");
        if (Files.isDirectory(folder) && (unfinished || now.isEmpty() || !now.equals(then))) {
          Folders.delete(folder);
        }
      }
    }
    Files.writeString(mark, now);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Folders in the user's cache with what makes functions start quicker, one per function, code and
/// program. A folder's name has their hash, so that nobody sees what was made for another code.
///
/// Those for `$LATEST` go when its code has changed, the others when they are the ones that were
/// used the longest ago.
final class FunctionFolders {
  // Is there when a published version has used the folder.
  private static final String PUBLISHED = "published";
  private static final String LATEST = "$LATEST";
  private final Path home;
  private final int most;
  private final Set<String> tried = ConcurrentHashMap.newKeySet();

  /// @param most that are kept
  FunctionFolders(Path home, int most) {
    this.home = home.toAbsolutePath();
    this.most = most;
  }

  /// Fills a folder.
  interface Content {
    void write(Path folder) throws IOException;
  }

  Path home() {
    return home;
  }

  /// The folder of a function, whether it is there or not. Who has the same code in another
  /// function gets another one.
  ///
  /// @param what it depends on besides code and layers
  Path folder(FunctionSpec spec, String... what) {
    String code = spec.layersHash() + " " + spec.codeHash() + " " + String.join(" ", what);
    return home.resolve(own(spec) + hash(code));
  }

  /// True once per process, until the folder has been let go.
  boolean isFirstTry(Path folder) {
    return tried.add(folder.getFileName().toString());
  }

  /// To be called when a start takes something from the folder.
  void used(Path folder, FunctionSpec spec) throws IOException {
    Files.setLastModifiedTime(folder, FileTime.fromMillis(System.currentTimeMillis()));
    Path mark = folder.resolve(PUBLISHED);
    if (!spec.version().equals(LATEST) && !Files.exists(mark)) {
      Files.writeString(mark, "");
    }
  }

  /// Makes a folder, whole or not at all, and lets go of others.
  void make(Path folder, FunctionSpec spec, Content content) throws IOException {
    forgetOthers(spec);
    Files.createDirectories(home);
    Path temporary = Files.createTempDirectory(home, ".new");
    try {
      Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxr-xr-x"));
      content.write(temporary);
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Folders.delete(temporary);
    }
  }

  // Of this function's `$LATEST` what it was before, of all functions what was used the longest
  // ago.
  private void forgetOthers(FunctionSpec spec) throws IOException {
    if (!Files.isDirectory(home)) {
      return;
    }
    List<Path> folders;
    try (var all = Files.list(home)) {
      folders =
          all.sorted(Comparator.comparing((Path path) -> path.toFile().lastModified())).toList();
    }
    int surplus = folders.size() - most;
    String own = own(spec);
    for (Path folder : folders) {
      String name = folder.getFileName().toString();
      boolean before = name.startsWith(own) && !Files.exists(folder.resolve(PUBLISHED));
      if (surplus > 0 || before && spec.version().equals(LATEST)) {
        Folders.delete(folder);
        tried.remove(name);
        surplus--;
      }
    }
  }

  private static String own(FunctionSpec spec) {
    return hash(spec.functionKey()) + "-";
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, 24);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

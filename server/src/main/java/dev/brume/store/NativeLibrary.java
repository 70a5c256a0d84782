package dev.brume.store;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.rocksdb.RocksDB;
import org.rocksdb.util.Environment;

/// Loads RocksDB's native library from a copy that is unpacked once and kept beside the data:
/// unpacking it at every start would cost most of the start.
final class NativeLibrary {
  private NativeLibrary() {}

  static void load(Path folder) throws IOException {
    String file = Environment.getJniLibraryFileName("rocksdb");
    // The loader looks for this doubled name in a folder it is given.
    Path versioned = folder.resolve(version());
    Path library = versioned.resolve(Environment.getJniLibraryFileName("rocksdbjni"));
    if (!Files.exists(library)) {
      Files.createDirectories(versioned);
      unpack(file, library);
    }
    RocksDB.loadLibrary(List.of(versioned.toString()));
  }

  private static void unpack(String file, Path library) throws IOException {
    Path part = library.resolveSibling(library.getFileName() + ".part");
    try (InputStream in = RocksDB.class.getClassLoader().getResourceAsStream(file)) {
      if (in == null) {
        throw new IOException("no RocksDB library for this platform: " + file);
      }
      Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(part, library, StandardCopyOption.ATOMIC_MOVE);
  }

  private static String version() {
    String version = RocksDB.class.getPackage().getImplementationVersion();
    return version == null ? "unversioned" : version;
  }
}

package dev.brume.sql;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// DuckDB's driver unpacks its library (57 MB) into the temporary folder whenever a process first
/// uses it, and a process that is killed leaves it there. Once loaded, Linux does not need the
/// file any more.
final class NativeCopy {
  private NativeCopy() {}

  /// Loads the library if it is not, and removes its file.
  static void removed() {
    Loaded.touch();
  }

  private static final class Loaded {
    static {
      try {
        Class.forName("org.duckdb.DuckDBNative");
        Path maps = Path.of("/proc/self/maps");
        List<String> lines = Files.isReadable(maps) ? Files.readAllLines(maps) : List.of();
        String temporary = System.getProperty("java.io.tmpdir", "/tmp");
        for (String line : lines) {
          int start = line.indexOf('/');
          if (start >= 0 && line.contains("/libduckdb_java") && line.endsWith(".so")) {
            Path copy = Path.of(line.substring(start));
            if (copy.startsWith(temporary)) {
              Files.deleteIfExists(copy);
            }
          }
        }
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException(e);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Loaded() {}

    static void touch() {
      // Running the static part is all.
    }
  }
}

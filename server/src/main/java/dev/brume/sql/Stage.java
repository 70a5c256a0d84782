package dev.brume.sql;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/// Brings the objects of one table's selected partitions into the folder that DuckDB may read: rows
/// of text objects into one file of quoted values, whatever their serde; Parquet objects as they
/// are.
final class Stage {
  private static final int LINE_CHARS_MAX = 4 << 20;

  /// One object that was read.
  ///
  /// @param parquet its copy, null for text objects
  record Source(int index, String uri, List<String> values, @Nullable Path parquet) {}

  private final Table table;
  private final ObjectSource objects;
  private final Path folder;
  private final Cancellation cancellation;
  private final List<Source> sources = new ArrayList<>();
  private final Map<Storage, RowReader> readers = new HashMap<>();
  private long scannedBytes;

  /// @param folder an empty one of this table's own
  Stage(Table table, ObjectSource objects, Path folder, Cancellation cancellation) {
    this.table = table;
    this.objects = objects;
    this.folder = folder;
    this.cancellation = cancellation;
  }

  List<Source> sources() {
    return sources;
  }

  long scannedBytes() {
    return scannedBytes;
  }

  Path rows() {
    return folder.resolve("rows.csv");
  }

  /// Reads every object of these partitions.
  void read(List<Partition> partitions) {
    try (BufferedWriter rows = Files.newBufferedWriter(rows())) {
      for (Partition partition : partitions) {
        Storage storage = partition.storage();
        var items = new ArrayList<ObjectSource.Item>();
        objects.list(
            Partitions.folder(storage.location()),
            item -> {
              if (!hidden(item)) {
                items.add(item);
              }
            });
        for (ObjectSource.Item item : items) {
          cancellation.check();
          one(item, partition, rows);
          scannedBytes += item.sizeBytes();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean hidden(ObjectSource.Item item) {
    String name = item.uri().substring(item.uri().lastIndexOf('/') + 1);
    return name.isEmpty() || name.startsWith("_") || name.startsWith(".") || item.sizeBytes() == 0;
  }

  private void one(ObjectSource.Item item, Partition partition, BufferedWriter rows)
      throws IOException {
    int index = sources.size();
    Storage storage = partition.storage();
    if (storage.serde().equals(Formats.PARQUET)) {
      Path copy = folder.resolve(index + ".parquet");
      try (InputStream in = objects.open(item)) {
        Files.copy(in, copy);
      }
      sources.add(new Source(index, item.uri(), partition.values(), copy));
      return;
    }
    RowReader reader = readers.computeIfAbsent(storage, s -> RowReader.of(s, table.columns()));
    sources.add(new Source(index, item.uri(), partition.values(), null));
    try (Reader text =
        new BufferedReader(
            new InputStreamReader(unpacked(item), StandardCharsets.UTF_8), 1 << 16)) {
      lines(text, item, reader, index, rows);
    }
  }

  private InputStream unpacked(ObjectSource.Item item) throws IOException {
    String name = item.uri().toLowerCase(Locale.ROOT);
    for (String suffix : List.of(".bz2", ".lzo", ".snappy", ".zst", ".lz4", ".deflate")) {
      if (name.endsWith(suffix)) {
        throw SqlFailure.notSupported("Compression " + suffix + " of " + item.uri());
      }
    }
    InputStream in = objects.open(item);
    return name.endsWith(".gz") ? new GZIPInputStream(in, 1 << 16) : in;
  }

  private void lines(
      Reader text, ObjectSource.Item item, RowReader reader, int index, BufferedWriter rows)
      throws IOException {
    int skip = headerLines();
    var line = new StringBuilder();
    int seen = 0;
    for (int c = text.read(); c >= 0 || !line.isEmpty(); c = text.read()) {
      if (c >= 0 && c != '\n') {
        line.append((char) c);
        if (line.length() > LINE_CHARS_MAX) {
          throw new SqlFailure("HIVE_CURSOR_ERROR: Too many bytes before newline: " + item.uri());
        }
        continue;
      }
      if (!line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
        line.setLength(line.length() - 1);
      }
      if (seen++ >= skip && !(line.isEmpty() && reader instanceof JsonRows)) {
        write(reader.read(line.toString()), index, rows);
      }
      line.setLength(0);
      if ((seen & 0xFFF) == 0) {
        cancellation.check();
      }
    }
  }

  private int headerLines() {
    String text = table.parameters().getOrDefault("skip.header.line.count", "0");
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new SqlFailure(
          "HIVE_INVALID_METADATA: Invalid value for skip.header.line.count property: " + text);
    }
  }

  private static void write(List<@Nullable String> fields, int index, BufferedWriter rows)
      throws IOException {
    rows.write(Integer.toString(index));
    for (String field : fields) {
      rows.write(',');
      if (field != null) {
        rows.write('"');
        rows.write(field.replace("\"", "\"\"").replace("\0", ""));
        rows.write('"');
      }
    }
    rows.write('\n');
  }
}

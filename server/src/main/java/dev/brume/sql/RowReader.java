package dev.brume.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes the fields of a row from a line of a text object, one per column: texts as they are,
/// nested
/// values as JSON, null for what is missing.
interface RowReader {
  List<@Nullable String> read(String line);

  /// The reader for a table's columns in this storage. Throws [SqlFailure] for a serde that is not
  /// supported.
  static RowReader of(Storage storage, List<Column> columns) {
    List<HiveType> types = columns.stream().map(c -> HiveType.parse(c.type())).toList();
    return switch (storage.serde()) {
      case Formats.LAZY_SIMPLE, "" -> new DelimitedRows(storage.serdeParameters(), types);
      case Formats.OPEN_CSV -> new CsvRows(storage.serdeParameters(), columns.size());
      case Formats.OPENX_JSON, Formats.HIVE_JSON, Formats.HIVE_JSON_3 ->
          new JsonRows(storage, columns, types);
      default -> throw SqlFailure.notSupported("SerDe " + storage.serde() + " is not supported");
    };
  }
}

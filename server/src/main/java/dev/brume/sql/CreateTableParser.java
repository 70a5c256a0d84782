package dev.brume.sql;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the rest of `CREATE EXTERNAL TABLE`; its clauses come in any order.
final class CreateTableParser {
  private final Cursor cursor;
  private final Map<String, String> serdeParameters = new LinkedHashMap<>();
  private List<Column> partitionKeys = List.of();
  private Map<String, String> properties = Map.of();
  private String location = "";
  private @Nullable String comment;
  private @Nullable String serde;
  private @Nullable String inputFormat;
  private @Nullable String outputFormat;
  private @Nullable String format;

  CreateTableParser(Cursor cursor) {
    this.cursor = cursor;
  }

  Ddl parse() {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    Ddl.TableName name = HiveParser.tableName(cursor);
    List<Column> columns = HiveParser.columns(cursor);
    while (!cursor.atEnd() && !cursor.peek().symbol(";")) {
      clause();
    }
    var all = new LinkedHashMap<String, String>();
    all.put("EXTERNAL", "TRUE");
    all.putAll(properties);
    var table =
        new Table(
            name.database(),
            name.name(),
            "EXTERNAL_TABLE",
            columns,
            partitionKeys,
            storage(),
            all,
            comment,
            null);
    return new Ddl.CreateTable(table, ifNotExists);
  }

  private void clause() {
    if (cursor.accept("COMMENT")) {
      comment = cursor.text();
    } else if (cursor.accept("PARTITIONED", "BY")) {
      partitionKeys = HiveParser.columns(cursor);
    } else if (cursor.accept("CLUSTERED", "BY")) {
      throw SqlFailure.notSupported("CLUSTERED BY: bucketed tables");
    } else if (cursor.accept("ROW", "FORMAT", "SERDE")) {
      serde = cursor.text();
    } else if (cursor.accept("ROW", "FORMAT", "DELIMITED")) {
      delimited();
    } else if (cursor.accept("WITH", "SERDEPROPERTIES")) {
      serdeParameters.putAll(HiveParser.properties(cursor));
    } else if (cursor.accept("STORED", "AS", "INPUTFORMAT")) {
      inputFormat = cursor.text();
      cursor.expect("OUTPUTFORMAT");
      outputFormat = cursor.text();
    } else if (cursor.accept("STORED", "AS")) {
      format = cursor.name("file format");
    } else if (cursor.accept("LOCATION")) {
      location = cursor.text();
    } else if (cursor.accept("TBLPROPERTIES")) {
      properties = HiveParser.properties(cursor);
    } else {
      cursor.end();
    }
  }

  private void delimited() {
    while (true) {
      if (cursor.accept("FIELDS", "TERMINATED", "BY")) {
        String delimiter = cursor.text();
        serdeParameters.put("field.delim", delimiter);
        serdeParameters.put("serialization.format", delimiter);
        if (cursor.accept("ESCAPED", "BY")) {
          serdeParameters.put("escape.delim", cursor.text());
        }
      } else if (cursor.accept("ESCAPED", "BY")) {
        serdeParameters.put("escape.delim", cursor.text());
      } else if (cursor.accept("COLLECTION", "ITEMS", "TERMINATED", "BY")) {
        serdeParameters.put("collection.delim", cursor.text());
      } else if (cursor.accept("MAP", "KEYS", "TERMINATED", "BY")) {
        serdeParameters.put("mapkey.delim", cursor.text());
      } else if (cursor.accept("LINES", "TERMINATED", "BY")) {
        serdeParameters.put("line.delim", cursor.text());
      } else if (cursor.accept("NULL", "DEFINED", "AS")) {
        serdeParameters.put("serialization.null.format", cursor.text());
      } else {
        return;
      }
    }
  }

  private Storage storage() {
    Storage standard = Formats.storedAs(format == null ? "TEXTFILE" : format, location);
    if (serdeParameters.isEmpty() && serde == null) {
      serdeParameters.put("serialization.format", "1");
    } else if (serde != null) {
      serdeParameters.putIfAbsent("serialization.format", "1");
    }
    return new Storage(
        location,
        inputFormat == null ? standard.inputFormat() : inputFormat,
        outputFormat == null ? standard.outputFormat() : outputFormat,
        serde == null ? standard.serde() : serde,
        Map.copyOf(serdeParameters));
  }
}

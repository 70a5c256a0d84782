package dev.brume.sql;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Blob;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.duckdb.DuckDBStruct;
import org.jspecify.annotations.Nullable;

/// Values and types as Athena shows them.
final class Values {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT);
  private static final HexFormat HEX = HexFormat.ofDelimiter(" ");

  private Values() {}

  /// A value as text: `[1, 2]`, `{k=v}`, `2025-01-01 10:00:00.000`; null for NULL.
  static @Nullable String text(@Nullable Object value) throws SQLException {
    return switch (value) {
      case null -> null;
      case Timestamp it -> TIMESTAMP.format(it.toLocalDateTime());
      case LocalDateTime it -> TIMESTAMP.format(it);
      case OffsetDateTime it -> TIMESTAMP.format(it.withOffsetSameInstant(ZoneOffset.UTC)) + " UTC";
      case Instant it -> TIMESTAMP.format(it.atOffset(ZoneOffset.UTC)) + " UTC";
      case LocalDate it -> it.toString();
      case LocalTime it -> TIME.format(it);
      case BigDecimal it -> it.toPlainString();
      case BigInteger it -> it.toString();
      case Array it -> list((Object[]) it.getArray());
      case DuckDBStruct it -> map(it.getMap());
      case Map<?, ?> it -> map(it);
      case List<?> it -> list(it.toArray());
      case Blob it -> HEX.formatHex(it.getBytes(1, (int) it.length()));
      case byte[] it -> HEX.formatHex(it);
      case ByteBuffer it -> {
        var bytes = new byte[it.remaining()];
        it.get(bytes);
        yield HEX.formatHex(bytes);
      }
      default -> value.toString();
    };
  }

  private static String list(@Nullable Object[] values) throws SQLException {
    var parts = new ArrayList<String>();
    for (Object value : values) {
      parts.add(String.valueOf(text(value)));
    }
    return "[" + String.join(", ", parts) + "]";
  }

  private static String map(Map<?, ?> values) throws SQLException {
    var parts = new ArrayList<String>();
    for (var entry : values.entrySet()) {
      parts.add(text(entry.getKey()) + "=" + text(entry.getValue()));
    }
    return "{" + String.join(", ", parts) + "}";
  }

  /// The result column for DuckDB's type, e.g. `DECIMAL(10,2)`.
  static ResultColumn column(String name, String duckType) {
    if (duckType.endsWith("]")) {
      return new ResultColumn(name, "array", 0, 0);
    }
    int open = duckType.indexOf('(');
    String base = open < 0 ? duckType : duckType.substring(0, open);
    return switch (base) {
      case "BOOLEAN" -> new ResultColumn(name, "boolean", 0, 0);
      case "TINYINT" -> new ResultColumn(name, "tinyint", 3, 0);
      case "SMALLINT", "UTINYINT" -> new ResultColumn(name, "smallint", 5, 0);
      case "INTEGER", "USMALLINT" -> new ResultColumn(name, "integer", 10, 0);
      case "BIGINT", "UINTEGER", "HUGEINT", "UBIGINT", "UHUGEINT" ->
          new ResultColumn(name, "bigint", 19, 0);
      case "FLOAT" -> new ResultColumn(name, "float", 17, 0);
      case "DOUBLE" -> new ResultColumn(name, "double", 17, 0);
      case "DECIMAL" -> {
        String[] digits = duckType.substring(open + 1, duckType.length() - 1).split(",");
        yield new ResultColumn(
            name, "decimal", Integer.parseInt(digits[0]), Integer.parseInt(digits[1]));
      }
      case "DATE" -> new ResultColumn(name, "date", 0, 0);
      case "TIME" -> new ResultColumn(name, "time", 3, 0);
      case "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS" ->
          new ResultColumn(name, "timestamp", 3, 0);
      case "TIMESTAMP WITH TIME ZONE" -> new ResultColumn(name, "timestamp with time zone", 3, 0);
      case "BLOB" -> new ResultColumn(name, "varbinary", 1073741824, 0);
      case "JSON" -> new ResultColumn(name, "json", 0, 0);
      case "MAP" -> new ResultColumn(name, "map", 0, 0);
      case "STRUCT" -> new ResultColumn(name, "row", 0, 0);
      case "INTERVAL" -> new ResultColumn(name, "interval day to second", 0, 0);
      default -> new ResultColumn(name, "varchar", Integer.MAX_VALUE, 0);
    };
  }
}

package dev.brume.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// OpenCSVSerde: fields with `separatorChar`, in `quoteChar` where they need it, `escapeChar`
/// before a character that means itself. One row per line, as in Hive.
final class CsvRows implements RowReader {
  private final char separator;
  private final char quote;
  private final char escape;
  private final int columns;

  CsvRows(Map<String, String> parameters, int columns) {
    separator = first(parameters.get("separatorChar"), ',');
    quote = first(parameters.get("quoteChar"), '"');
    escape = first(parameters.get("escapeChar"), '\\');
    this.columns = columns;
  }

  private static char first(@Nullable String text, char standard) {
    return text == null || text.isEmpty() ? standard : text.charAt(0);
  }

  @Override
  public List<@Nullable String> read(String line) {
    var fields = new ArrayList<@Nullable String>(columns);
    var field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean more = i + 1 < line.length();
      if (c == escape && c != quote && more) {
        field.append(line.charAt(++i));
      } else if (c == quote && quoted && more && line.charAt(i + 1) == quote) {
        field.append(quote);
        i++;
      } else if (c == quote) {
        quoted = !quoted;
      } else if (c == separator && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    while (fields.size() < columns) {
      fields.add(null);
    }
    return fields.subList(0, columns);
  }
}

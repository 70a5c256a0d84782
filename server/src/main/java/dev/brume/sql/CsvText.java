package dev.brume.sql;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The CSV of Athena's results: every value in quotes, NULL as nothing, `\n` after each row.
public final class CsvText {
  private CsvText() {}

  public static void write(Appendable out, List<? extends @Nullable String> row)
      throws IOException {
    for (int i = 0; i < row.size(); i++) {
      String value = row.get(i);
      if (i > 0) {
        out.append(',');
      }
      if (value != null) {
        out.append('"').append(value.replace("\"", "\"\"")).append('"');
      }
    }
    out.append('\n');
  }

  /// The next row, null at the end. Closes nothing.
  public static @Nullable List<@Nullable String> read(Reader in) throws IOException {
    int c = in.read();
    if (c < 0) {
      return null;
    }
    var row = new ArrayList<@Nullable String>();
    while (true) {
      if (c == '"') {
        var value = new StringBuilder();
        c = in.read();
        while (c >= 0) {
          if (c == '"') {
            c = in.read();
            if (c != '"') {
              break;
            }
          }
          value.append((char) c);
          c = in.read();
        }
        row.add(value.toString());
      } else {
        row.add(null);
      }
      if (c != ',') {
        return row;
      }
      c = in.read();
    }
  }
}

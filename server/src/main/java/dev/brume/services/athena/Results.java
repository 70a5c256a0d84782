package dev.brume.services.athena;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.athena.*;
import dev.brume.sql.CsvText;
import dev.brume.sql.SqlResult;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Results as pages, read from the object that the query wrote, with the permissions of who asks.
final class Results {
  private final Operations operations;

  Results(Operations operations) {
    this.operations = operations;
  }

  static List<Execution.ResultField> fields(SqlResult result) {
    return result.columns().stream()
        .map(c -> new Execution.ResultField(c.name(), c.type(), c.precision(), c.scale()))
        .toList();
  }

  GetQueryResultsOutput page(Call call, Execution execution, GetQueryResultsInput in) {
    if (!execution.state().equals("SUCCEEDED")) {
      throw AthenaErrors.invalid(
          execution.ended()
              ? "Query did not finish successfully. Final query state: " + execution.state()
              : "Query has not yet finished. Current state: " + execution.state());
    }
    int max = in.maxResults() == null ? AthenaLimits.RESULT_PAGE_MAX : in.maxResults();
    String token = in.nextToken() == null ? "0" : in.nextToken();
    if (!token.matches("\\d{1,15}")) {
      throw AthenaErrors.invalid("NextToken is invalid");
    }
    long from = Long.parseLong(token);
    var rows = new ArrayList<Row>();
    String next = null;
    if (!execution.columns().isEmpty()) {
      next = read(call, execution, from, max, rows);
    }
    return new GetQueryResultsOutput()
        .updateCount(0L)
        .resultSet(
            new ResultSet()
                .rows(rows)
                .resultSetMetadata(
                    new ResultSetMetadata()
                        .columnInfo(execution.columns().stream().map(Results::info).toList())))
        .nextToken(next);
  }

  /// Adds up to `max` rows from a place in the object; answers the place of the next row.
  private @Nullable String read(
      Call call, Execution execution, long from, int max, List<Row> rows) {
    boolean csv = execution.outputLocation().endsWith(".csv");
    var objects = new S3Objects(operations, call);
    String range = from == 0 ? null : "bytes=" + from + "-";
    try (InputStream object = objects.open(execution.outputLocation(), range);
        var in = new Counted(object)) {
      while (rows.size() < max) {
        List<@Nullable String> values = csv ? CsvText.read(in) : line(in);
        if (values == null) {
          return null;
        }
        rows.add(new Row().data(values.stream().map(Results::datum).toList()));
      }
      long place = from + in.count;
      return in.read() < 0 ? null : String.valueOf(place);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Datum datum(@Nullable String latin) {
    return new Datum()
        .varCharValue(
            latin == null
                ? null
                : new String(latin.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8));
  }

  private static @Nullable List<@Nullable String> line(Reader in) throws IOException {
    int c = in.read();
    if (c < 0) {
      return null;
    }
    var line = new StringBuilder();
    while (c >= 0 && c != '\n') {
      line.append((char) c);
      c = in.read();
    }
    var row = new ArrayList<@Nullable String>();
    row.add(line.toString());
    return row;
  }

  /// Each byte as one character, counted: so that a page can begin at any row.
  private static final class Counted extends FilterReader {
    private long count;

    Counted(InputStream in) {
      super(
          new InputStreamReader(new BufferedInputStream(in, 1 << 16), StandardCharsets.ISO_8859_1));
    }

    @Override
    public int read() throws IOException {
      int c = super.read();
      if (c >= 0) {
        count++;
      }
      return c;
    }
  }

  private static ColumnInfo info(Execution.ResultField field) {
    return new ColumnInfo()
        .catalogName("hive")
        .schemaName("")
        .tableName("")
        .name(field.name())
        .label(field.name())
        .type(field.type())
        .precision(field.precision())
        .scale(field.scale())
        .nullable("UNKNOWN")
        .caseSensitive(field.type().equals("varchar"));
  }

  /// The `.metadata` object beside a result: the columns, as protocol buffers.
  static byte[] metadata(List<Execution.ResultField> fields) {
    var out = new ByteArrayOutputStream();
    for (Execution.ResultField field : fields) {
      var column = new ByteArrayOutputStream();
      text(column, 1, "hive");
      text(column, 4, field.name());
      text(column, 5, field.name());
      text(column, 6, field.type());
      number(column, 7, field.precision());
      number(column, 8, field.scale());
      number(column, 9, 3);
      number(column, 10, field.type().equals("varchar") ? 1 : 0);
      block(out, 4, column.toByteArray());
    }
    return out.toByteArray();
  }

  private static void text(ByteArrayOutputStream out, int tag, String value) {
    block(out, tag, value.getBytes(StandardCharsets.UTF_8));
  }

  private static void block(ByteArrayOutputStream out, int tag, byte[] value) {
    out.write(tag << 3 | 2);
    variable(out, value.length);
    out.writeBytes(value);
  }

  private static void number(ByteArrayOutputStream out, int tag, int value) {
    out.write(tag << 3);
    variable(out, value);
  }

  private static void variable(ByteArrayOutputStream out, int value) {
    int left = value;
    while (left > 0x7F) {
      out.write(left & 0x7F | 0x80);
      left >>>= 7;
    }
    out.write(left);
  }
}

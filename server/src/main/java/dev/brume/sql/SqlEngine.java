package dev.brume.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Runs statements: Hive's dialect against the catalog, Trino's on an embedded DuckDB of the
/// statement's own. Queries read only objects that their caller may read, through [ObjectSource];
/// they reach no file of the host, no network and no setting.
public final class SqlEngine {
  private static final String[] QUERY = {"select", "with", "values", "table", "explain"};
  private final Path folder;
  private final int memoryMegabytes;
  private final MemoryGuard guard;

  /// @param folder for the files of running statements; emptied here
  /// @param memoryMegabytes what one query may use
  public SqlEngine(Path folder, int memoryMegabytes) {
    this.folder = folder.toAbsolutePath().normalize();
    this.memoryMegabytes = memoryMegabytes;
    guard = new MemoryGuard(4L * memoryMegabytes);
    delete(this.folder);
  }

  /// One statement and its surroundings.
  ///
  /// @param id names its folder; unique among those that run
  /// @param parameters literals for its question marks, in their order
  /// @param database what names without one mean, lower case
  public record Job(String id, String sql, List<String> parameters, String database, Instant now) {}

  /// Whether a statement's result is rows of a query (CSV) rather than lines of text. Never throws.
  public static boolean rows(String sql) {
    return StatementKind.of(sql) == StatementKind.DML;
  }

  /// What to do with a result while its file is there.
  public interface Receiver<T> {
    T take(SqlResult result) throws IOException;
  }

  /// Runs a statement, on a platform thread of the caller's, and hands its result over. Throws
  /// [SqlFailure] with the reason when it fails.
  public <T> T run(
      Job job,
      Catalog catalog,
      ObjectSource objects,
      Cancellation cancellation,
      Receiver<T> receiver) {
    Path own = folder.resolve(job.id());
    guard.watch(cancellation);
    try {
      Files.createDirectories(own);
      return receiver.take(execute(job, catalog, objects, cancellation, own));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      guard.forget(cancellation);
      delete(own);
    }
  }

  private SqlResult execute(
      Job job, Catalog catalog, ObjectSource objects, Cancellation cancellation, Path own)
      throws IOException {
    cancellation.check();
    Token first = Lexer.lead(job.sql(), 1).getFirst();
    for (String word : QUERY) {
      if (first.is(word) || first.symbol("(")) {
        return query(job, catalog, objects, cancellation, own, first.is("explain"));
      }
    }
    for (String word : List.of("insert", "unload", "delete", "update", "merge", "prepare")) {
      if (first.is(word)) {
        throw SqlFailure.notSupported(
            word.toUpperCase(Locale.ROOT) + " is not supported by Brume yet");
      }
    }
    if (StatementKind.subtype(job.sql()).equals("CREATE_TABLE_AS_SELECT")) {
      throw SqlFailure.notSupported("CREATE TABLE AS SELECT is not supported by Brume yet");
    }
    DdlExecutor.Answer answer =
        new DdlExecutor(catalog, objects, job.database()).run(HiveParser.parse(job.sql()));
    Path file = own.resolve("result.txt");
    Files.write(file, answer.lines());
    return new SqlResult(
        answer.columns().stream().map(n -> new ResultColumn(n, "string", 0, 0)).toList(),
        file,
        answer.lines().size(),
        0);
  }

  private SqlResult query(
      Job job,
      Catalog catalog,
      ObjectSource objects,
      Cancellation cancellation,
      Path own,
      boolean explain)
      throws IOException {
    String given = explain ? afterExplain(job.sql()) : job.sql();
    String sql = Parameters.apply(given, job.parameters());
    Translation translation = Translation.of(sql, job.now());
    Path data = Files.createDirectory(own.resolve("data"));
    try (var duck = new Duck(data, memoryMegabytes, job.database(), translation)) {
      JsonNode statement = duck.parse(translation.text());
      QueryTree tree = QueryTree.of(statement, translation);
      var tables = new Tables(duck, catalog, objects, data, job.now(), cancellation);
      tables.bind(tree, translation, job.database());
      cancellation.check();
      try (Statement running = duck.statement()) {
        cancellation.running(running);
        Path file = own.resolve(explain ? "result.txt" : "result.csv");
        if (explain) {
          return explain(running, translation, file);
        }
        try (ResultSet rows = running.executeQuery(translation.text())) {
          List<ResultColumn> columns = columns(rows.getMetaData(), statement);
          long count = write(rows, columns, file, cancellation);
          return new SqlResult(columns, file, count, tables.scannedBytes());
        }
      } catch (SQLException e) {
        cancellation.check();
        throw duck.failure(e);
      } finally {
        cancellation.running(null);
      }
    }
  }

  private static String afterExplain(String sql) {
    List<Token> tokens = Lexer.trino(sql);
    int start = 1;
    if (tokens.get(1).is("ANALYZE")) {
      throw SqlFailure.notSupported("EXPLAIN ANALYZE is not supported by Brume yet");
    }
    if (tokens.get(1).symbol("(") && !tokens.get(2).is("SELECT")) {
      while (start < tokens.size() - 1 && !tokens.get(start).symbol(")")) {
        start++;
      }
      start++;
    }
    return sql.substring(tokens.get(Math.min(start, tokens.size() - 1)).start());
  }

  private static SqlResult explain(Statement running, Translation translation, Path file)
      throws SQLException, IOException {
    var lines = new ArrayList<String>();
    try (ResultSet rows = running.executeQuery("EXPLAIN " + translation.text())) {
      while (rows.next()) {
        rows.getString(2).lines().forEach(lines::add);
      }
    }
    Files.write(file, lines);
    return new SqlResult(
        List.of(new ResultColumn("Query Plan", "varchar", Integer.MAX_VALUE, 0)),
        file,
        lines.size(),
        0);
  }

  /// Names and types; an expression without a name is `_col<n>`.
  private static List<ResultColumn> columns(ResultSetMetaData meta, JsonNode statement)
      throws SQLException {
    List<@Nullable JsonNode> items = items(statement.path("node"), meta.getColumnCount());
    var columns = new ArrayList<ResultColumn>();
    for (int i = 0; i < meta.getColumnCount(); i++) {
      JsonNode item = items.get(i);
      boolean unnamed =
          item != null
              && item.path("alias").asText().isEmpty()
              && !item.path("class").asText().equals("COLUMN_REF");
      String name = unnamed ? "_col" + i : meta.getColumnLabel(i + 1).toLowerCase(Locale.ROOT);
      columns.add(Values.column(name, meta.getColumnTypeName(i + 1)));
    }
    return columns;
  }

  /// The expression behind each column; null where a `*` gave it.
  private static List<@Nullable JsonNode> items(JsonNode node, int count) {
    JsonNode select = node;
    while (select.path("select_list").isMissingNode()) {
      JsonNode next = select.has("child") ? select.path("child") : select.path("left");
      if (next.isMissingNode()) {
        break;
      }
      select = next;
    }
    var items = new ArrayList<@Nullable JsonNode>();
    JsonNode list = select.path("select_list");
    int expanded = count - list.size() + 1;
    for (JsonNode item : list) {
      if (!item.path("class").asText().equals("STAR")) {
        items.add(item);
        continue;
      }
      for (int i = 0; i < expanded; i++) {
        items.add(null);
      }
      expanded = 0;
    }
    while (items.size() < count) {
      items.add(null);
    }
    return items;
  }

  private static long write(
      ResultSet rows, List<ResultColumn> columns, Path file, Cancellation cancellation)
      throws SQLException, IOException {
    long count = 0;
    try (BufferedWriter out = Files.newBufferedWriter(file)) {
      CsvText.write(out, columns.stream().map(ResultColumn::name).toList());
      while (rows.next()) {
        var row = new ArrayList<@Nullable String>(columns.size());
        for (int i = 1; i <= columns.size(); i++) {
          row.add(Values.text(rows.getObject(i)));
        }
        CsvText.write(out, row);
        if ((++count & 0xFFF) == 0) {
          cancellation.check();
        }
      }
    }
    return count;
  }

  private static void delete(Path tree) {
    if (!Files.exists(tree)) {
      return;
    }
    try {
      Files.walkFileTree(
          tree,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e)
                throws IOException {
              Files.delete(folder);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.brume.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Makes what a query refers to visible to its DuckDB: for each table a view over the objects of
/// the
/// partitions that the query needs, for each view its query, for each function its macro.
final class Tables {
  private static final int VIEW_DEPTH_MAX = 16;
  private final Duck duck;
  private final Catalog catalog;
  private final ObjectSource objects;
  private final Path folder;
  private final Instant now;
  private final Cancellation cancellation;
  private final Set<String> bound = new HashSet<>();
  private final Set<String> macros = new HashSet<>();
  private long scannedBytes;
  private int count;

  Tables(
      Duck duck,
      Catalog catalog,
      ObjectSource objects,
      Path folder,
      Instant now,
      Cancellation cancellation) {
    this.duck = duck;
    this.catalog = catalog;
    this.objects = objects;
    this.folder = folder;
    this.now = now;
    this.cancellation = cancellation;
  }

  long scannedBytes() {
    return scannedBytes;
  }

  /// @param database what names without one mean
  void bind(QueryTree tree, Translation translation, String database) {
    bind(tree, translation, database, 0);
  }

  private void bind(QueryTree tree, Translation translation, String database, int depth) {
    if (depth > VIEW_DEPTH_MAX) {
      throw new SqlFailure("INVALID_VIEW: Views are nested more than " + VIEW_DEPTH_MAX + " deep");
    }
    for (String function : tree.functions()) {
      if (macros.add(function)) {
        Functions.definitions(function).forEach(duck::run);
      }
    }
    boolean path = translation.text().contains("\"$path\"");
    var byName = new LinkedHashMap<String, List<QueryTree.TableRef>>();
    for (QueryTree.TableRef ref : tree.tables()) {
      String in = ref.database().isEmpty() ? database : ref.database();
      byName.computeIfAbsent(in + "\0" + ref.table(), _ -> new ArrayList<>()).add(ref);
    }
    for (var entry : byName.entrySet()) {
      QueryTree.TableRef first = entry.getValue().getFirst();
      String in = first.database().isEmpty() ? database : first.database();
      if (bound.add(entry.getKey())) {
        table(in, entry.getValue(), translation, path, depth);
      }
    }
  }

  private void table(
      String database,
      List<QueryTree.TableRef> refs,
      Translation translation,
      boolean path,
      int depth) {
    QueryTree.TableRef first = refs.getFirst();
    Position position = translation.origin(first.offset());
    if (!first.catalog().isEmpty() && !first.catalog().equals("awsdatacatalog")) {
      throw SqlFailure.at(
          "CATALOG_NOT_FOUND", position, "Catalog '" + first.catalog() + "' not found");
    }
    if (database.equals("information_schema")) {
      throw SqlFailure.notSupported(position + ": information_schema is not supported");
    }
    if (catalog.database(database) == null) {
      throw SqlFailure.at("SCHEMA_NOT_FOUND", position, "Schema '" + database + "' does not exist");
    }
    boolean listing = first.table().endsWith("$partitions");
    String name = first.table().replace("$partitions", "");
    Table table = catalog.table(database, name);
    if (table == null) {
      throw SqlFailure.at(
          "TABLE_NOT_FOUND",
          position,
          "Table 'awsdatacatalog." + database + "." + name + "' does not exist");
    }
    duck.run("CREATE SCHEMA IF NOT EXISTS awsdatacatalog." + Names.quote(database));
    String target = "awsdatacatalog." + Names.quote(database) + "." + Names.quote(first.table());
    if (listing) {
      duck.run(
          "CREATE VIEW "
              + target
              + " AS SELECT "
              + keys(table, "p")
              + " FROM "
              + partitionRows(table, catalog.partitions(table))
              + " p");
    } else if (table.view()) {
      view(target, table, depth);
    } else {
      data(target, table, refs, path);
    }
  }

  private void view(String target, Table view, int depth) {
    Translation translation = Translation.of(ViewText.sql(view), now);
    JsonNode statement = duck.parse(translation.text());
    QueryTree tree = QueryTree.of(statement, translation);
    String database = ViewText.database(view);
    bind(tree, translation, database, depth + 1);
    for (QueryTree.TableRef ref : tree.tables()) {
      if (ref.database().isEmpty()) {
        ((ObjectNode) ref.node()).put("schema_name", database);
      }
    }
    try {
      duck.run("CREATE VIEW " + target + " AS " + duck.text(statement));
    } catch (SQLException e) {
      throw duck.failure(e);
    }
  }

  private void data(String target, Table table, List<QueryTree.TableRef> refs, boolean path) {
    Path own = folder.resolve("t" + count++);
    try {
      Files.createDirectories(own);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var stage = new Stage(table, objects, own, cancellation);
    stage.read(
        table.partitioned()
            ? selected(table, refs)
            : List.of(new Partition(List.of(), table.storage())));
    scannedBytes += stage.scannedBytes();
    String files = fileRows(table, stage.sources());
    List<Stage.Source> parquet = stage.sources().stream().filter(s -> s.parquet() != null).toList();
    var parts = new ArrayList<String>();
    if (!parquet.isEmpty()) {
      parts.add(parquetQuery(table, parquet, files, path));
    }
    if (parquet.size() < stage.sources().size() || parquet.isEmpty()) {
      parts.add(textQuery(table, stage, files, path));
    }
    duck.run("CREATE VIEW " + target + " AS " + String.join(" UNION ALL ", parts));
  }

  /// The partitions that any of these uses of the table can need.
  private List<Partition> selected(Table table, List<QueryTree.TableRef> refs) {
    // Athena would take the partitions from these properties and not from the catalog: answering
    // from the catalog would be another answer.
    if ("true".equalsIgnoreCase(table.parameters().get("projection.enabled"))) {
      throw SqlFailure.notSupported(
          "partition projection ("
              + table.fullName()
              + " has projection.enabled) is not supported by Brume yet");
    }
    List<Partition> all = catalog.partitions(table);
    var keys = table.partitionKeys().stream().map(Column::name).collect(Collectors.toSet());
    var perRef = new ArrayList<List<JsonNode>>();
    for (QueryTree.TableRef ref : refs) {
      List<JsonNode> usable =
          ref.conditions().stream().filter(c -> onlyKeys(c, ref, keys)).toList();
      if (usable.isEmpty()) {
        return all;
      }
      perRef.add(usable);
    }
    if (all.isEmpty()) {
      return all;
    }
    String rows = partitionRows(table, all);
    var indexes = new TreeSet<Integer>();
    for (int i = 0; i < refs.size(); i++) {
      List<Integer> matching = matching(table, rows, refs.get(i), perRef.get(i));
      if (matching == null) {
        return all;
      }
      indexes.addAll(matching);
    }
    return indexes.stream().map(all::get).toList();
  }

  private @Nullable List<Integer> matching(
      Table table, String rows, QueryTree.TableRef ref, List<JsonNode> conditions) {
    String sql =
        "SELECT f FROM (SELECT f, "
            + keys(table, "p")
            + " FROM "
            + rows
            + " p) AS "
            + Names.quote(ref.alias())
            + " WHERE true";
    JsonNode statement = duck.parse(sql);
    ObjectNode node = (ObjectNode) statement.path("node");
    ObjectNode where = node.objectNode();
    where.put("class", "CONJUNCTION").put("type", "CONJUNCTION_AND").put("alias", "");
    where.putArray("children").add(node.get("where_clause")).addAll(conditions);
    node.set("where_clause", where);
    try {
      return duck.column(duck.text(statement)).stream().map(Integer::valueOf).toList();
    } catch (SQLException e) {
      // The query itself will say what is wrong with its condition.
      return null;
    }
  }

  private static boolean onlyKeys(JsonNode node, QueryTree.TableRef ref, Set<String> keys) {
    if (node.path("class").asText().equals("SUBQUERY")) {
      return false;
    }
    if (node.path("class").asText().equals("COLUMN_REF")) {
      JsonNode names = node.path("column_names");
      String last = names.path(names.size() - 1).asText().toLowerCase(Locale.ROOT);
      boolean own =
          names.size() == 1
              || names.size() == 2 && names.path(0).asText().equalsIgnoreCase(ref.alias());
      return own && keys.contains(last);
    }
    for (JsonNode child : node) {
      if (!onlyKeys(child, ref, keys)) {
        return false;
      }
    }
    return true;
  }

  /// A table of these partitions' values as texts: `f`, `k0`, ….
  private String partitionRows(Table table, List<Partition> partitions) {
    var rows = new ArrayList<List<String>>();
    partitions.forEach(p -> rows.add(p.values()));
    return valueTable(table.partitionKeys().size(), rows);
  }

  /// The same for objects, with the object's address as the last column `k<n>`.
  private String fileRows(Table table, List<Stage.Source> sources) {
    var rows = new ArrayList<List<String>>();
    for (Stage.Source source : sources) {
      var row = new ArrayList<>(source.values());
      row.add(source.uri());
      rows.add(row);
    }
    return valueTable(table.partitionKeys().size() + 1, rows);
  }

  private String valueTable(int columns, List<List<String>> rows) {
    String name = Duck.OWN_SCHEMA + ".v" + count++;
    var definition = new StringBuilder("CREATE TABLE " + name + " (f INTEGER");
    for (int i = 0; i < columns; i++) {
      definition.append(", k").append(i).append(" VARCHAR");
    }
    duck.run(definition + ")");
    for (int from = 0; from < rows.size(); from += 500) {
      var insert = new StringBuilder("INSERT INTO " + name + " VALUES ");
      for (int i = from; i < Math.min(from + 500, rows.size()); i++) {
        insert.append(i == from ? "(" : ", (").append(i);
        rows.get(i).forEach(v -> insert.append(", ").append(partitionValue(v)));
        insert.append(')');
      }
      duck.run(insert.toString());
    }
    return name;
  }

  private static String partitionValue(String value) {
    return value.equals("__HIVE_DEFAULT_PARTITION__") ? "NULL" : Names.text(value);
  }

  private static String keys(Table table, String alias) {
    var keys = new ArrayList<String>();
    for (int i = 0; i < table.partitionKeys().size(); i++) {
      Column key = table.partitionKeys().get(i);
      keys.add(
          "TRY_CAST("
              + alias
              + ".k"
              + i
              + " AS "
              + HiveType.parse(key.type()).duck()
              + ") AS "
              + Names.quote(key.name()));
    }
    return String.join(", ", keys);
  }

  private static String tail(Table table, boolean path) {
    String keys = table.partitioned() ? ", " + keys(table, "p") : "";
    return path ? keys + ", p.k" + table.partitionKeys().size() + " AS \"$path\"" : keys;
  }

  private static String textQuery(Table table, Stage stage, String files, boolean path) {
    var columns = new ArrayList<String>();
    var fields = new ArrayList<String>();
    columns.add("'f': 'INTEGER'");
    for (int i = 0; i < table.columns().size(); i++) {
      columns.add("'c" + i + "': 'VARCHAR'");
      Column column = table.columns().get(i);
      fields.add(
          TextValues.expression("d.c" + i, HiveType.parse(column.type()), table.storage().serde())
              + " AS "
              + Names.quote(column.name()));
    }
    return "SELECT "
        + String.join(", ", fields)
        + tail(table, path)
        + " FROM read_csv("
        + Names.text(stage.rows().toString())
        + ", columns={"
        + String.join(", ", columns)
        + "}"
        + ", auto_detect=false, header=false, delim=',', quote='\"', escape='\"', nullstr=''"
        + ", allow_quoted_nulls=false, parallel=false, max_line_size=16000000"
        + ", buffer_size=32000000) d JOIN "
        + files
        + " p ON d.f = p.f";
  }

  private String parquetQuery(Table table, List<Stage.Source> sources, String files, boolean path) {
    String list =
        sources.stream()
            .map(s -> Names.text(Objects.requireNonNull(s.parquet()).toString()))
            .collect(Collectors.joining(", ", "[", "]"));
    String reader = "read_parquet(" + list + ", union_by_name=true, filename='$file')";
    Map<String, String> present = new LinkedHashMap<>();
    try {
      duck.column("SELECT column_name FROM (DESCRIBE SELECT * FROM " + reader + ")")
          .forEach(n -> present.put(n.toLowerCase(Locale.ROOT), n));
    } catch (SQLException e) {
      throw new SqlFailure("HIVE_BAD_DATA: Not valid Parquet file: " + sources.getFirst().uri());
    }
    var fields = new ArrayList<String>();
    for (Column column : table.columns()) {
      String duckType = HiveType.parse(column.type()).duck();
      String stored = present.get(column.name());
      fields.add(
          (stored == null
                  ? "CAST(NULL AS " + duckType + ")"
                  : "CAST(d." + Names.quote(stored) + " AS " + duckType + ")")
              + " AS "
              + Names.quote(column.name()));
    }
    return "SELECT "
        + String.join(", ", fields)
        + tail(table, path)
        + " FROM "
        + reader
        + " d JOIN "
        + files
        + " p ON p.f = CAST(system.main.regexp_extract(d.\"$file\", '([0-9]+)\\.parquet$', 1) AS INTEGER)";
  }
}

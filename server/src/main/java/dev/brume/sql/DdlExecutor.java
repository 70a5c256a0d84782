package dev.brume.sql;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Runs the statements of Hive's dialect on a [Catalog].
final class DdlExecutor {
  private static final Storage NO_STORAGE = new Storage("", "", "", "", Map.of());

  /// What a statement answers.
  ///
  /// @param columns names of its columns, none for a statement without rows
  /// @param lines one per row
  record Answer(List<String> columns, List<String> lines) {
    static final Answer NONE = new Answer(List.of(), List.of());
  }

  private final Catalog catalog;
  private final String database;
  private final Partitions partitions;

  /// @param database the query's own, for names without one
  DdlExecutor(Catalog catalog, ObjectSource objects, String database) {
    this.catalog = catalog;
    this.database = database;
    this.partitions = new Partitions(catalog, objects);
  }

  Answer run(Ddl ddl) {
    return switch (ddl) {
      case Ddl.CreateDatabase it -> createDatabase(it);
      case Ddl.DropDatabase it -> dropDatabase(it);
      case Ddl.CreateTable it -> createTable(it);
      case Ddl.CreateView it -> createView(it);
      case Ddl.DropTable it -> dropTable(it);
      case Ddl.AddPartitions it -> done(() -> partitions.add(table(it.name()), it));
      case Ddl.DropPartitions it -> done(() -> partitions.drop(table(it.name()), it));
      case Ddl.RenamePartition it -> done(() -> partitions.rename(table(it.name()), it));
      case Ddl.AddColumns it -> addColumns(it);
      case Ddl.SetLocation it -> setLocation(it);
      case Ddl.SetProperties it -> setProperties(it);
      case Ddl.Repair it -> new Answer(List.of("result"), partitions.repair(table(it.name())));
      case Ddl.ShowDatabases it ->
          new Answer(
              List.of("database_name"),
              matching(catalog.databases().stream().map(Database::name).toList(), it.pattern()));
      case Ddl.ShowTables it -> showTables(it);
      case Ddl.ShowPartitions it ->
          new Answer(List.of("partition"), partitions.show(table(it.name())));
      case Ddl.ShowColumns it -> showColumns(table(it.name()));
      case Ddl.ShowCreateTable it -> showCreate(table(it.name()));
      case Ddl.ShowProperties it -> showProperties(table(it.name()), it.property());
      case Ddl.Describe it ->
          new Answer(
              List.of("col_name", "data_type", "comment"),
              TableText.describe(table(it.name()), it.formatted()));
    };
  }

  private static Answer done(Runnable action) {
    action.run();
    return Answer.NONE;
  }

  private Answer createDatabase(Ddl.CreateDatabase it) {
    if (catalog.database(it.database().name()) != null) {
      if (it.ifNotExists()) {
        return Answer.NONE;
      }
      throw SqlFailure.execution(
          "AlreadyExistsException(message:Database " + it.database().name() + " already exists)");
    }
    catalog.createDatabase(it.database());
    return Answer.NONE;
  }

  private Answer dropDatabase(Ddl.DropDatabase it) {
    if (catalog.database(it.name()) == null) {
      if (it.ifExists()) {
        return Answer.NONE;
      }
      throw noDatabase(it.name());
    }
    if (!it.cascade() && !catalog.tables(it.name()).isEmpty()) {
      throw SqlFailure.execution(
          "InvalidOperationException(message:Database "
              + it.name()
              + " is not empty. One or more tables exist.)");
    }
    catalog.dropDatabase(it.name(), it.cascade());
    return Answer.NONE;
  }

  private Answer createTable(Ddl.CreateTable it) {
    Table table = it.table().in(databaseOf(it.table().database()));
    requireDatabase(table.database());
    if (catalog.table(table.database(), table.name()) != null) {
      if (it.ifNotExists()) {
        return Answer.NONE;
      }
      throw SqlFailure.execution(
          "AlreadyExistsException(message:Table " + table.name() + " already exists)");
    }
    if (!table.storage().location().startsWith("s3://")) {
      throw SqlFailure.execution(
          table.storage().location().isEmpty()
              ? "MetaException(message:Table location must be given: LOCATION 's3://...')"
              : "MetaException(message:Unsupported location: " + table.storage().location() + ")");
    }
    var names = new ArrayList<String>();
    for (Column column : table.columns()) {
      if (names.contains(column.name())) {
        throw SqlFailure.semantic("[Error 10036]: Duplicate column name: " + column.name());
      }
      names.add(column.name());
    }
    for (Column key : table.partitionKeys()) {
      if (names.contains(key.name())) {
        throw SqlFailure.semantic("[Error 10035]: Column repeated in partitioning columns");
      }
    }
    catalog.createTable(table);
    return Answer.NONE;
  }

  private Answer createView(Ddl.CreateView it) {
    String target = databaseOf(it.name().database());
    requireDatabase(target);
    Table old = catalog.table(target, it.name().name());
    if (old != null && !(it.orReplace() && old.view())) {
      throw new SqlFailure(
          old.view()
              ? "ALREADY_EXISTS: View already exists: '" + old.fullName() + "'"
              : "ALREADY_EXISTS: Table already exists: '" + old.fullName() + "'");
    }
    ObjectNode view = Json.object();
    view.put("originalSql", it.sql()).put("catalog", "awsdatacatalog").put("schema", database);
    String encoded =
        Base64.getEncoder().encodeToString(Json.write(view).getBytes(StandardCharsets.UTF_8));
    var table =
        new Table(
            target,
            it.name().name(),
            "VIRTUAL_VIEW",
            List.of(),
            List.of(),
            NO_STORAGE,
            Map.of("presto_view", "true", "comment", "Presto View"),
            null,
            "/* Presto View: " + encoded + " */");
    if (old == null) {
      catalog.createTable(table);
    } else {
      catalog.updateTable(table);
    }
    return Answer.NONE;
  }

  private Answer dropTable(Ddl.DropTable it) {
    String target = databaseOf(it.name().database());
    Table table = catalog.table(target, it.name().name());
    if (table == null) {
      if (it.ifExists()) {
        return Answer.NONE;
      }
      throw noTable(target, it.name().name());
    }
    catalog.dropTable(target, table.name());
    return Answer.NONE;
  }

  private Answer addColumns(Ddl.AddColumns it) {
    Table table = table(it.name());
    var columns = new ArrayList<>(it.replace() ? List.<Column>of() : table.columns());
    for (Column column : it.columns()) {
      if (columns.stream().anyMatch(c -> c.name().equals(column.name()))
          || table.partitionKeys().stream().anyMatch(c -> c.name().equals(column.name()))) {
        throw SqlFailure.execution("Duplicate column name: " + column.name());
      }
      columns.add(column);
    }
    catalog.updateTable(table.withColumns(List.copyOf(columns)));
    return Answer.NONE;
  }

  private Answer setLocation(Ddl.SetLocation it) {
    Table table = table(it.name());
    if (it.partition().isEmpty()) {
      catalog.updateTable(table.with(table.storage().at(it.location())));
    } else {
      partitions.setLocation(table, it.partition(), it.location());
    }
    return Answer.NONE;
  }

  private Answer setProperties(Ddl.SetProperties it) {
    Table table = table(it.name());
    var all = new LinkedHashMap<>(table.parameters());
    all.putAll(it.properties());
    catalog.updateTable(table.with(all));
    return Answer.NONE;
  }

  private Answer showTables(Ddl.ShowTables it) {
    String target = databaseOf(it.database());
    requireDatabase(target);
    List<String> names =
        catalog.tables(target).stream()
            .filter(t -> !it.viewsOnly() || t.view())
            .map(Table::name)
            .toList();
    return new Answer(
        List.of(it.viewsOnly() ? "views" : "tab_name"), matching(names, it.pattern()));
  }

  private static Answer showColumns(Table table) {
    var names = new ArrayList<String>();
    table.columns().forEach(c -> names.add(c.name()));
    table.partitionKeys().forEach(c -> names.add(c.name()));
    return new Answer(List.of("field"), names.stream().map(n -> n + padding(n)).toList());
  }

  private static String padding(String name) {
    return " ".repeat(Math.max(0, 20 - name.length()));
  }

  private static Answer showCreate(Table table) {
    if (table.view()) {
      String view = "CREATE VIEW " + table.fullName() + " AS\n" + ViewText.sql(table);
      return new Answer(List.of("Create View"), view.lines().toList());
    }
    return new Answer(List.of("createtab_stmt"), TableText.create(table));
  }

  private static Answer showProperties(Table table, @Nullable String property) {
    List<String> columns = List.of("prpt_name", "prpt_value");
    if (property != null) {
      String value = table.parameters().get(property);
      return new Answer(
          columns,
          List.of(
              value == null
                  ? "Table " + table.fullName() + " does not have property: " + property
                  : value));
    }
    return new Answer(
        columns,
        table.parameters().entrySet().stream().map(e -> e.getKey() + "\t" + e.getValue()).toList());
  }

  /// Names by Hive's pattern (`*` and `|`), sorted.
  private static List<String> matching(List<String> names, @Nullable String pattern) {
    if (pattern == null) {
      return names.stream().sorted().toList();
    }
    var alternatives = new ArrayList<String>();
    for (String one : pattern.split("\\|", -1)) {
      var regex = new StringBuilder();
      for (String part : one.replace('%', '*').split("(?<=\\*)|(?=\\*)", -1)) {
        regex.append(part.equals("*") ? ".*" : Pattern.quote(part));
      }
      alternatives.add(regex.toString());
    }
    Pattern compiled = Pattern.compile(String.join("|", alternatives), Pattern.CASE_INSENSITIVE);
    return names.stream().filter(n -> compiled.matcher(n).matches()).sorted().toList();
  }

  private String databaseOf(String given) {
    return given.isEmpty() ? database : given;
  }

  private void requireDatabase(String name) {
    if (catalog.database(name) == null) {
      throw noDatabase(name);
    }
  }

  private Table table(Ddl.TableName name) {
    String target = databaseOf(name.database());
    Table table = catalog.table(target, name.name());
    if (table == null) {
      throw noTable(target, name.name());
    }
    return table;
  }

  private SqlFailure noTable(String target, String name) {
    return catalog.database(target) == null
        ? noDatabase(target)
        : SqlFailure.semantic("[Error 10001]: Table not found " + target + "." + name);
  }

  private static SqlFailure noDatabase(String name) {
    return SqlFailure.semantic("[Error 10072]: Database does not exist: " + name);
  }
}

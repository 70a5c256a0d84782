package dev.brume.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A statement about the catalog, in Hive's dialect.
sealed interface Ddl {
  /// @param database empty: the query's own
  record TableName(String database, String name) {}

  record CreateDatabase(Database database, boolean ifNotExists) implements Ddl {}

  record DropDatabase(String name, boolean ifExists, boolean cascade) implements Ddl {}

  record CreateTable(Table table, boolean ifNotExists) implements Ddl {}

  /// @param sql the query in Trino's dialect
  record CreateView(TableName name, boolean orReplace, String sql) implements Ddl {}

  record DropTable(TableName name, boolean ifExists, boolean view) implements Ddl {}

  record AddPartitions(TableName name, boolean ifNotExists, List<Spec> specs) implements Ddl {}

  record DropPartitions(TableName name, boolean ifExists, List<List<Condition>> conditions)
      implements Ddl {}

  record RenamePartition(TableName name, Map<String, String> from, Map<String, String> to)
      implements Ddl {}

  record AddColumns(TableName name, List<Column> columns, boolean replace) implements Ddl {}

  /// @param partition empty: the table's location
  record SetLocation(TableName name, Map<String, String> partition, String location)
      implements Ddl {}

  record SetProperties(TableName name, Map<String, String> properties) implements Ddl {}

  record Repair(TableName name) implements Ddl {}

  record ShowDatabases(@Nullable String pattern) implements Ddl {}

  record ShowTables(String database, @Nullable String pattern, boolean viewsOnly) implements Ddl {}

  record ShowPartitions(TableName name) implements Ddl {}

  record ShowColumns(TableName name) implements Ddl {}

  record ShowCreateTable(TableName name) implements Ddl {}

  record ShowProperties(TableName name, @Nullable String property) implements Ddl {}

  record Describe(TableName name, boolean formatted) implements Ddl {}

  /// @param values by key, in the statement's order
  /// @param location null: under the table's
  record Spec(Map<String, String> values, @Nullable String location) {}

  /// @param operator `=`, `<>`, `<`, `<=`, `>` or `>=`
  record Condition(String key, String operator, String value) {}
}

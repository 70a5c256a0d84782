package dev.brume.sql;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A table of the catalog, as in Hive's metastore.
///
/// @param type `EXTERNAL_TABLE` or `VIRTUAL_VIEW`
/// @param viewText Presto's encoded view, null for tables
public record Table(
    String database,
    String name,
    String type,
    List<Column> columns,
    List<Column> partitionKeys,
    Storage storage,
    Map<String, String> parameters,
    @Nullable String comment,
    @Nullable String viewText) {

  public boolean partitioned() {
    return !partitionKeys.isEmpty();
  }

  public boolean view() {
    return type.equals("VIRTUAL_VIEW");
  }

  /// `db.t`.
  public String fullName() {
    return database + "." + name;
  }

  Table in(String otherDatabase) {
    return new Table(
        otherDatabase, name, type, columns, partitionKeys, storage, parameters, comment, viewText);
  }

  Table with(Storage other) {
    return new Table(
        database, name, type, columns, partitionKeys, other, parameters, comment, viewText);
  }

  Table with(Map<String, String> otherParameters) {
    return new Table(
        database, name, type, columns, partitionKeys, storage, otherParameters, comment, viewText);
  }

  Table withColumns(List<Column> others) {
    return new Table(
        database, name, type, others, partitionKeys, storage, parameters, comment, viewText);
  }
}

package dev.brume.sql;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Databases, tables and partitions, as the caller of a statement may see and change them. Names
/// come in lower case. What the caller may not do throws.
public interface Catalog {
  List<Database> databases();

  @Nullable Database database(String name);

  void createDatabase(Database database);

  /// @param cascade with its tables
  void dropDatabase(String name, boolean cascade);

  List<Table> tables(String database);

  @Nullable Table table(String database, String name);

  void createTable(Table table);

  void updateTable(Table table);

  void dropTable(String database, String name);

  List<Partition> partitions(Table table);

  @Nullable Partition partition(Table table, List<String> values);

  void addPartitions(Table table, List<Partition> partitions);

  void updatePartition(Table table, Partition partition);

  void dropPartition(Table table, List<String> values);
}

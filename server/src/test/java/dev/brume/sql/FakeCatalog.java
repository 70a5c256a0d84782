package dev.brume.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A catalog in memory.
final class FakeCatalog implements Catalog {
  private final Map<String, Database> databases = new TreeMap<>();
  private final Map<String, Table> tables = new TreeMap<>();
  private final Map<String, Map<List<String>, Partition>> partitions = new TreeMap<>();

  FakeCatalog() {
    databases.put("default", new Database("default", null, null, Map.of()));
  }

  @Override
  public List<Database> databases() {
    return List.copyOf(databases.values());
  }

  @Override
  public @Nullable Database database(String name) {
    return databases.get(name);
  }

  @Override
  public void createDatabase(Database database) {
    databases.put(database.name(), database);
  }

  @Override
  public void dropDatabase(String name, boolean cascade) {
    databases.remove(name);
    tables.values().removeIf(t -> t.database().equals(name));
  }

  @Override
  public List<Table> tables(String database) {
    return tables.values().stream().filter(t -> t.database().equals(database)).toList();
  }

  @Override
  public @Nullable Table table(String database, String name) {
    return tables.get(database + "." + name);
  }

  @Override
  public void createTable(Table table) {
    tables.put(table.fullName(), table);
    partitions.put(table.fullName(), new LinkedHashMap<>());
  }

  @Override
  public void updateTable(Table table) {
    tables.put(table.fullName(), table);
  }

  @Override
  public void dropTable(String database, String name) {
    tables.remove(database + "." + name);
  }

  @Override
  public List<Partition> partitions(Table table) {
    return new ArrayList<>(of(table).values());
  }

  @Override
  public @Nullable Partition partition(Table table, List<String> values) {
    return of(table).get(values);
  }

  @Override
  public void addPartitions(Table table, List<Partition> fresh) {
    fresh.forEach(p -> of(table).put(p.values(), p));
  }

  @Override
  public void updatePartition(Table table, Partition partition) {
    of(table).put(partition.values(), partition);
  }

  @Override
  public void dropPartition(Table table, List<String> values) {
    of(table).remove(values);
  }

  private Map<List<String>, Partition> of(Table table) {
    return Objects.requireNonNull(partitions.get(table.fullName()));
  }
}

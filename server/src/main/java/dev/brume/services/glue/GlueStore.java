package dev.brume.services.glue;

import dev.brume.json.StructJson;
import dev.brume.model.Call;
import dev.brume.model.glue.*;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Rows: databases by name, tables by database and name, their former versions, partitions by their
/// values, tags by ARN.
final class GlueStore {
  private static final Row<Tags> TAGS = Row.of(Tags.class);

  record Tags(Map<String, String> tags) {}

  private static Key kind(Call call, String kind) {
    return Key.of("glue", call.account(), call.region(), kind);
  }

  /// The database of a stored table, which is always there.
  static String databaseOf(Table table) {
    return Objects.requireNonNull(table.databaseName());
  }

  @Nullable Database database(Reader reader, Call call, String name) {
    byte[] row = reader.get(kind(call, "database").then(name));
    return row == null ? null : StructJson.read(row, new Database());
  }

  List<Database> databases(Reader reader, Call call) {
    var all = new ArrayList<Database>();
    reader.scan(kind(call, "database"), (_, row) -> all.add(StructJson.read(row, new Database())));
    return all;
  }

  void put(Tx tx, Call call, Database database) {
    tx.put(kind(call, "database").then(database.name()), StructJson.bytes(database));
  }

  /// Removes the database with everything in it.
  void deleteDatabase(Tx tx, Call call, String name) {
    tx.delete(kind(call, "database").then(name));
    for (Table table : tables(tx, call, name)) {
      deleteTable(tx, call, name, table.name());
    }
  }

  @Nullable Table table(Reader reader, Call call, String database, String name) {
    byte[] row = reader.get(kind(call, "table").then(database, name));
    return row == null ? null : StructJson.read(row, new Table());
  }

  List<Table> tables(Reader reader, Call call, String database) {
    var all = new ArrayList<Table>();
    reader.scan(
        kind(call, "table").then(database), (_, row) -> all.add(StructJson.read(row, new Table())));
    return all;
  }

  void put(Tx tx, Call call, Table table) {
    tx.put(kind(call, "table").then(databaseOf(table), table.name()), StructJson.bytes(table));
  }

  /// Removes the table with its versions and partitions.
  void deleteTable(Tx tx, Call call, String database, String name) {
    tx.delete(kind(call, "table").then(database, name));
    clear(tx, kind(call, "version").then(database, name));
    clear(tx, kind(call, "partition").then(database, name));
  }

  private static void clear(Tx tx, Key prefix) {
    var keys = new ArrayList<Key>();
    tx.scan(prefix, (key, _) -> keys.add(key));
    keys.forEach(tx::delete);
  }

  void archive(Tx tx, Call call, Table table) {
    Key versions = kind(call, "version").then(databaseOf(table), table.name());
    long version = Long.parseLong(table.versionId());
    tx.put(versions.then(version), StructJson.bytes(table));
    tx.delete(versions.then(version - GlueLimits.TABLE_VERSIONS_MAX));
  }

  /// Former versions, the oldest first.
  List<Table> versions(Reader reader, Call call, String database, String name) {
    var all = new ArrayList<Table>();
    reader.scan(
        kind(call, "version").then(database, name),
        (_, row) -> all.add(StructJson.read(row, new Table())));
    return all;
  }

  private static Key partitionKey(Call call, String database, String table, List<String> values) {
    return kind(call, "partition").then(database, table).then(values.toArray());
  }

  @Nullable Partition partition(
      Reader reader, Call call, String database, String table, List<String> values) {
    byte[] row = reader.get(partitionKey(call, database, table, values));
    return row == null ? null : StructJson.read(row, new Partition());
  }

  List<Partition> partitions(Reader reader, Call call, String database, String table) {
    var all = new ArrayList<Partition>();
    reader.scan(
        kind(call, "partition").then(database, table),
        (_, row) -> all.add(StructJson.read(row, new Partition())));
    return all;
  }

  void put(Tx tx, Call call, Partition partition) {
    tx.put(
        partitionKey(
            call,
            Objects.requireNonNull(partition.databaseName()),
            Objects.requireNonNull(partition.tableName()),
            partition.values()),
        StructJson.bytes(partition));
  }

  void deletePartition(Tx tx, Call call, String database, String table, List<String> values) {
    tx.delete(partitionKey(call, database, table, values));
  }

  Map<String, String> tags(Reader reader, Call call, String arn) {
    byte[] row = reader.get(kind(call, "tags").then(arn));
    return new LinkedHashMap<>(row == null ? Map.of() : TAGS.read(row).tags());
  }

  void putTags(Tx tx, Call call, String arn, Map<String, String> tags) {
    if (tags.isEmpty()) {
      tx.delete(kind(call, "tags").then(arn));
    } else {
      tx.put(kind(call, "tags").then(arn), TAGS.write(new Tags(tags)));
    }
  }
}

package dev.brume.services.athena;

import dev.brume.json.StructJson;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.glue.*;
import dev.brume.sql.Catalog;
import dev.brume.sql.SqlFailure;
import dev.brume.sql.Storage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The Glue catalog as the caller of a query may use it. The database `default` is there for
/// everybody, and made when the first table goes into it.
final class GlueCatalog implements Catalog {
  private static final String DEFAULT = "default";
  private static final int BATCH = 100;
  private final GlueClient glue;
  private final Call call;

  GlueCatalog(Operations operations, Call call) {
    this.glue = new GlueClient(operations);
    this.call = call;
  }

  @Override
  public List<dev.brume.sql.Database> databases() {
    var all = new ArrayList<dev.brume.sql.Database>();
    String token = null;
    do {
      GetDatabasesResponse page =
          glue.getDatabases(call, new GetDatabasesRequest().nextToken(token));
      page.databaseList().forEach(d -> all.add(database(d)));
      token = page.nextToken();
    } while (token != null);
    if (all.stream().noneMatch(d -> d.name().equals(DEFAULT))) {
      all.addFirst(new dev.brume.sql.Database(DEFAULT, null, null, Map.of()));
    }
    return all;
  }

  private static dev.brume.sql.Database database(Database it) {
    return new dev.brume.sql.Database(
        it.name(), it.description(), it.locationUri(), it.parameters());
  }

  @Override
  public dev.brume.sql.@Nullable Database database(String name) {
    try {
      Database found = glue.getDatabase(call, new GetDatabaseRequest().name(name)).database();
      return found == null ? null : database(found);
    } catch (EntityNotFoundException e) {
      return name.equals(DEFAULT)
          ? new dev.brume.sql.Database(DEFAULT, null, null, Map.of())
          : null;
    }
  }

  @Override
  public void createDatabase(dev.brume.sql.Database it) {
    glue.createDatabase(
        call,
        new CreateDatabaseRequest()
            .databaseInput(
                new DatabaseInput()
                    .name(it.name())
                    .description(it.comment())
                    .locationUri(it.location())
                    .parameters(it.parameters().isEmpty() ? null : it.parameters())));
  }

  @Override
  public void dropDatabase(String name, boolean cascade) {
    glue.deleteDatabase(call, new DeleteDatabaseRequest().name(name));
  }

  @Override
  public List<dev.brume.sql.Table> tables(String database) {
    var all = new ArrayList<dev.brume.sql.Table>();
    String token = null;
    try {
      do {
        GetTablesResponse page =
            glue.getTables(call, new GetTablesRequest().databaseName(database).nextToken(token));
        page.tableList().forEach(t -> all.add(table(t)));
        token = page.nextToken();
      } while (token != null);
    } catch (EntityNotFoundException e) {
      // The database `default` before its first table.
      return List.of();
    }
    return all;
  }

  @Override
  public dev.brume.sql.@Nullable Table table(String database, String name) {
    Table found = find(database, name);
    return found == null ? null : table(found);
  }

  private @Nullable Table find(String database, String name) {
    try {
      return glue.getTable(call, new GetTableRequest().databaseName(database).name(name)).table();
    } catch (EntityNotFoundException e) {
      return null;
    }
  }

  private static dev.brume.sql.Table table(Table it) {
    StorageDescriptor storage = it.storageDescriptor();
    return new dev.brume.sql.Table(
        String.valueOf(it.databaseName()),
        it.name(),
        it.tableType() == null ? "EXTERNAL_TABLE" : it.tableType(),
        storage == null ? List.of() : columns(storage.columns()),
        columns(it.partitionKeys()),
        storage(storage),
        it.parameters(),
        it.description(),
        it.viewOriginalText());
  }

  private static List<dev.brume.sql.Column> columns(List<Column> columns) {
    return columns.stream()
        .map(
            c ->
                new dev.brume.sql.Column(
                    c.name().toLowerCase(Locale.ROOT),
                    c.type() == null ? "string" : c.type(),
                    c.comment()))
        .toList();
  }

  private static Storage storage(@Nullable StorageDescriptor it) {
    if (it == null) {
      return new Storage("", "", "", "", Map.of());
    }
    SerDeInfo serde = it.serdeInfo();
    return new Storage(
        Objects.requireNonNullElse(it.location(), ""),
        Objects.requireNonNullElse(it.inputFormat(), ""),
        Objects.requireNonNullElse(it.outputFormat(), ""),
        serde == null ? "" : Objects.requireNonNullElse(serde.serializationLibrary(), ""),
        serde == null ? Map.of() : serde.parameters());
  }

  private static StorageDescriptor descriptor(Storage storage, List<dev.brume.sql.Column> columns) {
    return new StorageDescriptor()
        .columns(glueColumns(columns))
        .location(orNull(storage.location()))
        .inputFormat(orNull(storage.inputFormat()))
        .outputFormat(orNull(storage.outputFormat()))
        .compressed(false)
        .numberOfBuckets(-1)
        .serdeInfo(
            new SerDeInfo()
                .serializationLibrary(orNull(storage.serde()))
                .parameters(storage.serdeParameters()))
        .storedAsSubDirectories(false);
  }

  // Views have no storage, and the catalog takes no empty names.
  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static List<Column> glueColumns(List<dev.brume.sql.Column> columns) {
    return columns.stream()
        .map(c -> new Column().name(c.name()).type(c.type()).comment(c.comment()))
        .toList();
  }

  private static TableInput input(dev.brume.sql.Table table) {
    return new TableInput()
        .name(table.name())
        .description(table.comment())
        .tableType(table.type())
        .parameters(table.parameters())
        .partitionKeys(glueColumns(table.partitionKeys()))
        .viewOriginalText(table.viewText())
        .viewExpandedText(table.view() ? "/* Presto View */" : null)
        .storageDescriptor(descriptor(table.storage(), table.columns()));
  }

  @Override
  public void createTable(dev.brume.sql.Table table) {
    if (table.database().equals(DEFAULT)) {
      try {
        createDatabase(new dev.brume.sql.Database(DEFAULT, null, null, Map.of()));
      } catch (AlreadyExistsException e) {
        // It is there: nothing to make.
        create(table);
        return;
      }
    }
    create(table);
  }

  private void create(dev.brume.sql.Table table) {
    glue.createTable(
        call, new CreateTableRequest().databaseName(table.database()).tableInput(input(table)));
  }

  /// Changes only what a statement can change; the rest of the table stays as it is.
  @Override
  public void updateTable(dev.brume.sql.Table table) {
    Table old = find(table.database(), table.name());
    TableInput changed = input(table);
    StorageDescriptor storage = old == null ? null : old.storageDescriptor();
    if (old != null && storage != null && !table.view()) {
      storage.columns(glueColumns(table.columns())).location(table.storage().location());
      changed =
          StructJson.read(StructJson.write(old), new TableInput()).parameters(table.parameters());
    }
    glue.updateTable(
        call, new UpdateTableRequest().databaseName(table.database()).tableInput(changed));
  }

  @Override
  public void dropTable(String database, String name) {
    glue.deleteTable(call, new DeleteTableRequest().databaseName(database).name(name));
  }

  @Override
  public List<dev.brume.sql.Partition> partitions(dev.brume.sql.Table table) {
    var all = new ArrayList<dev.brume.sql.Partition>();
    String token = null;
    do {
      GetPartitionsResponse page =
          glue.getPartitions(
              call,
              new GetPartitionsRequest()
                  .databaseName(table.database())
                  .tableName(table.name())
                  .excludeColumnSchema(true)
                  .nextToken(token));
      page.partitions().forEach(p -> all.add(partition(p, table)));
      token = page.nextToken();
    } while (token != null);
    return all;
  }

  private static dev.brume.sql.Partition partition(Partition it, dev.brume.sql.Table table) {
    Storage own = storage(it.storageDescriptor());
    return new dev.brume.sql.Partition(
        List.copyOf(it.values()), own.serde().isEmpty() ? table.storage().at(own.location()) : own);
  }

  @Override
  public dev.brume.sql.@Nullable Partition partition(
      dev.brume.sql.Table table, List<String> values) {
    try {
      Partition found =
          glue.getPartition(
                  call,
                  new GetPartitionRequest()
                      .databaseName(table.database())
                      .tableName(table.name())
                      .partitionValues(values))
              .partition();
      return found == null ? null : partition(found, table);
    } catch (EntityNotFoundException e) {
      return null;
    }
  }

  @Override
  public void addPartitions(dev.brume.sql.Table table, List<dev.brume.sql.Partition> fresh) {
    for (int from = 0; from < fresh.size(); from += BATCH) {
      var inputs =
          fresh.subList(from, Math.min(from + BATCH, fresh.size())).stream()
              .map(p -> input(table, p))
              .toList();
      var errors =
          glue.batchCreatePartition(
                  call,
                  new BatchCreatePartitionRequest()
                      .databaseName(table.database())
                      .tableName(table.name())
                      .partitionInputList(inputs))
              .errors();
      for (PartitionError error : errors) {
        ErrorDetail detail = Objects.requireNonNull(error.errorDetail(), "an error's detail");
        // One that somebody else added meanwhile is there, as was asked for.
        if (!"AlreadyExistsException".equals(detail.errorCode())) {
          throw new SqlFailure(
              "FAILED: Execution Error, return code 1 from"
                  + " org.apache.hadoop.hive.ql.exec.DDLTask. "
                  + detail.errorMessage());
        }
      }
    }
  }

  private static PartitionInput input(
      dev.brume.sql.Table table, dev.brume.sql.Partition partition) {
    return new PartitionInput()
        .values(partition.values())
        .storageDescriptor(descriptor(partition.storage(), table.columns()));
  }

  @Override
  public void updatePartition(dev.brume.sql.Table table, dev.brume.sql.Partition partition) {
    glue.updatePartition(
        call,
        new UpdatePartitionRequest()
            .databaseName(table.database())
            .tableName(table.name())
            .partitionValueList(partition.values())
            .partitionInput(input(table, partition)));
  }

  @Override
  public void dropPartition(dev.brume.sql.Table table, List<String> values) {
    glue.deletePartition(
        call,
        new DeletePartitionRequest()
            .databaseName(table.database())
            .tableName(table.name())
            .partitionValues(values));
  }
}

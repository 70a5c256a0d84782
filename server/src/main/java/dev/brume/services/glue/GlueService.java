package dev.brume.services.glue;

import dev.brume.model.Call;
import dev.brume.model.glue.*;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// The operations on databases, tables and tags; those on partitions are in [Partitions].
public final class GlueService implements GlueApi {
  private final Kv kv;
  private final GlueStore store = new GlueStore();
  private final Partitions partitions;

  public GlueService(Kv kv) {
    this.kv = kv;
    this.partitions = new Partitions(kv, store);
  }

  @Override
  public CreateDatabaseResponse createDatabase(Call call, CreateDatabaseRequest in) {
    checkCatalog(call, in.catalogId());
    Database database = database(call, in.databaseInput()).createTime(call.now());
    return kv.tx(
        tx -> {
          if (store.database(tx, call, database.name()) != null) {
            throw GlueErrors.databaseExists();
          }
          store.put(tx, call, database);
          store.putTags(tx, call, call.arn("glue", "database/" + database.name()), in.tags());
          return new CreateDatabaseResponse();
        });
  }

  private static Database database(Call call, DatabaseInput in) {
    if (in.targetDatabase() != null || in.federatedDatabase() != null) {
      throw GlueErrors.notSupported("resource links and federated databases");
    }
    return new Database()
        .name(lower(in.name()))
        .description(in.description())
        .locationUri(in.locationUri())
        .parameters(in.hasParameters() ? in.parameters() : null)
        .createTableDefaultPermissions(
            in.hasCreateTableDefaultPermissions() ? in.createTableDefaultPermissions() : null)
        .catalogId(call.account());
  }

  @Override
  public GetDatabaseResponse getDatabase(Call call, GetDatabaseRequest in) {
    checkCatalog(call, in.catalogId());
    return new GetDatabaseResponse()
        .database(kv.read(reader -> required(reader, call, lower(in.name()))));
  }

  @Override
  public GetDatabasesResponse getDatabases(Call call, GetDatabasesRequest in) {
    checkCatalog(call, in.catalogId());
    List<Database> all = kv.read(reader -> store.databases(reader, call));
    var page = Paging.of(all, in.nextToken(), in.maxResults(), GlueLimits.PAGE_MAX);
    return new GetDatabasesResponse().databaseList(page.items()).nextToken(page.next());
  }

  @Override
  public UpdateDatabaseResponse updateDatabase(Call call, UpdateDatabaseRequest in) {
    checkCatalog(call, in.catalogId());
    Database changed = database(call, in.databaseInput());
    return kv.tx(
        tx -> {
          Database old = required(tx, call, lower(in.name()));
          if (!changed.name().equals(old.name())) {
            throw GlueErrors.invalid("Database name cannot be changed");
          }
          store.put(tx, call, changed.createTime(old.createTime()));
          return new UpdateDatabaseResponse();
        });
  }

  @Override
  public DeleteDatabaseResponse deleteDatabase(Call call, DeleteDatabaseRequest in) {
    checkCatalog(call, in.catalogId());
    return kv.tx(
        tx -> {
          String name = required(tx, call, lower(in.name())).name();
          store.deleteDatabase(tx, call, name);
          store.putTags(tx, call, call.arn("glue", "database/" + name), Map.of());
          return new DeleteDatabaseResponse();
        });
  }

  @Override
  public CreateTableResponse createTable(Call call, CreateTableRequest in) {
    checkCatalog(call, in.catalogId());
    if (in.openTableFormatInput() != null || in.hasPartitionIndexes()) {
      throw GlueErrors.notSupported("open table formats and partition indexes");
    }
    TableInput input = in.tableInput();
    String name = lower(in.name() != null ? in.name() : input == null ? null : input.name());
    if (input == null || name.isEmpty()) {
      throw GlueErrors.invalid("TableInput with a name must be given");
    }
    Table table =
        table(call, lower(in.databaseName()), name, input)
            .createTime(call.now())
            .updateTime(call.now())
            .createdBy(call.principal().arn())
            .versionId("0");
    return kv.tx(
        tx -> {
          required(tx, call, GlueStore.databaseOf(table));
          if (store.table(tx, call, GlueStore.databaseOf(table), name) != null) {
            throw GlueErrors.tableExists();
          }
          store.put(tx, call, table);
          return new CreateTableResponse();
        });
  }

  private static Table table(Call call, String database, String name, TableInput in) {
    if (in.targetTable() != null || in.viewDefinition() != null) {
      throw GlueErrors.notSupported("resource links and multi-dialect views");
    }
    return new Table()
        .name(name)
        .databaseName(database)
        .description(in.description())
        .owner(in.owner())
        .lastAccessTime(in.lastAccessTime())
        .lastAnalyzedTime(in.lastAnalyzedTime())
        .retention(in.retention() == null ? Integer.valueOf(0) : in.retention())
        .storageDescriptor(in.storageDescriptor())
        .partitionKeys(in.partitionKeys())
        .viewOriginalText(in.viewOriginalText())
        .viewExpandedText(in.viewExpandedText())
        .tableType(in.tableType())
        .parameters(in.hasParameters() ? in.parameters() : null)
        .isRegisteredWithLakeFormation(false)
        .catalogId(call.account());
  }

  @Override
  public GetTableResponse getTable(Call call, GetTableRequest in) {
    checkCatalog(call, in.catalogId());
    return new GetTableResponse()
        .table(kv.read(r -> requiredTable(store, r, call, in.databaseName(), in.name())));
  }

  @Override
  public GetTablesResponse getTables(Call call, GetTablesRequest in) {
    checkCatalog(call, in.catalogId());
    String database = lower(in.databaseName());
    Pattern pattern = pattern(in.expression());
    List<Table> all =
        kv.read(
            reader -> {
              required(reader, call, database);
              return store.tables(reader, call, database);
            });
    List<Table> matching =
        pattern == null
            ? all
            : all.stream().filter(t -> pattern.matcher(t.name()).matches()).toList();
    var page = Paging.of(matching, in.nextToken(), in.maxResults(), GlueLimits.PAGE_MAX);
    return new GetTablesResponse().tableList(page.items()).nextToken(page.next());
  }

  private static @Nullable Pattern pattern(@Nullable String expression) {
    try {
      return expression == null || expression.isEmpty() ? null : Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw GlueErrors.invalid("Invalid regular expression: " + e.getDescription());
    }
  }

  @Override
  public UpdateTableResponse updateTable(Call call, UpdateTableRequest in) {
    checkCatalog(call, in.catalogId());
    TableInput input = in.tableInput();
    if (input == null || in.updateOpenTableFormatInput() != null) {
      throw GlueErrors.notSupported("open table formats");
    }
    String name = in.name() == null ? input.name() : in.name();
    return kv.tx(
        tx -> {
          Table old = requiredTable(store, tx, call, in.databaseName(), name);
          if (in.versionId() != null && !in.versionId().equals(old.versionId())) {
            throw new ConcurrentModificationException(
                "Update table failed due to concurrent modifications.");
          }
          Table changed =
              table(call, GlueStore.databaseOf(old), old.name(), input)
                  .createTime(old.createTime())
                  .updateTime(call.now())
                  .createdBy(old.createdBy())
                  .versionId(String.valueOf(Long.parseLong(old.versionId()) + 1));
          if (!Boolean.TRUE.equals(in.skipArchive())) {
            store.archive(tx, call, old);
          }
          store.put(tx, call, changed);
          return new UpdateTableResponse();
        });
  }

  @Override
  public DeleteTableResponse deleteTable(Call call, DeleteTableRequest in) {
    checkCatalog(call, in.catalogId());
    return kv.tx(
        tx -> {
          Table table = requiredTable(store, tx, call, in.databaseName(), in.name());
          store.deleteTable(tx, call, GlueStore.databaseOf(table), table.name());
          return new DeleteTableResponse();
        });
  }

  @Override
  public BatchDeleteTableResponse batchDeleteTable(Call call, BatchDeleteTableRequest in) {
    checkCatalog(call, in.catalogId());
    String database = lower(in.databaseName());
    return kv.tx(
        tx -> {
          required(tx, call, database);
          var errors = new ArrayList<TableError>();
          for (String name : in.tablesToDelete()) {
            if (store.table(tx, call, database, lower(name)) == null) {
              errors.add(
                  new TableError()
                      .tableName(name)
                      .errorDetail(GlueErrors.detail(GlueErrors.noTable(name))));
            } else {
              store.deleteTable(tx, call, database, lower(name));
            }
          }
          return new BatchDeleteTableResponse().errors(errors);
        });
  }

  @Override
  public GetTableVersionsResponse getTableVersions(Call call, GetTableVersionsRequest in) {
    checkCatalog(call, in.catalogId());
    var page =
        Paging.of(
            versions(call, in.databaseName(), in.tableName()),
            in.nextToken(),
            in.maxResults(),
            GlueLimits.PAGE_MAX);
    return new GetTableVersionsResponse().tableVersions(page.items()).nextToken(page.next());
  }

  @Override
  public GetTableVersionResponse getTableVersion(Call call, GetTableVersionRequest in) {
    checkCatalog(call, in.catalogId());
    List<TableVersion> all = versions(call, in.databaseName(), in.tableName());
    String id = in.versionId();
    TableVersion found =
        id == null
            ? all.getFirst()
            : all.stream()
                .filter(v -> id.equals(v.versionId()))
                .findFirst()
                .orElseThrow(() -> GlueErrors.noVersion(id));
    return new GetTableVersionResponse().tableVersion(found);
  }

  /// The newest first.
  private List<TableVersion> versions(Call call, String database, String name) {
    return kv.read(
        reader -> {
          Table current = requiredTable(store, reader, call, database, name);
          var all =
              new ArrayList<>(
                  store.versions(reader, call, GlueStore.databaseOf(current), current.name()));
          all.add(current);
          return all.reversed().stream()
              .map(t -> new TableVersion().table(t).versionId(t.versionId()))
              .toList();
        });
  }

  @Override
  public CreatePartitionResponse createPartition(Call call, CreatePartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.create(call, in);
  }

  @Override
  public BatchCreatePartitionResponse batchCreatePartition(
      Call call, BatchCreatePartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.create(call, in);
  }

  @Override
  public GetPartitionResponse getPartition(Call call, GetPartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.get(call, in);
  }

  @Override
  public GetPartitionsResponse getPartitions(Call call, GetPartitionsRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.list(call, in);
  }

  @Override
  public BatchGetPartitionResponse batchGetPartition(Call call, BatchGetPartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.get(call, in);
  }

  @Override
  public UpdatePartitionResponse updatePartition(Call call, UpdatePartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.update(call, in);
  }

  @Override
  public DeletePartitionResponse deletePartition(Call call, DeletePartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.delete(call, in);
  }

  @Override
  public BatchDeletePartitionResponse batchDeletePartition(
      Call call, BatchDeletePartitionRequest in) {
    checkCatalog(call, in.catalogId());
    return partitions.delete(call, in);
  }

  @Override
  public GetPartitionIndexesResponse getPartitionIndexes(Call call, GetPartitionIndexesRequest in) {
    checkCatalog(call, in.catalogId());
    kv.read(r -> requiredTable(store, r, call, in.databaseName(), in.tableName()));
    return new GetPartitionIndexesResponse().partitionIndexDescriptorList(List.of());
  }

  @Override
  public GetTagsResponse getTags(Call call, GetTagsRequest in) {
    return new GetTagsResponse()
        .tags(
            kv.read(
                reader -> {
                  requireResource(reader, call, in.resourceArn());
                  return store.tags(reader, call, in.resourceArn());
                }));
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    return kv.tx(
        tx -> {
          requireResource(tx, call, in.resourceArn());
          Map<String, String> tags = new LinkedHashMap<>(store.tags(tx, call, in.resourceArn()));
          tags.putAll(in.tagsToAdd());
          if (tags.size() > GlueLimits.TAGS_MAX) {
            throw GlueErrors.invalid("A resource has at most " + GlueLimits.TAGS_MAX + " tags");
          }
          store.putTags(tx, call, in.resourceArn(), tags);
          return new TagResourceResponse();
        });
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    return kv.tx(
        tx -> {
          requireResource(tx, call, in.resourceArn());
          Map<String, String> tags = store.tags(tx, call, in.resourceArn());
          in.tagsToRemove().forEach(tags::remove);
          store.putTags(tx, call, in.resourceArn(), tags);
          return new UntagResourceResponse();
        });
  }

  private void requireResource(Reader reader, Call call, String arn) {
    String prefix = call.arn("glue", "database/");
    if (!arn.startsWith(prefix)
        || store.database(reader, call, arn.substring(prefix.length())) == null) {
      throw GlueErrors.noResource(arn);
    }
  }

  private Database required(Reader reader, Call call, String name) {
    Database database = store.database(reader, call, name);
    if (database == null) {
      throw GlueErrors.noDatabase(name);
    }
    return database;
  }

  static Table requiredTable(
      GlueStore store, Reader reader, Call call, String database, @Nullable String name) {
    if (store.database(reader, call, lower(database)) == null) {
      throw GlueErrors.noDatabase(lower(database));
    }
    Table table = store.table(reader, call, lower(database), lower(name));
    if (table == null) {
      throw GlueErrors.noTable(lower(name));
    }
    return table;
  }

  private static void checkCatalog(Call call, @Nullable String catalogId) {
    if (catalogId != null && !catalogId.equals(call.account())) {
      throw new EntityNotFoundException("Catalog " + catalogId + " not found.");
    }
  }

  static String lower(@Nullable String name) {
    return name == null ? "" : name.toLowerCase(Locale.ROOT);
  }
}

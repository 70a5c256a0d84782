package dev.brume.services.dynamodb;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.dynamodb.*;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Amazon DynamoDB's operations. A table is usable as soon as CreateTable returns.
public final class DynamoDbService implements DynamoDbApi {
  private final Kv kv;
  private final Ids ids;
  private final Clock clock;
  private final DynamoDbStore store;
  private final Transactions transactions;

  public DynamoDbService(Kv kv, Clock clock, Timers timers, Ids ids) {
    this.kv = kv;
    this.ids = ids;
    this.clock = clock;
    this.store = new DynamoDbStore(timers);
    this.transactions = new Transactions(kv, store);
    timers.handle(DynamoDbStore.TTL_TIMER, (_, _, payload) -> expire(payload));
  }

  @Override
  public CreateTableOutput createTable(Call call, CreateTableInput in) {
    Table table = Tables.create(call, in, ids);
    kv.tx(
        tx -> {
          if (store.table(tx, call, table.name()) != null) {
            throw DynamoDbErrors.tableExists(table.name());
          }
          store.put(tx, call, table);
          return 0;
        });
    return new CreateTableOutput()
        .tableDescription(
            Tables.describe(call, table, new DynamoDbStore.Statistics(0, 0), "CREATING"));
  }

  @Override
  public DescribeTableOutput describeTable(Call call, DescribeTableInput in) {
    return kv.read(
        reader -> {
          Table table = store.table(reader, call, plainName(in.tableName()));
          if (table == null) {
            throw DynamoDbErrors.tableNotFound(in.tableName());
          }
          return new DescribeTableOutput()
              .table(Tables.describe(call, table, store.statistics(reader, table), "ACTIVE"));
        });
  }

  @Override
  public ListTablesOutput listTables(Call call, ListTablesInput in) {
    int limit = in.limit() == null ? 100 : in.limit();
    var names = new ArrayList<String>();
    var prefix = DynamoDbStore.tables(call);
    var from =
        in.exclusiveStartTableName() == null
            ? prefix
            : prefix.then(in.exclusiveStartTableName()).next();
    kv.read(
        reader -> {
          reader.scan(
              from,
              prefix.end(),
              (key, _) -> {
                names.add(key.lastString());
                return names.size() <= limit;
              });
          return 0;
        });
    boolean more = names.size() > limit;
    List<String> page = more ? names.subList(0, limit) : names;
    return new ListTablesOutput()
        .tableNames(page)
        .lastEvaluatedTableName(more ? page.getLast() : null);
  }

  @Override
  public UpdateTableOutput updateTable(Call call, UpdateTableInput in) {
    return kv.tx(
        tx -> {
          Table table = store.table(tx, call, plainName(in.tableName()));
          if (table == null) {
            throw DynamoDbErrors.tableNotFound(in.tableName());
          }
          Table updated = TableUpdate.of(table, in);
          store.put(tx, call, updated);
          TableUpdate.rebuild(tx, store, table, updated);
          return new UpdateTableOutput()
              .tableDescription(
                  Tables.describe(call, updated, store.statistics(tx, updated), "ACTIVE"));
        });
  }

  @Override
  public DeleteTableOutput deleteTable(Call call, DeleteTableInput in) {
    return kv.tx(
        tx -> {
          Table table = store.table(tx, call, plainName(in.tableName()));
          if (table == null) {
            throw DynamoDbErrors.tableNotFound(in.tableName());
          }
          if (table.deletionProtection()) {
            throw DynamoDbErrors.validation(
                "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
          }
          var statistics = store.statistics(tx, table);
          store.delete(tx, call, table);
          return new DeleteTableOutput()
              .tableDescription(Tables.describe(call, table, statistics, "DELETING"));
        });
  }

  @Override
  public PutItemOutput putItem(Call call, PutItemInput in) {
    Legacy.refuse(in.hasExpected(), "Expected", in.conditionalOperator());
    Legacy.returnValues(in.returnValues(), Set.of("NONE", "ALL_OLD"));
    var write =
        Write.of(
            Write.Kind.PUT,
            in.tableName(),
            in.item(),
            null,
            in.conditionExpression(),
            in.expressionAttributeNames(),
            in.expressionAttributeValues(),
            in.returnValuesOnConditionCheckFailure());
    Write.Outcome outcome = kv.tx(tx -> write.run(tx, call, store));
    return new PutItemOutput()
        .attributes("ALL_OLD".equals(in.returnValues()) ? outcome.before() : null)
        .consumedCapacity(Capacity.written(in.returnConsumedCapacity(), outcome));
  }

  @Override
  public DeleteItemOutput deleteItem(Call call, DeleteItemInput in) {
    Legacy.refuse(in.hasExpected(), "Expected", in.conditionalOperator());
    Legacy.returnValues(in.returnValues(), Set.of("NONE", "ALL_OLD"));
    var write =
        Write.of(
            Write.Kind.DELETE,
            in.tableName(),
            in.key(),
            null,
            in.conditionExpression(),
            in.expressionAttributeNames(),
            in.expressionAttributeValues(),
            in.returnValuesOnConditionCheckFailure());
    Write.Outcome outcome = kv.tx(tx -> write.run(tx, call, store));
    return new DeleteItemOutput()
        .attributes("ALL_OLD".equals(in.returnValues()) ? outcome.before() : null)
        .consumedCapacity(Capacity.written(in.returnConsumedCapacity(), outcome));
  }

  @Override
  public UpdateItemOutput updateItem(Call call, UpdateItemInput in) {
    Legacy.refuse(in.hasExpected(), "Expected", in.conditionalOperator());
    Legacy.refuse(in.hasAttributeUpdates(), "AttributeUpdates", null);
    var write =
        Write.of(
            Write.Kind.UPDATE,
            in.tableName(),
            in.key(),
            in.updateExpression(),
            in.conditionExpression(),
            in.expressionAttributeNames(),
            in.expressionAttributeValues(),
            in.returnValuesOnConditionCheckFailure());
    Write.Outcome outcome = kv.tx(tx -> write.run(tx, call, store));
    return new UpdateItemOutput()
        .attributes(returned(in.returnValues(), outcome, write))
        .consumedCapacity(Capacity.written(in.returnConsumedCapacity(), outcome));
  }

  private static @Nullable Map<String, AttributeValue> returned(
      @Nullable String wanted, Write.Outcome outcome, Write write) {
    List<Path> changed =
        write.actions() == null
            ? List.of()
            : write.actions().stream().map(Expression.Action::path).toList();
    Map<String, AttributeValue> before = outcome.before();
    Map<String, AttributeValue> after = outcome.after();
    return switch (wanted == null ? "NONE" : wanted) {
      case "ALL_OLD" -> before;
      case "ALL_NEW" -> after;
      case "UPDATED_OLD" -> before == null ? null : Pages.project(before, changed);
      case "UPDATED_NEW" -> after == null ? null : Pages.project(after, changed);
      case "NONE" -> null;
      default -> throw DynamoDbErrors.validation("Return values set to invalid value");
    };
  }

  @Override
  public GetItemOutput getItem(Call call, GetItemInput in) {
    Legacy.refuse(in.hasAttributesToGet(), "AttributesToGet", null);
    var placeholders = new Placeholders(in.expressionAttributeNames(), Map.of());
    List<Path> paths =
        in.projectionExpression() == null
            ? null
            : Parser.projection(in.projectionExpression(), placeholders);
    placeholders.allUsed(paths != null);
    return kv.read(
        reader -> {
          Table table = store.needed(reader, call, in.tableName());
          Map<String, AttributeValue> item = store.get(reader, table, table.checkedKey(in.key()));
          return new GetItemOutput()
              .item(item == null ? null : Pages.project(item, paths))
              .consumedCapacity(
                  Capacity.read(
                      in.returnConsumedCapacity(),
                      table,
                      item == null ? 0 : Values.size(item),
                      Boolean.TRUE.equals(in.consistentRead())));
        });
  }

  @Override
  public QueryOutput query(Call call, QueryInput in) {
    return kv.read(reader -> Queries.query(reader, store, call, in));
  }

  @Override
  public ScanOutput scan(Call call, ScanInput in) {
    return kv.read(reader -> Queries.scan(reader, store, call, in));
  }

  @Override
  public BatchGetItemOutput batchGetItem(Call call, BatchGetItemInput in) {
    return kv.read(reader -> Batches.get(reader, store, call, in));
  }

  @Override
  public BatchWriteItemOutput batchWriteItem(Call call, BatchWriteItemInput in) {
    List<Write> writes = Batches.writes(in);
    List<Write.Outcome> outcomes = kv.tx(tx -> Batches.run(tx, store, call, writes));
    return new BatchWriteItemOutput()
        .unprocessedItems(Map.of())
        .consumedCapacity(Capacity.all(in.returnConsumedCapacity(), outcomes));
  }

  @Override
  public TransactWriteItemsOutput transactWriteItems(Call call, TransactWriteItemsInput in) {
    return transactions.write(call, in);
  }

  @Override
  public TransactGetItemsOutput transactGetItems(Call call, TransactGetItemsInput in) {
    return transactions.get(call, in);
  }

  @Override
  public UpdateTimeToLiveOutput updateTimeToLive(Call call, UpdateTimeToLiveInput in) {
    TimeToLiveSpecification wanted = in.timeToLiveSpecification();
    boolean on = Boolean.TRUE.equals(wanted.enabled());
    kv.tx(
        tx -> {
          Table table = store.needed(tx, call, in.tableName());
          if (on == (table.ttlAttribute() != null)) {
            throw DynamoDbErrors.validation(
                "TimeToLive is already " + (on ? "enabled" : "disabled"));
          }
          Table changed = table.withTtl(on ? wanted.attributeName() : null);
          store.put(tx, call, changed);
          if (on) {
            tx.scan(
                DynamoDbStore.items(changed),
                (_, value) -> {
                  Map<String, AttributeValue> item = Values.read(value);
                  store.replace(tx, call, changed, item, item);
                  return true;
                });
          }
          return 0;
        });
    return new UpdateTimeToLiveOutput().timeToLiveSpecification(wanted);
  }

  @Override
  public DescribeTimeToLiveOutput describeTimeToLive(Call call, DescribeTimeToLiveInput in) {
    Table table = kv.read(reader -> store.needed(reader, call, in.tableName()));
    return new DescribeTimeToLiveOutput()
        .timeToLiveDescription(
            new TimeToLiveDescription()
                .timeToLiveStatus(table.ttlAttribute() == null ? "DISABLED" : "ENABLED")
                .attributeName(table.ttlAttribute()));
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceInput in) {
    kv.tx(
        tx -> {
          Table table = store.needed(tx, call, in.resourceArn());
          var tags = new LinkedHashMap<>(table.tags());
          in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
          store.put(tx, call, table.withTags(tags));
          return 0;
        });
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceInput in) {
    kv.tx(
        tx -> {
          Table table = store.needed(tx, call, in.resourceArn());
          var tags = new LinkedHashMap<>(table.tags());
          in.tagKeys().forEach(tags::remove);
          store.put(tx, call, table.withTags(tags));
          return 0;
        });
    return new UntagResourceResponse();
  }

  @Override
  public ListTagsOfResourceOutput listTagsOfResource(Call call, ListTagsOfResourceInput in) {
    Table table = kv.read(reader -> store.needed(reader, call, in.resourceArn()));
    return new ListTagsOfResourceOutput()
        .tags(
            table.tags().entrySet().stream()
                .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
                .toList());
  }

  @Override
  public DescribeContinuousBackupsOutput describeContinuousBackups(
      Call call, DescribeContinuousBackupsInput in) {
    kv.read(reader -> store.needed(reader, call, in.tableName()));
    return new DescribeContinuousBackupsOutput()
        .continuousBackupsDescription(
            new ContinuousBackupsDescription()
                .continuousBackupsStatus("DISABLED")
                .pointInTimeRecoveryDescription(
                    new PointInTimeRecoveryDescription().pointInTimeRecoveryStatus("DISABLED")));
  }

  @Override
  public DescribeLimitsOutput describeLimits(Call call, DescribeLimitsInput in) {
    return new DescribeLimitsOutput()
        .accountMaxReadCapacityUnits(80_000L)
        .accountMaxWriteCapacityUnits(80_000L)
        .tableMaxReadCapacityUnits(40_000L)
        .tableMaxWriteCapacityUnits(40_000L);
  }

  private static String plainName(String nameOrArn) {
    return nameOrArn.startsWith("arn:")
        ? nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1)
        : nameOrArn;
  }

  /// A time to live timer: removes the item if it is still there and still expired.
  private void expire(byte[] payload) {
    int slashes = 0;
    int end = 0;
    while (slashes < 3) {
      slashes += payload[end++] == '/' ? 1 : 0;
    }
    String[] where =
        new String(payload, 0, end, java.nio.charset.StandardCharsets.UTF_8).split("/");
    Map<String, AttributeValue> key = Values.read(Arrays.copyOfRange(payload, end, payload.length));
    Instant now = clock.instant();
    var call =
        new Call(
            where[0],
            where[1],
            new Principal.ServicePrincipal("dynamodb.amazonaws.com", "", where[0]),
            "ttl",
            now,
            "");
    kv.tx(
        tx -> {
          Table table = store.table(tx, call, where[2]);
          Map<String, AttributeValue> item = table == null ? null : store.get(tx, table, key);
          Instant due = table == null || item == null ? null : DynamoDbStore.expiry(table, item);
          if (table != null && due != null && !due.isAfter(now)) {
            store.replace(tx, call, table, item, null);
          }
          return 0;
        });
  }
}

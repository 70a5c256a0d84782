package dev.brume.services.dynamodb;

import dev.brume.model.Call;
import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.model.dynamodb.QueryInput;
import dev.brume.model.dynamodb.QueryOutput;
import dev.brume.model.dynamodb.ScanInput;
import dev.brume.model.dynamodb.ScanOutput;
import dev.brume.services.dynamodb.Expression.Condition;
import dev.brume.store.Reader;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Query and Scan: from a request to a page.
final class Queries {
  private Queries() {}

  static QueryOutput query(Reader reader, DynamoDbStore store, Call call, QueryInput in) {
    Legacy.refuse(in.hasKeyConditions(), "KeyConditions", in.conditionalOperator());
    Legacy.refuse(in.hasQueryFilter(), "QueryFilter", null);
    Legacy.refuse(in.hasAttributesToGet(), "AttributesToGet", null);
    Table table = store.needed(reader, call, in.tableName());
    Table.Index index = index(table, in.indexName(), in.consistentRead());
    if (in.keyConditionExpression() == null) {
      throw DynamoDbErrors.validation(
          "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
    }
    var placeholders =
        new Placeholders(in.expressionAttributeNames(), in.expressionAttributeValues());
    Condition key =
        Parser.condition(in.keyConditionExpression(), "KeyConditionExpression", placeholders);
    Condition filter =
        in.filterExpression() == null
            ? null
            : Parser.condition(in.filterExpression(), "FilterExpression", placeholders);
    List<Path> paths =
        in.projectionExpression() == null
            ? null
            : Parser.projection(in.projectionExpression(), placeholders);
    placeholders.allUsed(true);
    Table.KeySchema schema = index == null ? table.key() : index.key();
    noKeyAttributes(filter, schema);
    Pages.KeyCondition condition = Pages.keyCondition(key, schema, table.attributes());
    checkSelect(in.select(), paths, index);
    var plan =
        new Pages.Plan(
            table,
            index,
            condition.hash(),
            condition.range(),
            !Boolean.FALSE.equals(in.scanIndexForward()),
            start(table, index, in.hasExclusiveStartKey() ? in.exclusiveStartKey() : null),
            limit(in.limit()),
            0,
            1,
            filter);
    Pages.Page page = Pages.read(reader, plan);
    return new QueryOutput()
        .items(
            counting(in.select())
                ? null
                : project(page, paths, in.select(), reader, store, table, index))
        .count(page.items().size())
        .scannedCount(page.scanned())
        .lastEvaluatedKey(page.last())
        .consumedCapacity(
            Capacity.read(
                in.returnConsumedCapacity(),
                table,
                page.bytes(),
                Boolean.TRUE.equals(in.consistentRead())));
  }

  static ScanOutput scan(Reader reader, DynamoDbStore store, Call call, ScanInput in) {
    Legacy.refuse(in.hasScanFilter(), "ScanFilter", in.conditionalOperator());
    Legacy.refuse(in.hasAttributesToGet(), "AttributesToGet", null);
    Table table = store.needed(reader, call, in.tableName());
    Table.Index index = index(table, in.indexName(), in.consistentRead());
    var placeholders =
        new Placeholders(in.expressionAttributeNames(), in.expressionAttributeValues());
    Condition filter =
        in.filterExpression() == null
            ? null
            : Parser.condition(in.filterExpression(), "FilterExpression", placeholders);
    List<Path> paths =
        in.projectionExpression() == null
            ? null
            : Parser.projection(in.projectionExpression(), placeholders);
    placeholders.allUsed(filter != null || paths != null);
    checkSelect(in.select(), paths, index);
    int segments = segments(in);
    var plan =
        new Pages.Plan(
            table,
            index,
            null,
            null,
            true,
            start(table, index, in.hasExclusiveStartKey() ? in.exclusiveStartKey() : null),
            limit(in.limit()),
            in.segment() == null ? 0 : in.segment(),
            segments,
            filter);
    Pages.Page page = Pages.read(reader, plan);
    return new ScanOutput()
        .items(
            counting(in.select())
                ? null
                : project(page, paths, in.select(), reader, store, table, index))
        .count(page.items().size())
        .scannedCount(page.scanned())
        .lastEvaluatedKey(page.last())
        .consumedCapacity(
            Capacity.read(
                in.returnConsumedCapacity(),
                table,
                page.bytes(),
                Boolean.TRUE.equals(in.consistentRead())));
  }

  private static int segments(ScanInput in) {
    Integer total = in.totalSegments();
    Integer segment = in.segment();
    if (total == null && segment == null) {
      return 1;
    }
    if (total == null) {
      throw DynamoDbErrors.validation(
          "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
    }
    if (segment == null) {
      throw DynamoDbErrors.validation(
          "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
    }
    if (segment >= total) {
      throw DynamoDbErrors.validation(
          "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: "
              + segment
              + " is not less than TotalSegments: "
              + total);
    }
    return total;
  }

  private static Table.@Nullable Index index(
      Table table, @Nullable String name, @Nullable Boolean consistent) {
    if (name == null) {
      return null;
    }
    Table.Index index = table.index(name);
    if (index == null) {
      throw DynamoDbErrors.validation("The table does not have the specified index: " + name);
    }
    if (index.global() && Boolean.TRUE.equals(consistent)) {
      throw DynamoDbErrors.validation(
          "Consistent reads are not supported on global secondary indexes");
    }
    return index;
  }

  private static @Nullable Map<String, AttributeValue> start(
      Table table, Table.@Nullable Index index, @Nullable Map<String, AttributeValue> given) {
    if (given == null) {
      return null;
    }
    Map<String, AttributeValue> start = Values.checked(given, 1);
    var names = new java.util.HashSet<>(table.key().names());
    if (index != null) {
      names.addAll(index.key().names());
    }
    boolean typed =
        start.entrySet().stream()
            .allMatch(e -> Values.type(e.getValue()).equals(table.attributes().get(e.getKey())));
    if (!start.keySet().equals(names) || !typed) {
      throw DynamoDbErrors.validation("The provided starting key is invalid");
    }
    return start;
  }

  private static int limit(@Nullable Integer limit) {
    return limit == null ? 0 : limit;
  }

  private static boolean counting(@Nullable String select) {
    return "COUNT".equals(select);
  }

  private static void checkSelect(
      @Nullable String select, @Nullable List<Path> paths, Table.@Nullable Index index) {
    if ("SPECIFIC_ATTRIBUTES".equals(select) && paths == null) {
      throw DynamoDbErrors.validation(
          "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
    }
    if (select != null && paths != null && !select.equals("SPECIFIC_ATTRIBUTES")) {
      throw DynamoDbErrors.validation(
          "Cannot specify the ProjectionExpression when choosing to get "
              + (select.equals("COUNT") ? "only the Count" : select));
    }
    if ("ALL_PROJECTED_ATTRIBUTES".equals(select) && index == null) {
      throw DynamoDbErrors.validation(
          "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    }
    if ("ALL_ATTRIBUTES".equals(select)
        && index != null
        && index.global()
        && !index.projection().equals("ALL")) {
      throw DynamoDbErrors.invalidParameter(
          "Select type ALL_ATTRIBUTES is not supported for global secondary index "
              + index.name()
              + " because its projection type is not ALL");
    }
  }

  // A local index fetches from the table what it does not hold, when all attributes or ones outside
  // the projection are wanted.
  private static List<Map<String, AttributeValue>> project(
      Pages.Page page,
      @Nullable List<Path> paths,
      @Nullable String select,
      Reader reader,
      DynamoDbStore store,
      Table table,
      Table.@Nullable Index index) {
    boolean fetch =
        index != null
            && !index.global()
            && !index.projection().equals("ALL")
            && ("ALL_ATTRIBUTES".equals(select) || paths != null);
    return page.items().stream()
        .map(
            item -> {
              Map<String, AttributeValue> whole = fetch ? store.get(reader, table, item) : item;
              return Pages.project(whole == null ? item : whole, paths);
            })
        .toList();
  }

  private static void noKeyAttributes(@Nullable Condition filter, Table.KeySchema schema) {
    for (String name : schema.names()) {
      if (mentions(filter, name)) {
        throw DynamoDbErrors.validation(
            "Invalid FilterExpression: Filter Expression can only contain non-primary key attributes: Primary key attribute: "
                + name);
      }
    }
  }

  private static boolean mentions(@Nullable Object part, String name) {
    return switch (part) {
      case null -> false;
      case Path path -> path.root().equals(name);
      case List<?> parts -> parts.stream().anyMatch(each -> mentions(each, name));
      case Expression.Literal _ -> false;
      case Expression.At(Path path) -> mentions(path, name);
      case Expression.Size(Path path) -> mentions(path, name);
      case Expression.Compare(var one, var _, var other) ->
          mentions(one, name) || mentions(other, name);
      case Expression.Between(var value, var low, var high) ->
          mentions(value, name) || mentions(low, name) || mentions(high, name);
      case Expression.In(var value, var candidates) ->
          mentions(value, name) || mentions(candidates, name);
      case Expression.Exists(Path path, var _) -> mentions(path, name);
      case Expression.IsType(Path path, var _) -> mentions(path, name);
      case Expression.BeginsWith(var value, var prefix) ->
          mentions(value, name) || mentions(prefix, name);
      case Expression.Contains(var value, var element) ->
          mentions(value, name) || mentions(element, name);
      case Expression.And(var one, var other) -> mentions(one, name) || mentions(other, name);
      case Expression.Or(var one, var other) -> mentions(one, name) || mentions(other, name);
      case Expression.Not(var inner) -> mentions(inner, name);
      default -> false;
    };
  }
}

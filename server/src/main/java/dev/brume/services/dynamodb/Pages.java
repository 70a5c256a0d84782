package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.services.dynamodb.Expression.Condition;
import dev.brume.services.dynamodb.Expression.Operand;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/// One page of a Query or Scan: which rows, in which order, up to where.
final class Pages {
  /// @param index null for the table itself
  /// @param hash the partition to read, null to scan all
  /// @param range a condition on the sort key, null for none
  /// @param start the ExclusiveStartKey, null for the beginning
  /// @param limit rows to read at most, 0 for no limit
  /// @param segment of a parallel scan, with how many in all (1 for a plain one)
  record Plan(
      Table table,
      Table.@Nullable Index index,
      @Nullable AttributeValue hash,
      @Nullable Condition range,
      boolean forward,
      @Nullable Map<String, AttributeValue> start,
      int limit,
      int segment,
      int segments,
      @Nullable Condition filter) {
    Table.KeySchema schema() {
      return index == null ? table.key() : index.key();
    }

    Key prefix() {
      return index == null ? DynamoDbStore.items(table) : DynamoDbStore.entries(table, index);
    }
  }

  /// @param scanned rows read, before the filter
  /// @param last the LastEvaluatedKey, null at the end
  record Page(
      List<Map<String, AttributeValue>> items,
      int scanned,
      int bytes,
      @Nullable Map<String, AttributeValue> last) {}

  private final Plan plan;
  private final List<Map<String, AttributeValue>> items = new ArrayList<>();
  private int scanned;
  private int bytes;
  private @Nullable Map<String, AttributeValue> lastRead;
  private boolean more;

  private Pages(Plan plan) {
    this.plan = plan;
  }

  static Page read(Reader reader, Plan plan) {
    return new Pages(plan).run(reader);
  }

  private Page run(Reader reader) {
    Key prefix =
        plan.hash() == null ? plan.prefix() : plan.prefix().then(Table.element(plan.hash()));
    Key from = prefix;
    Key to = prefix.end();
    if (plan.start() != null) {
      Key start =
          plan.index() == null
              ? DynamoDbStore.item(plan.table(), plan.start())
              : DynamoDbStore.entry(plan.table(), plan.index(), plan.start());
      if (!start.startsWith(prefix)) {
        throw DynamoDbErrors.validation(
            "The provided starting key is outside query boundaries based on provided conditions");
      }
      if (plan.forward()) {
        from = start.next();
      } else {
        to = start;
      }
    }
    Reader.Visitor visitor = (_, value) -> visit(Values.read(value));
    if (plan.forward()) {
      reader.scan(from, to, visitor);
    } else {
      reader.scanBack(from, to, visitor);
    }
    return new Page(items, scanned, bytes, more && lastRead != null ? keyOf(lastRead) : null);
  }

  private boolean visit(Map<String, AttributeValue> item) {
    if (!inSegment(item) || !Evaluator.holds(plan.range(), item)) {
      return true;
    }
    if (plan.limit() > 0 && scanned == plan.limit() || bytes >= DynamoDbLimits.PAGE_BYTES_MAX) {
      more = true;
      return false;
    }
    scanned++;
    bytes += Values.size(item);
    lastRead = item;
    if (Evaluator.holds(plan.filter(), item)) {
      items.add(item);
    }
    // AWS gives a LastEvaluatedKey whenever the limit was reached, even when nothing follows.
    if (plan.limit() > 0 && scanned == plan.limit()) {
      more = true;
      return false;
    }
    return true;
  }

  private boolean inSegment(Map<String, AttributeValue> item) {
    if (plan.segments() <= 1) {
      return true;
    }
    AttributeValue hash = item.get(plan.schema().hash());
    var crc = new CRC32();
    crc.update(hash == null ? new byte[0] : Values.write(Map.of("h", hash)));
    return crc.getValue() % plan.segments() == plan.segment();
  }

  private Map<String, AttributeValue> keyOf(Map<String, AttributeValue> item) {
    var names = new LinkedHashSet<>(plan.table().key().names());
    names.addAll(plan.schema().names());
    return Table.only(item, names);
  }

  /// A key condition taken apart.
  ///
  /// @param range what remains for the sort key, null if nothing
  record KeyCondition(AttributeValue hash, @Nullable Condition range) {}

  /// Takes `hash = :v [AND condition on the sort key]` apart. Throws ValidationException for any
  /// other form.
  static KeyCondition keyCondition(
      Condition condition, Table.KeySchema schema, Map<String, String> types) {
    var parts = new ArrayList<Condition>();
    flatten(condition, parts);
    AttributeValue hash = null;
    Condition range = null;
    for (Condition part : parts) {
      String name = attribute(part);
      if (name.equals(schema.hash())) {
        if (hash != null
            || !(part
                instanceof
                Expression.Compare(
                    Operand _,
                    String comparator,
                    Expression.Literal(String _, AttributeValue value)))
            || !comparator.equals("=")) {
          throw DynamoDbErrors.validation("Query key condition not supported");
        }
        hash = value;
      } else if (name.equals(schema.range())) {
        if (range != null
            || part instanceof Expression.Compare(Operand _, String comparator, Operand _)
                && comparator.equals("<>")) {
          throw DynamoDbErrors.validation("Query key condition not supported");
        }
        range = part;
      } else {
        throw missing(schema, parts);
      }
    }
    if (hash == null) {
      throw DynamoDbErrors.validation(
          "Query condition missed key schema element: " + schema.hash());
    }
    if (!Values.type(hash).equals(types.get(schema.hash()))) {
      throw DynamoDbErrors.invalidParameter("Condition parameter type does not match schema type");
    }
    return new KeyCondition(hash, range);
  }

  private static RuntimeException missing(Table.KeySchema schema, List<Condition> parts) {
    var named = parts.stream().map(Pages::attribute).toList();
    for (String name : schema.names()) {
      if (!named.contains(name)) {
        return DynamoDbErrors.validation("Query condition missed key schema element: " + name);
      }
    }
    return DynamoDbErrors.validation("Query key condition not supported");
  }

  private static void flatten(Condition condition, List<Condition> parts) {
    if (condition instanceof Expression.And(Condition one, Condition other)) {
      flatten(one, parts);
      flatten(other, parts);
    } else {
      parts.add(condition);
    }
  }

  private static String attribute(Condition part) {
    Operand operand =
        switch (part) {
          case Expression.Compare(Operand one, String _, Operand other) ->
              one instanceof Expression.At ? one : other;
          case Expression.Between(Operand value, Operand _, Operand _) -> value;
          case Expression.BeginsWith(Operand value, Operand _) -> value;
          case Expression.And _,
              Expression.Or _,
              Expression.Not _,
              Expression.In _,
              Expression.Exists _,
              Expression.IsType _,
              Expression.Contains _ ->
              throw DynamoDbErrors.validation(
                  "Invalid operator used in KeyConditionExpression: " + operator(part));
        };
    if (operand instanceof Expression.At(Path path) && path.steps().size() == 1) {
      return path.root();
    }
    throw DynamoDbErrors.validation(
        "Invalid KeyConditionExpression: KeyConditionExpressions must only contain key attributes");
  }

  private static String operator(Condition part) {
    return switch (part) {
      case Expression.Or _ -> "OR";
      case Expression.Not _ -> "NOT";
      case Expression.In _ -> "IN";
      case Expression.Exists _ -> "attribute_exists";
      case Expression.IsType _ -> "attribute_type";
      case Expression.Contains _ -> "contains";
      case Expression.And _, Expression.Compare _, Expression.Between _, Expression.BeginsWith _ ->
          "AND";
    };
  }

  /// The item with only these paths, nested structure kept; list elements move together.
  static Map<String, AttributeValue> project(
      Map<String, AttributeValue> item, @Nullable List<Path> paths) {
    if (paths == null) {
      return item;
    }
    var projected = new LinkedHashMap<String, AttributeValue>();
    for (Path path : paths) {
      AttributeValue value = path.in(item);
      if (value != null) {
        projected.merge(path.root(), nested(path, 1, value), Pages::merged);
      }
    }
    return projected;
  }

  private static AttributeValue nested(Path path, int step, AttributeValue value) {
    if (step == path.steps().size()) {
      return value;
    }
    AttributeValue inner = nested(path, step + 1, value);
    return path.steps().get(step) instanceof String name
        ? new AttributeValue().m(Map.of(name, inner))
        : new AttributeValue().l(List.of(inner));
  }

  private static AttributeValue merged(AttributeValue one, AttributeValue other) {
    if (one.hasM() && other.hasM()) {
      var map = new LinkedHashMap<>(one.m());
      other.m().forEach((name, value) -> map.merge(name, value, Pages::merged));
      return new AttributeValue().m(map);
    }
    if (one.hasL() && other.hasL()) {
      var list = new ArrayList<>(one.l());
      list.addAll(other.l());
      return new AttributeValue().l(list);
    }
    return other;
  }

  static boolean sameItem(Map<String, AttributeValue> one, Map<String, AttributeValue> other) {
    return Arrays.equals(Values.write(one), Values.write(other));
  }
}

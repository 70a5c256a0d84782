package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.services.dynamodb.Expression.Action;
import dev.brume.services.dynamodb.Expression.Condition;
import dev.brume.services.dynamodb.Expression.Operand;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What expressions mean for an item.
final class Evaluator {
  private static final Set<String> TYPES =
      Set.of("S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL");

  private Evaluator() {}

  static boolean holds(@Nullable Condition condition, Map<String, AttributeValue> item) {
    return switch (condition) {
      case null -> true;
      case Expression.And(Condition one, Condition other) -> holds(one, item) && holds(other, item);
      case Expression.Or(Condition one, Condition other) -> holds(one, item) || holds(other, item);
      case Expression.Not(Condition inner) -> !holds(inner, item);
      case Expression.Exists(Path path, boolean wanted) -> (path.in(item) != null) == wanted;
      case Expression.IsType(Path path, Operand type) -> isType(path.in(item), value(type, item));
      case Expression.Compare(Operand one, String comparator, Operand other) ->
          compare(value(one, item), comparator, value(other, item));
      case Expression.Between(Operand value, Operand low, Operand high) ->
          compare(value(value, item), ">=", value(low, item))
              && compare(value(value, item), "<=", value(high, item));
      case Expression.In(Operand value, List<Operand> candidates) ->
          candidates.stream()
              .anyMatch(candidate -> compare(value(value, item), "=", value(candidate, item)));
      case Expression.BeginsWith(Operand value, Operand prefix) ->
          beginsWith(value(value, item), value(prefix, item));
      case Expression.Contains(Operand value, Operand element) ->
          contains(value(value, item), value(element, item));
    };
  }

  private static @Nullable AttributeValue value(Operand operand, Map<String, AttributeValue> item) {
    return switch (operand) {
      case Expression.At(Path path) -> path.in(item);
      case Expression.Literal(String _, AttributeValue value) -> value;
      case Expression.Size(Path path) -> size(path.in(item));
      case Expression.IfNotExists(Path path, Operand otherwise) -> {
        AttributeValue present = path.in(item);
        yield present != null ? present : value(otherwise, item);
      }
      case Expression.ListAppend(Operand one, Operand other) ->
          append(needed(one, item), needed(other, item));
      case Expression.Arithmetic(Operand one, boolean plus, Operand other) ->
          arithmetic(needed(one, item), plus, needed(other, item));
    };
  }

  private static AttributeValue needed(Operand operand, Map<String, AttributeValue> item) {
    AttributeValue value = value(operand, item);
    if (value == null) {
      throw DynamoDbErrors.validation(
          "The provided expression refers to an attribute that does not exist in the item");
    }
    return value;
  }

  private static AttributeValue append(AttributeValue one, AttributeValue other) {
    if (!one.hasL() || !other.hasL()) {
      throw operandType("list_append", one.hasL() ? other : one);
    }
    var joined = new ArrayList<>(one.l());
    joined.addAll(other.l());
    return new AttributeValue().l(joined);
  }

  private static AttributeValue arithmetic(AttributeValue one, boolean plus, AttributeValue other) {
    if (one.n() == null || other.n() == null) {
      throw operandType(plus ? "+" : "-", one.n() == null ? one : other);
    }
    BigDecimal left = new BigDecimal(one.n());
    BigDecimal right = new BigDecimal(other.n());
    return Values.number(Values.inRange(plus ? left.add(right) : left.subtract(right)));
  }

  private static RuntimeException operandType(String operator, AttributeValue operand) {
    return DynamoDbErrors.validation(
        "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: "
            + operator
            + ", operand type: "
            + Values.type(operand));
  }

  private static @Nullable AttributeValue size(@Nullable AttributeValue value) {
    if (value == null) {
      return null;
    }
    Integer size =
        switch (Values.type(value)) {
          case "S" ->
              String.valueOf(value.s()).codePointCount(0, String.valueOf(value.s()).length());
          case "B" -> value.b() == null ? 0 : value.b().length;
          case "SS" -> value.ss().size();
          case "NS" -> value.ns().size();
          case "BS" -> value.bs().size();
          case "L" -> value.l().size();
          case "M" -> value.m().size();
          default -> null;
        };
    return size == null ? null : Values.number(BigDecimal.valueOf(size));
  }

  private static boolean isType(@Nullable AttributeValue value, @Nullable AttributeValue type) {
    if (type == null || type.s() == null || !TYPES.contains(type.s())) {
      throw DynamoDbErrors.validation(
          "Invalid ConditionExpression: Invalid attribute type name found; type: "
              + (type == null ? "" : type.s())
              + ", valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}");
    }
    return value != null && Values.type(value).equals(type.s());
  }

  private static boolean compare(
      @Nullable AttributeValue one, String comparator, @Nullable AttributeValue other) {
    if (one == null || other == null) {
      return comparator.equals("<>") && one != other;
    }
    if (comparator.equals("=")) {
      return Values.equal(one, other);
    }
    if (comparator.equals("<>")) {
      return !Values.equal(one, other);
    }
    if (!Values.ordered(one) || !Values.type(one).equals(Values.type(other))) {
      return false;
    }
    int order = Values.compare(one, other);
    return switch (comparator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static boolean beginsWith(
      @Nullable AttributeValue value, @Nullable AttributeValue prefix) {
    if (value == null || prefix == null) {
      return false;
    }
    if (prefix.s() == null && prefix.b() == null) {
      throw DynamoDbErrors.validation(
          "Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: "
              + Values.type(prefix));
    }
    if (value.s() != null && prefix.s() != null) {
      return value.s().startsWith(prefix.s());
    }
    return value.b() != null
        && prefix.b() != null
        && value.b().length >= prefix.b().length
        && Arrays.equals(value.b(), 0, prefix.b().length, prefix.b(), 0, prefix.b().length);
  }

  private static boolean contains(
      @Nullable AttributeValue value, @Nullable AttributeValue element) {
    if (value == null || element == null) {
      return false;
    }
    return switch (Values.type(value)) {
      case "S" -> element.s() != null && String.valueOf(value.s()).contains(element.s());
      case "SS" -> element.s() != null && value.ss().contains(element.s());
      case "NS" -> element.n() != null && value.ns().contains(element.n());
      case "BS" -> element.b() != null && Values.has(value.bs(), element.b());
      case "L" -> value.l().stream().anyMatch(each -> Values.equal(each, element));
      default -> false;
    };
  }

  /// The item after the actions; every value is computed from the item before them.
  static Map<String, AttributeValue> updated(
      Map<String, AttributeValue> item, List<Action> actions) {
    Map<String, AttributeValue> result = item;
    var removals = new ArrayList<Path>();
    for (Action action : actions) {
      switch (action) {
        case Expression.Set(Path path, Operand operand) ->
            result = path.set(result, needed(operand, item));
        case Expression.Remove(Path path) -> removals.add(path);
        case Expression.Add(Path path, Operand operand) ->
            result = path.set(result, sum(path.in(item), needed(operand, item)));
        case Expression.Delete(Path path, Operand operand) ->
            result = without(path, result, needed(operand, item));
      }
    }
    // Indexes mean the list as it was: remove from the back.
    removals.sort((one, other) -> lastIndex(other) - lastIndex(one));
    for (Path path : removals) {
      result = path.remove(result);
    }
    return result;
  }

  private static int lastIndex(Path path) {
    return path.steps().getLast() instanceof Integer index ? index : -1;
  }

  private static AttributeValue sum(@Nullable AttributeValue present, AttributeValue added) {
    String type = Values.type(added);
    if (!Set.of("N", "SS", "NS", "BS").contains(type)) {
      throw operandType("ADD", added);
    }
    if (present == null) {
      return added;
    }
    if (!Values.type(present).equals(type)) {
      throw DynamoDbErrors.validation(
          "An operand in the update expression has an incorrect data type");
    }
    return switch (type) {
      case "N" -> arithmetic(present, true, added);
      case "SS" -> new AttributeValue().ss(union(present.ss(), added.ss()));
      case "NS" -> new AttributeValue().ns(union(present.ns(), added.ns()));
      default -> {
        var all = new ArrayList<>(present.bs());
        added.bs().stream().filter(element -> !Values.has(all, element)).forEach(all::add);
        yield new AttributeValue().bs(all);
      }
    };
  }

  private static List<String> union(List<String> one, List<String> other) {
    var all = new LinkedHashSet<>(one);
    all.addAll(other);
    return List.copyOf(all);
  }

  private static Map<String, AttributeValue> without(
      Path path, Map<String, AttributeValue> item, AttributeValue removed) {
    String type = Values.type(removed);
    if (!Set.of("SS", "NS", "BS").contains(type)) {
      throw operandType("DELETE", removed);
    }
    AttributeValue present = path.in(item);
    if (present == null) {
      return item;
    }
    if (!Values.type(present).equals(type)) {
      throw DynamoDbErrors.validation(
          "An operand in the update expression has an incorrect data type");
    }
    AttributeValue rest =
        switch (type) {
          case "SS" ->
              new AttributeValue()
                  .ss(present.ss().stream().filter(each -> !removed.ss().contains(each)).toList());
          case "NS" ->
              new AttributeValue()
                  .ns(present.ns().stream().filter(each -> !removed.ns().contains(each)).toList());
          default ->
              new AttributeValue()
                  .bs(
                      present.bs().stream()
                          .filter(each -> !Values.has(removed.bs(), each))
                          .toList());
        };
    boolean empty = rest.ss().isEmpty() && rest.ns().isEmpty() && rest.bs().isEmpty();
    return empty ? path.remove(item) : path.set(item, rest);
  }
}

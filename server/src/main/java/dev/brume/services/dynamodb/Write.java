package dev.brume.services.dynamodb;

import dev.brume.model.Call;
import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.services.dynamodb.Expression.Action;
import dev.brume.services.dynamodb.Expression.Condition;
import dev.brume.store.Tx;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One change of one item, parsed and checked, ready to run in a transaction.
///
/// @param tableName name or ARN from the request
/// @param item what Put stores; for the others the key
/// @param actions what Update does; null for the others
/// @param returnOldOnFailure whether a failed condition returns the item
record Write(
    Kind kind,
    String tableName,
    Map<String, AttributeValue> item,
    @Nullable List<Action> actions,
    @Nullable Condition condition,
    boolean returnOldOnFailure) {

  enum Kind {
    PUT,
    UPDATE,
    DELETE,
    CHECK
  }

  /// The item before and after; null where there is none.
  record Outcome(
      Table table,
      @Nullable Map<String, AttributeValue> before,
      @Nullable Map<String, AttributeValue> after) {
    int bytes() {
      return Math.max(
          before == null ? 0 : Values.size(before), after == null ? 0 : Values.size(after));
    }
  }

  /// Parses the expressions of a write and checks that every placeholder is used.
  static Write of(
      Kind kind,
      String table,
      Map<String, AttributeValue> item,
      @Nullable String updateExpression,
      @Nullable String conditionExpression,
      Map<String, String> names,
      Map<String, AttributeValue> values,
      @Nullable String returnValuesOnFailure) {
    var placeholders = new Placeholders(names, values);
    List<Action> actions =
        updateExpression == null ? null : Parser.update(updateExpression, placeholders);
    Condition condition =
        conditionExpression == null
            ? null
            : Parser.condition(conditionExpression, "ConditionExpression", placeholders);
    placeholders.allUsed(updateExpression != null || conditionExpression != null);
    return new Write(
        kind, table, item, actions, condition, "ALL_OLD".equals(returnValuesOnFailure));
  }

  /// Which item this is about, for finding two writes to the same one.
  String target(Table table) {
    return table.id() + DynamoDbStore.item(table, item);
  }

  Outcome run(Tx tx, Call call, DynamoDbStore store) {
    Table table = store.needed(tx, call, tableName);
    Map<String, AttributeValue> given =
        kind == Kind.PUT ? Values.checked(item, 1) : table.checkedKey(item);
    if (kind == Kind.PUT) {
      table.check(given);
    }
    Map<String, AttributeValue> before = store.get(tx, table, given);
    if (!Evaluator.holds(condition, before == null ? Map.of() : before)) {
      throw DynamoDbErrors.conditionFailed(returnOldOnFailure ? before : null);
    }
    Map<String, AttributeValue> after =
        switch (kind) {
          case PUT -> given;
          case DELETE -> null;
          case CHECK -> before;
          case UPDATE -> updated(table, given, before);
        };
    if (kind != Kind.CHECK) {
      store.replace(tx, call, table, before, after);
    }
    return new Outcome(table, before, after);
  }

  private Map<String, AttributeValue> updated(
      Table table, Map<String, AttributeValue> key, @Nullable Map<String, AttributeValue> before) {
    Map<String, AttributeValue> start = before == null ? key : before;
    if (actions == null) {
      return start;
    }
    for (Action action : actions) {
      if (table.key().names().contains(action.path().root())) {
        throw DynamoDbErrors.invalidParameter(
            "Cannot update attribute "
                + action.path().root()
                + ". This attribute is part of the key");
      }
    }
    Map<String, AttributeValue> after = Evaluator.updated(start, actions);
    table.check(after);
    return after;
  }
}

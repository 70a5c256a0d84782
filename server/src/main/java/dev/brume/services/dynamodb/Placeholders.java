package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// A request's ExpressionAttributeNames and ExpressionAttributeValues, and which of them its
/// expressions used.
final class Placeholders {
  private final Map<String, String> names;
  private final Map<String, AttributeValue> values = new LinkedHashMap<>();
  private final Set<String> used = new HashSet<>();

  Placeholders(Map<String, String> names, Map<String, AttributeValue> values) {
    this.names = names;
    for (String name : names.keySet()) {
      if (!name.startsWith("#") || name.length() < 2) {
        throw DynamoDbErrors.validation(
            "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" + name + "\"");
      }
    }
    values.forEach(
        (name, value) -> {
          if (!name.startsWith(":") || name.length() < 2) {
            throw DynamoDbErrors.validation(
                "ExpressionAttributeValues contains invalid key: Syntax error; key: \""
                    + name
                    + "\"");
          }
          this.values.put(name, Values.checked(value, 1));
        });
  }

  String name(Tokens tokens, String placeholder) {
    String name = names.get(placeholder);
    if (name == null) {
      throw tokens.error(
          "An expression attribute name used in the document path is not defined; attribute name: "
              + placeholder);
    }
    used.add(placeholder);
    return name;
  }

  AttributeValue value(Tokens tokens, String placeholder) {
    AttributeValue value = values.get(placeholder);
    if (value == null) {
      throw tokens.error(
          "An expression attribute value used in expression is not defined; attribute value: "
              + placeholder);
    }
    used.add(placeholder);
    return value;
  }

  /// After every expression of the request is parsed: what was given must have been used.
  void allUsed(boolean anyExpression) {
    unused(names.keySet(), "Names", anyExpression);
    unused(values.keySet(), "Values", anyExpression);
  }

  private void unused(Set<String> given, String what, boolean anyExpression) {
    if (!given.isEmpty() && !anyExpression) {
      throw DynamoDbErrors.validation(
          "ExpressionAttribute" + what + " can only be specified when using expressions");
    }
    var rest = new TreeSet<>(given);
    rest.removeAll(used);
    if (!rest.isEmpty()) {
      throw DynamoDbErrors.validation(
          "Value provided in ExpressionAttribute"
              + what
              + " unused in expressions: keys: {"
              + String.join(", ", rest)
              + "}");
    }
  }
}

package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checks resolved properties against the specification and brings scalars into the type that it
/// gives.
public final class PropertyCheck {
  private final Specification specification;
  private final String type;
  private final List<String> problems = new ArrayList<>();

  /// What came out.
  ///
  /// @param properties in the specification's types
  /// @param problems in words, none if all is well
  public record Result(ObjectNode properties, List<String> problems) {}

  private PropertyCheck(Specification specification, String type) {
    this.specification = specification;
    this.type = type;
  }

  /// @param supported the top-level properties that Brume implements
  public static Result check(
      Specification specification, String type, Set<String> supported, ObjectNode properties) {
    if (!specification.described(type)) {
      return new Result(properties, List.of());
    }
    var check = new PropertyCheck(specification, type);
    JsonNode known = specification.properties(type);
    ObjectNode out = check.object("#", known, properties);
    properties
        .fieldNames()
        .forEachRemaining(
            name -> {
              if (known.has(name) && !supported.contains(name)) {
                check.problems.add(
                    "Brume does not implement the property " + name + " of " + type + " yet");
              }
            });
    return new Result(out, check.problems);
  }

  /// A custom resource gets every scalar as a string, at any depth.
  public static JsonNode strings(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode out = Json.object();
      object.properties().forEach(each -> out.set(each.getKey(), strings(each.getValue())));
      return out;
    }
    if (node.isArray()) {
      ArrayNode out = Json.array();
      node.forEach(each -> out.add(strings(each)));
      return out;
    }
    return TextNode.valueOf(node.asText());
  }

  private ObjectNode object(String path, JsonNode known, ObjectNode value) {
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      JsonNode property = known.get(member.getKey());
      if (property == null) {
        problems.add(path + ": extraneous key [" + member.getKey() + "] is not permitted");
      } else if (!member.getValue().isNull()) {
        String at = path + "/" + member.getKey();
        out.set(member.getKey(), value(at, property.path("t"), member.getValue()));
      }
    }
    for (Map.Entry<String, JsonNode> property : known.properties()) {
      if (property.getValue().path("r").asBoolean() && !out.has(property.getKey())) {
        problems.add(path + ": required key [" + property.getKey() + "] not found");
      }
    }
    return out;
  }

  private JsonNode value(String path, JsonNode type, JsonNode value) {
    if (value.isTextual() && !Intrinsics.known(value.asText())) {
      return value;
    }
    if (type.isArray()) {
      return union(path, type, value);
    }
    if (type.isObject()) {
      return type.has("array")
          ? array(path, type.get("array"), value)
          : map(path, type.path("map"), value);
    }
    String name = type.asText();
    if (name.startsWith("#")) {
      return reference(path, name, value);
    }
    JsonNode scalar =
        switch (name) {
          case "string", "date-time" -> value.isContainerNode() ? null : text(value);
          case "integer" -> integer(value);
          case "number" -> number(value);
          case "boolean" -> bool(value);
          case "tag" -> value.isObject() ? tag(path, (ObjectNode) value) : null;
          default -> value;
        };
    return scalar == null ? wrong(path, name, value) : scalar;
  }

  private JsonNode reference(String path, String name, JsonNode value) {
    if (value instanceof ObjectNode object) {
      return object(path, specification.definition(name), object);
    }
    return wrong(path, "JSONObject", value);
  }

  private JsonNode union(String path, JsonNode types, JsonNode value) {
    List<String> first = List.of();
    for (JsonNode each : types) {
      var attempt = new PropertyCheck(specification, type);
      JsonNode result = attempt.value(path, each, value);
      if (attempt.problems.isEmpty()) {
        return result;
      }
      first = first.isEmpty() ? attempt.problems : first;
    }
    problems.addAll(first);
    return value;
  }

  private JsonNode array(String path, JsonNode element, JsonNode value) {
    ArrayNode out = Json.array();
    // A single value stands for a list of one, as CloudFormation has it.
    if (!value.isArray()) {
      if (value.isObject() || element.isObject()) {
        return wrong(path, "JSONArray", value);
      }
      return out.add(value(path + "/0", element, value));
    }
    for (int i = 0; i < value.size(); i++) {
      out.add(value(path + "/" + i, element, value.get(i)));
    }
    return out;
  }

  private JsonNode map(String path, JsonNode element, JsonNode value) {
    if (!value.isObject()) {
      return wrong(path, "JSONObject", value);
    }
    ObjectNode out = Json.object();
    value
        .properties()
        .forEach(
            each ->
                out.set(
                    each.getKey(), value(path + "/" + each.getKey(), element, each.getValue())));
    return out;
  }

  private JsonNode tag(String path, ObjectNode value) {
    ObjectNode out = Json.object();
    for (String name : List.of("Key", "Value")) {
      JsonNode member = value.get(name);
      if (member == null || member.isContainerNode()) {
        problems.add(path + ": required key [" + name + "] not found");
      } else {
        out.set(name, text(member));
      }
    }
    value
        .properties()
        .forEach(
            each -> {
              if (!out.has(each.getKey())) {
                out.set(each.getKey(), each.getValue());
              }
            });
    return out;
  }

  private JsonNode wrong(String path, String expected, JsonNode value) {
    String name =
        switch (expected) {
          case "string", "date-time" -> "String";
          case "integer" -> "Integer";
          case "number" -> "Number";
          case "boolean" -> "Boolean";
          case "tag" -> "JSONObject";
          default -> expected;
        };
    String found =
        value.isObject()
            ? "JSONObject"
            : value.isArray() ? "JSONArray" : value.isBoolean() ? "Boolean" : "String";
    problems.add(path + ": expected type: " + name + ", found: " + found);
    return value;
  }

  private static JsonNode text(JsonNode value) {
    return value.isTextual() ? value : TextNode.valueOf(value.asText());
  }

  private static @Nullable JsonNode integer(JsonNode value) {
    if (value.isIntegralNumber()) {
      return value;
    }
    if (value.isContainerNode() || value.isBoolean()) {
      return null;
    }
    try {
      BigInteger number = new BigDecimal(value.asText().strip()).toBigIntegerExact();
      return number.bitLength() < Long.SIZE
          ? LongNode.valueOf(number.longValue())
          : BigIntegerNode.valueOf(number);
    } catch (ArithmeticException | NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable JsonNode number(JsonNode value) {
    if (value.isNumber()) {
      return value;
    }
    if (value.isContainerNode() || value.isBoolean()) {
      return null;
    }
    try {
      return DecimalNode.valueOf(new BigDecimal(value.asText().strip()));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable JsonNode bool(JsonNode value) {
    if (value.isBoolean()) {
      return value;
    }
    return switch (value.asText()) {
      case "true", "True", "TRUE" -> BooleanNode.TRUE;
      case "false", "False", "FALSE" -> BooleanNode.FALSE;
      default -> null;
    };
  }
}

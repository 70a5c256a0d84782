package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The template's conditions, each evaluated once.
final class Conditions {
  private static final int OPERANDS_MAX = 10;

  private final Template template;
  private final Intrinsics intrinsics;
  private final Map<String, Boolean> known = new ConcurrentHashMap<>();

  Conditions(Template template, Intrinsics intrinsics) {
    this.template = template;
    this.intrinsics = intrinsics;
  }

  boolean holds(String name) {
    return holds(name, new LinkedHashSet<>());
  }

  private boolean holds(String name, Set<String> path) {
    Boolean value = known.get(name);
    if (value != null) {
      return value;
    }
    JsonNode definition = template.conditions().get(name);
    if (definition == null) {
      throw TemplateErrors.format("Unresolved condition dependency " + name + " in the template");
    }
    if (!path.add(name)) {
      throw TemplateErrors.format("Circular dependencies for conditions: " + path);
    }
    boolean result = evaluate(definition, path);
    path.remove(name);
    known.put(name, result);
    return result;
  }

  boolean evaluate(JsonNode node) {
    return evaluate(node, new LinkedHashSet<>());
  }

  private boolean evaluate(JsonNode node, Set<String> path) {
    if (node.isBoolean() || node.isTextual() && node.asText().matches("true|false")) {
      return Boolean.parseBoolean(node.asText());
    }
    if (!node.isObject() || node.size() != 1) {
      throw TemplateErrors.format("Every Conditions member must be a condition function.");
    }
    Map.Entry<String, JsonNode> only = node.properties().iterator().next();
    JsonNode argument = only.getValue();
    return switch (only.getKey()) {
      case "Condition" -> holds(argument.asText(), path);
      case "Fn::Equals" -> equal(argument);
      case "Fn::Not" -> {
        if (!argument.isArray() || argument.size() != 1) {
          throw TemplateErrors.shape("Fn::Not", "one boolean parameter.");
        }
        yield !evaluate(argument.get(0), path);
      }
      case "Fn::And" -> {
        boolean all = true;
        for (JsonNode each : operands("Fn::And", argument)) {
          all &= evaluate(each, path);
        }
        yield all;
      }
      case "Fn::Or" -> {
        boolean any = false;
        for (JsonNode each : operands("Fn::Or", argument)) {
          any |= evaluate(each, path);
        }
        yield any;
      }
      default -> throw TemplateErrors.format("Unrecognized condition function: " + only.getKey());
    };
  }

  private static JsonNode operands(String function, JsonNode argument) {
    if (!argument.isArray() || argument.size() < 2 || argument.size() > OPERANDS_MAX) {
      throw TemplateErrors.template(
          "every "
              + function
              + " object requires a list of at least 2 and at most 10 boolean"
              + " parameters.");
    }
    return argument;
  }

  private boolean equal(JsonNode argument) {
    if (!argument.isArray() || argument.size() != 2) {
      throw TemplateErrors.template(
          "every Fn::Equals object requires a list of 2 string" + " parameters.");
    }
    JsonNode left = intrinsics.resolve(argument.get(0));
    JsonNode right = intrinsics.resolve(argument.get(1));
    if (left == null || right == null) {
      return left == right;
    }
    return left.isContainerNode() || right.isContainerNode()
        ? left.equals(right)
        : left.asText().equals(right.asText());
  }

  /// All conditions with their values.
  Map<String, Boolean> all() {
    var all = new HashMap<String, Boolean>();
    template.conditions().fieldNames().forEachRemaining(name -> all.put(name, holds(name)));
    return all;
  }
}

package dev.brume.services.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// Reads `{ <condition> }`: comparisons of selectors with constants, `IS NULL`, `IS TRUE`, `IS
/// FALSE`, `EXISTS`, `NOT EXISTS`, joined by `&&`, `||` and parentheses.
final class JsonPatternParser {
  private static final int DEPTH_MAX = 50;
  private final PatternText source;
  private int depth;

  JsonPatternParser(PatternText source) {
    this.source = source;
  }

  FilterPattern parse() throws FilterPattern.Invalid {
    source.need("{");
    Predicate<JsonNode> condition = any();
    source.need("}");
    return message -> {
      int start = 0;
      while (start < message.length() && Character.isWhitespace(message.charAt(start))) {
        start++;
      }
      if (start == message.length() || message.charAt(start) != '{') {
        return false;
      }
      try {
        return condition.test(Json.parse(message));
      } catch (JsonProcessingException e) {
        // Not JSON: a condition on JSON does not match it.
        return false;
      }
    };
  }

  private Predicate<JsonNode> any() throws FilterPattern.Invalid {
    Predicate<JsonNode> condition = all();
    while (source.take("||")) {
      condition = condition.or(all());
    }
    return condition;
  }

  private Predicate<JsonNode> all() throws FilterPattern.Invalid {
    Predicate<JsonNode> condition = one();
    while (source.take("&&")) {
      condition = condition.and(one());
    }
    return condition;
  }

  private Predicate<JsonNode> one() throws FilterPattern.Invalid {
    if (!source.take("(")) {
      return comparison(selector());
    }
    if (++depth > DEPTH_MAX) {
      throw new FilterPattern.Invalid();
    }
    Predicate<JsonNode> condition = any();
    depth--;
    source.need(")");
    return condition;
  }

  private Predicate<JsonNode> comparison(List<String> selector) throws FilterPattern.Invalid {
    if (source.takeWord("NOT")) {
      if (!source.takeWord("EXISTS")) {
        throw new FilterPattern.Invalid();
      }
      return document -> select(document, selector).isMissingNode();
    }
    if (source.takeWord("EXISTS")) {
      return document -> !select(document, selector).isMissingNode();
    }
    if (source.takeWord("IS")) {
      if (source.takeWord("NULL")) {
        return document -> select(document, selector).isNull();
      }
      if (source.takeWord("TRUE")) {
        return document -> is(select(document, selector), true);
      }
      if (source.takeWord("FALSE")) {
        return document -> is(select(document, selector), false);
      }
      throw new FilterPattern.Invalid();
    }
    Comparison.Operator operator = Comparison.Operator.take(source);
    if (operator == null) {
      throw new FilterPattern.Invalid();
    }
    var comparison = Comparison.parse(operator, source, "(){}&|");
    return document -> comparison.test(select(document, selector));
  }

  private static boolean is(JsonNode value, boolean expected) {
    return value.isBoolean() && value.booleanValue() == expected;
  }

  // $.a.b[0]["c d"]: names and indexes one after the other, indexes as "[0".
  private List<String> selector() throws FilterPattern.Invalid {
    source.need("$");
    var path = new ArrayList<String>();
    while (true) {
      if (source.take(".")) {
        if (source.peek() != '[') {
          path.add(source.word(".[=!<>(){}&|"));
        }
      } else if (source.take("[")) {
        if (source.peek() == '"') {
          path.add(source.quoted());
        } else {
          String index = source.word("]");
          if (!index.matches("\\d{1,6}")) {
            throw new FilterPattern.Invalid();
          }
          path.add("[" + index);
        }
        source.need("]");
      } else {
        return path;
      }
    }
  }

  private static JsonNode select(JsonNode document, List<String> path) {
    JsonNode node = document;
    for (String step : path) {
      node =
          step.startsWith("[") ? node.path(Integer.parseInt(step.substring(1))) : node.path(step);
      if (node.isMissingNode()) {
        return MissingNode.getInstance();
      }
    }
    return node;
  }
}

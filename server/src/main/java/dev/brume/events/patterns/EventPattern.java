package dev.brume.events.patterns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A compiled pattern. Every field must match; a field matches when any of its alternatives matches
/// any of the event's values there.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html>
public final class EventPattern {
  /// A pattern that is not one. The message is the reason in AWS's words.
  public static final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;

    Invalid(String message) {
      super(message);
    }
  }

  private sealed interface Node {
    boolean matches(@Nullable JsonNode value);
  }

  /// All fields of an object.
  private record Fields(List<Field> fields, List<List<Fields>> alternatives) implements Node {
    @Override
    public boolean matches(@Nullable JsonNode value) {
      if (value != null && value.isArray()) {
        for (JsonNode element : value) {
          if (matches(element)) {
            return true;
          }
        }
        return false;
      }
      for (Field field : fields) {
        if (!field.node().matches(value == null ? null : value.get(field.name()))) {
          return false;
        }
      }
      for (List<Fields> any : alternatives) {
        if (any.stream().noneMatch(each -> each.matches(value))) {
          return false;
        }
      }
      return true;
    }
  }

  private record Field(String name, Node node) {}

  /// The alternatives of one field.
  private record Leaf(List<Matcher> matchers) implements Node {
    @Override
    public boolean matches(@Nullable JsonNode value) {
      for (Matcher matcher : matchers) {
        if (matches(matcher, value)) {
          return true;
        }
      }
      return false;
    }

    private static boolean matches(Matcher matcher, @Nullable JsonNode value) {
      if (matcher instanceof Matcher.Exists(boolean wanted)) {
        // Only leaves count: an object or empty array there is as if it were absent.
        boolean present =
            value != null && !value.isObject() && !(value.isArray() && value.isEmpty());
        return present == wanted;
      }
      if (value == null || value.isObject()) {
        return false;
      }
      if (value.isArray()) {
        for (JsonNode element : value) {
          if (matches(matcher, element)) {
            return true;
          }
        }
        return false;
      }
      return matcher.matches(value);
    }
  }

  private final Fields root;

  private EventPattern(Fields root) {
    this.root = root;
  }

  public static EventPattern of(String text) throws Invalid {
    JsonNode pattern;
    try {
      pattern = Json.parse(text);
    } catch (JsonProcessingException e) {
      throw new Invalid("Filter is not an object");
    }
    return of(pattern);
  }

  public static EventPattern of(JsonNode pattern) throws Invalid {
    if (!pattern.isObject()) {
      throw new Invalid("Filter is not an object");
    }
    if (pattern.isEmpty()) {
      throw new Invalid("Empty patterns are not allowed");
    }
    return new EventPattern(fields(pattern));
  }

  public boolean matches(JsonNode event) {
    return root.matches(event);
  }

  private static Fields fields(JsonNode pattern) throws Invalid {
    var fields = new ArrayList<Field>();
    var alternatives = new ArrayList<List<Fields>>();
    for (var entry : pattern.properties()) {
      JsonNode value = entry.getValue();
      if (entry.getKey().equals("$or")
          && value.isArray()
          && value.size() > 1
          && allObjects(value)) {
        var any = new ArrayList<Fields>();
        for (JsonNode each : value) {
          any.add(fields(each));
        }
        alternatives.add(any);
      } else if (value.isObject()) {
        if (value.isEmpty()) {
          throw new Invalid("Empty objects are not allowed");
        }
        fields.add(new Field(entry.getKey(), fields(value)));
      } else if (value.isArray()) {
        fields.add(new Field(entry.getKey(), leaf(value)));
      } else {
        throw new Invalid("\"" + entry.getKey() + "\" must be an object or an array");
      }
    }
    return new Fields(fields, alternatives);
  }

  private static boolean allObjects(JsonNode array) {
    for (JsonNode element : array) {
      if (!element.isObject()) {
        return false;
      }
    }
    return true;
  }

  private static Leaf leaf(JsonNode alternatives) throws Invalid {
    if (alternatives.isEmpty()) {
      throw new Invalid("Empty arrays are not allowed");
    }
    var matchers = new ArrayList<Matcher>();
    for (JsonNode alternative : alternatives) {
      matchers.add(Matcher.of(alternative));
    }
    return new Leaf(matchers);
  }
}

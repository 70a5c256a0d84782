package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.AttributeValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A document path, e.g. `address.lines[0]`.
///
/// @param steps attribute names (`String`) and list indexes (`Integer`); the first is a name
record Path(List<Object> steps) {
  Path {
    steps = List.copyOf(steps);
  }

  String root() {
    return (String) steps.getFirst();
  }

  /// The value at this path, null if there is none.
  @Nullable AttributeValue in(Map<String, AttributeValue> item) {
    AttributeValue at = item.get(root());
    for (int i = 1; i < steps.size() && at != null; i++) {
      at =
          switch (steps.get(i)) {
            case String name -> at.hasM() ? at.m().get(name) : null;
            case Integer index -> at.hasL() && index < at.l().size() ? at.l().get(index) : null;
            default -> throw new IllegalStateException();
          };
    }
    return at;
  }

  /// A copy of the item with the value set here. An index past the end of a list appends. Throws
  /// ValidationException when the parent is missing.
  Map<String, AttributeValue> set(Map<String, AttributeValue> item, AttributeValue value) {
    var copy = new LinkedHashMap<>(item);
    if (steps.size() == 1) {
      copy.put(root(), value);
      return copy;
    }
    AttributeValue parent = copy.get(root());
    if (parent == null) {
      throw DynamoDbErrors.invalidPath();
    }
    copy.put(root(), set(parent, 1, value));
    return copy;
  }

  private AttributeValue set(AttributeValue parent, int step, AttributeValue value) {
    boolean last = step == steps.size() - 1;
    if (steps.get(step) instanceof String name && parent.hasM()) {
      var map = new LinkedHashMap<>(parent.m());
      AttributeValue child = map.get(name);
      if (!last && child == null) {
        throw DynamoDbErrors.invalidPath();
      }
      map.put(name, last || child == null ? value : set(child, step + 1, value));
      return new AttributeValue().m(map);
    }
    if (steps.get(step) instanceof Integer index && parent.hasL()) {
      var list = new ArrayList<>(parent.l());
      if (index >= list.size()) {
        if (!last) {
          throw DynamoDbErrors.invalidPath();
        }
        list.add(value);
      } else {
        list.set(index, last ? value : set(list.get(index), step + 1, value));
      }
      return new AttributeValue().l(list);
    }
    throw DynamoDbErrors.invalidPath();
  }

  /// A copy of the item without what is here. Throws ValidationException when the parent is of
  /// another kind.
  Map<String, AttributeValue> remove(Map<String, AttributeValue> item) {
    var copy = new LinkedHashMap<>(item);
    if (steps.size() == 1) {
      copy.remove(root());
      return copy;
    }
    AttributeValue parent = copy.get(root());
    if (parent == null) {
      throw DynamoDbErrors.invalidPath();
    }
    copy.put(root(), remove(parent, 1));
    return copy;
  }

  private AttributeValue remove(AttributeValue parent, int step) {
    boolean last = step == steps.size() - 1;
    if (steps.get(step) instanceof String name && parent.hasM()) {
      var map = new LinkedHashMap<>(parent.m());
      if (last) {
        map.remove(name);
      } else {
        AttributeValue child = map.get(name);
        if (child == null) {
          throw DynamoDbErrors.invalidPath();
        }
        map.put(name, remove(child, step + 1));
      }
      return new AttributeValue().m(map);
    }
    if (steps.get(step) instanceof Integer index && parent.hasL()) {
      var list = new ArrayList<>(parent.l());
      if (index < list.size()) {
        if (last) {
          list.remove((int) index);
        } else {
          list.set(index, remove(list.get(index), step + 1));
        }
      }
      return new AttributeValue().l(list);
    }
    throw DynamoDbErrors.invalidPath();
  }

  boolean overlaps(Path other) {
    int shared = Math.min(steps.size(), other.steps.size());
    return steps.subList(0, shared).equals(other.steps.subList(0, shared));
  }

  @Override
  public String toString() {
    var text = new StringBuilder("[");
    for (Object step : steps) {
      text.append(text.length() > 1 ? ", " : "")
          .append(step instanceof Integer ? "[" + step + "]" : step);
    }
    return text.append(']').toString();
  }
}

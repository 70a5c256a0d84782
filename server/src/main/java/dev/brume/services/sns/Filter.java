package dev.brume.services.sns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.Event;
import dev.brume.events.patterns.EventPattern;
import dev.brume.json.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A subscription's compiled
/// [filter
/// policy](https://docs.aws.amazon.com/sns/latest/dg/sns-subscription-filter-policies.html).
final class Filter {
  private static final Filter ALL = new Filter(null, false);

  private final @Nullable EventPattern pattern;
  private final boolean body;

  private Filter(@Nullable EventPattern pattern, boolean body) {
    this.pattern = pattern;
    this.body = body;
  }

  /// The filter of a subscription that was accepted.
  static Filter of(Subscription subscription) {
    String policy = subscription.attributes().get("FilterPolicy");
    return policy == null ? ALL : parse(policy, subscription.filtersBody());
  }

  /// Compiles a policy. Throws AWS's error.
  static Filter parse(String policy, boolean body) {
    if (policy.getBytes(StandardCharsets.UTF_8).length > SnsLimits.FILTER_POLICY_BYTES_MAX) {
      throw SnsErrors.invalid("FilterPolicy", "FilterPolicy is too long");
    }
    try {
      JsonNode node = Json.parse(policy);
      if (!node.isObject()) {
        throw SnsErrors.invalid("FilterPolicy: failed to parse JSON.");
      }
      if (node.isEmpty()) {
        return ALL;
      }
      if (!body) {
        node.properties().forEach(Filter::requireFlat);
      }
      var filter = new Filter(EventPattern.of(node), body);
      Complexity.of(node).check();
      return filter;
    } catch (JsonProcessingException e) {
      throw SnsErrors.invalid("FilterPolicy: failed to parse JSON.");
    } catch (EventPattern.Invalid e) {
      throw SnsErrors.invalid("FilterPolicy: " + e.getMessage());
    }
  }

  /// How much a policy asks for: the names that it looks at, and the product of their numbers of
  /// values, each times its depth.
  private record Complexity(Set<String> keys, long combinations) {
    static Complexity of(JsonNode policy) {
      var keys = new HashSet<String>();
      return new Complexity(keys, combinations(policy, "", 1, keys));
    }

    private static long combinations(JsonNode level, String path, int depth, Set<String> keys) {
      long product = 1;
      for (Map.Entry<String, JsonNode> entry : level.properties()) {
        JsonNode value = entry.getValue();
        long factor = 0;
        if (entry.getKey().equals("$or")) {
          for (JsonNode alternative : value) {
            factor += combinations(alternative, path, depth, keys);
          }
        } else if (value.isObject()) {
          factor = combinations(value, path + entry.getKey() + ".", depth + 1, keys);
        } else {
          keys.add(path + entry.getKey());
          factor = (long) value.size() * depth;
        }
        product = Math.min(product * factor, Integer.MAX_VALUE);
      }
      return product;
    }

    void check() {
      if (keys.size() > SnsLimits.FILTER_KEYS_MAX) {
        throw SnsErrors.invalid("FilterPolicy: Filter policy can not have more than 5 keys");
      }
      if (combinations > SnsLimits.FILTER_COMBINATIONS_MAX) {
        throw SnsErrors.invalid("FilterPolicy: Filter policy is too complex");
      }
    }
  }

  private static void requireFlat(Map.Entry<String, JsonNode> entry) {
    if (entry.getValue().isObject()) {
      throw SnsErrors.invalid(
          "Filter policy scope MessageAttributes does not support nested filter policy");
    }
  }

  boolean matches(Notification notification) {
    if (pattern == null) {
      return true;
    }
    if (!body) {
      return pattern.matches(attributes(notification.attributes()));
    }
    try {
      JsonNode message = Json.parse(notification.message());
      return message.isObject() && pattern.matches(message);
    } catch (JsonProcessingException e) {
      // A body filter lets through only what it can look into.
      return false;
    }
  }

  private static ObjectNode attributes(Map<String, Event.Attribute> attributes) {
    ObjectNode node = Json.object();
    attributes.forEach(
        (name, attribute) -> {
          String text = attribute.stringValue();
          if (text == null) {
            return;
          }
          switch (attribute.dataType()) {
            case "Number" -> node.put(name, new BigDecimal(text));
            case "String.Array" -> node.set(name, array(text));
            default -> node.put(name, text);
          }
        });
    return node;
  }

  private static JsonNode array(String text) {
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      throw SnsErrors.invalid("The message attribute of type String.Array is not a JSON array");
    }
  }
}

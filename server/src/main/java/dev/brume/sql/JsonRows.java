package dev.brume.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The JSON serdes: one object per line, keys matched without regard to case.
final class JsonRows implements RowReader {
  private final List<String> keys = new ArrayList<>();
  private final List<HiveType> types;
  private final boolean ignoreMalformed;
  private final boolean dotsInKeys;

  JsonRows(Storage storage, List<Column> columns, List<HiveType> types) {
    this.types = types;
    Map<String, String> parameters = storage.serdeParameters();
    ignoreMalformed = Boolean.parseBoolean(parameters.get("ignore.malformed.json"));
    dotsInKeys = Boolean.parseBoolean(parameters.get("dots.in.keys"));
    for (Column column : columns) {
      String mapped = parameters.get("mapping." + column.name());
      keys.add((mapped == null ? column.name() : mapped).toLowerCase(Locale.ROOT));
    }
  }

  @Override
  public List<@Nullable String> read(String line) {
    var fields = new ArrayList<@Nullable String>(keys.size());
    Map<String, JsonNode> object = parse(line);
    for (int i = 0; i < keys.size(); i++) {
      JsonNode value = object.get(keys.get(i));
      fields.add(value == null || value.isNull() ? null : field(value, types.get(i)));
    }
    return fields;
  }

  private Map<String, JsonNode> parse(String line) {
    JsonNode node;
    try {
      node = Json.parse(line);
    } catch (JsonProcessingException e) {
      if (ignoreMalformed) {
        return Map.of();
      }
      throw new SqlFailure(
          "HIVE_CURSOR_ERROR: Row is not a valid JSON Object - JSONException: "
              + e.getOriginalMessage());
    }
    if (!node.isObject()) {
      if (ignoreMalformed) {
        return Map.of();
      }
      throw new SqlFailure("HIVE_CURSOR_ERROR: Row is not a valid JSON Object");
    }
    return lower(node);
  }

  private Map<String, JsonNode> lower(JsonNode object) {
    var byKey = new HashMap<String, JsonNode>();
    for (var field : object.properties()) {
      String key = field.getKey().toLowerCase(Locale.ROOT);
      byKey.put(dotsInKeys ? key.replace('.', '_') : key, field.getValue());
    }
    return byKey;
  }

  private String field(JsonNode value, HiveType type) {
    if (type instanceof HiveType.Simple) {
      return value.isValueNode() ? value.asText() : Json.write(value);
    }
    return Json.write(nested(value, type));
  }

  private JsonNode nested(JsonNode value, HiveType type) {
    if (value.isNull()) {
      return value;
    }
    return switch (type) {
      case HiveType.Simple _ ->
          value.isValueNode() ? value : JsonNodeFactory.instance.textNode(Json.write(value));
      case HiveType.ArrayOf(HiveType element) -> {
        ArrayNode array = Json.array();
        value.forEach(v -> array.add(nested(v, element)));
        yield array;
      }
      case HiveType.MapOf(_, HiveType inner) -> {
        ObjectNode object = Json.object();
        value.properties().forEach(e -> object.set(e.getKey(), nested(e.getValue(), inner)));
        yield object;
      }
      case HiveType.StructOf(List<HiveType.Field> members) -> {
        Map<String, JsonNode> byKey = lower(value);
        ObjectNode object = Json.object();
        for (HiveType.Field member : members) {
          JsonNode child = byKey.get(member.name());
          object.set(
              member.name(),
              child == null ? JsonNodeFactory.instance.nullNode() : nested(child, member.type()));
        }
        yield object;
      }
    };
  }
}

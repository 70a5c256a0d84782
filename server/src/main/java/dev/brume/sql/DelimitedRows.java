package dev.brume.sql;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// LazySimpleSerDe: fields between a delimiter (default `\001`), no quotes; nested values with
/// further delimiters per level.
final class DelimitedRows implements RowReader {
  private final char[] separators = new char[8];
  private final String nullText;
  private final int escape;
  private final List<HiveType> types;

  DelimitedRows(Map<String, String> parameters, List<HiveType> types) {
    this.types = types;
    for (int i = 0; i < separators.length; i++) {
      separators[i] = (char) (i + 1);
    }
    separators[0] =
        separator(
            parameters.get("field.delim"), parameters.get("serialization.format"), separators[0]);
    separators[1] =
        separator(
            parameters.get("collection.delim"), parameters.get("colelction.delim"), separators[1]);
    separators[2] = separator(parameters.get("mapkey.delim"), null, separators[2]);
    nullText = parameters.getOrDefault("serialization.null.format", "\\N");
    String escaped = parameters.getOrDefault("escape.delim", "");
    escape = escaped.isEmpty() ? -1 : escaped.charAt(0);
  }

  private static char separator(@Nullable String first, @Nullable String second, char standard) {
    String text = first == null ? second : first;
    if (text == null || text.isEmpty()) {
      return standard;
    }
    if (text.length() <= 3 && text.chars().allMatch(Character::isDigit)) {
      return (char) Integer.parseInt(text);
    }
    return text.charAt(0);
  }

  @Override
  public List<@Nullable String> read(String line) {
    List<String> parts = split(line, separators[0]);
    var fields = new ArrayList<@Nullable String>(types.size());
    for (int i = 0; i < types.size(); i++) {
      fields.add(i < parts.size() ? field(parts.get(i), types.get(i)) : null);
    }
    return fields;
  }

  private @Nullable String field(String text, HiveType type) {
    if (text.equals(nullText)) {
      return null;
    }
    return type instanceof HiveType.Simple ? unescape(text) : Json.write(nested(text, type, 1));
  }

  private JsonNode nested(String text, HiveType type, int level) {
    if (text.equals(nullText)) {
      return JsonNodeFactory.instance.nullNode();
    }
    char separator = separators[Math.min(level, separators.length - 1)];
    return switch (type) {
      case HiveType.Simple _ -> JsonNodeFactory.instance.textNode(unescape(text));
      case HiveType.ArrayOf(HiveType element) -> {
        ArrayNode array = Json.array();
        if (!text.isEmpty()) {
          split(text, separator).forEach(p -> array.add(nested(p, element, level + 1)));
        }
        yield array;
      }
      case HiveType.MapOf(_, HiveType value) -> {
        ObjectNode object = Json.object();
        char between = separators[Math.min(level + 1, separators.length - 1)];
        for (String entry : text.isEmpty() ? List.<String>of() : split(text, separator)) {
          List<String> pair = split(entry, between);
          object.set(
              unescape(pair.getFirst()),
              pair.size() > 1
                  ? nested(pair.get(1), value, level + 2)
                  : JsonNodeFactory.instance.nullNode());
        }
        yield object;
      }
      case HiveType.StructOf(List<HiveType.Field> fields) -> {
        ObjectNode object = Json.object();
        List<String> parts = split(text, separator);
        for (int i = 0; i < fields.size(); i++) {
          object.set(
              fields.get(i).name(),
              i < parts.size()
                  ? nested(parts.get(i), fields.get(i).type(), level + 1)
                  : JsonNodeFactory.instance.nullNode());
        }
        yield object;
      }
    };
  }

  private List<String> split(String text, char separator) {
    var parts = new ArrayList<String>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == escape) {
        i++;
      } else if (text.charAt(i) == separator) {
        parts.add(text.substring(start, i));
        start = i + 1;
      }
    }
    parts.add(text.substring(start));
    return parts;
  }

  private String unescape(String text) {
    if (escape < 0 || text.indexOf(escape) < 0) {
      return text;
    }
    var out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == escape && i + 1 < text.length()) {
        i++;
      }
      out.append(text.charAt(i));
    }
    return out.toString();
  }
}

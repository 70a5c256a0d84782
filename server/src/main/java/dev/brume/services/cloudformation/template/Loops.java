package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Writes out `Fn::ForEach` before anything else is read. Its form is that of the page
/// "Fn::ForEach" of CloudFormation's template reference.
final class Loops {
  private static final String PREFIX = "Fn::ForEach";
  private static final Set<String> SECTIONS = Set.of("Conditions", "Resources", "Outputs");

  // Nested loops multiply; no template that passes the quotas has more.
  private static final int ENTRIES_MAX = 5000;

  private final JsonNode parameters;
  private final JsonNode mappings;
  private final Map<String, String> values;
  private boolean any;
  private boolean open;
  private int entries;

  private Loops(ObjectNode root, Map<String, String> values) {
    parameters = root.path("Parameters");
    mappings = root.path("Mappings");
    this.values = values;
  }

  /// A template without loops.
  ///
  /// @param any it had some
  /// @param open some were left out, as the value of a parameter is not known
  record Written(ObjectNode root, boolean any, boolean open) {}

  /// @param values of parameters and pseudo parameters, as far as they are known
  static Written write(ObjectNode root, Map<String, String> values) {
    var loops = new Loops(root, values);
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> section : root.properties()) {
      JsonNode value = section.getValue();
      out.set(section.getKey(), SECTIONS.contains(section.getKey()) ? loops.write(value) : value);
    }
    if (loops.any && !declared(root.path("Transform"))) {
      throw TemplateErrors.template(
          "Fn::ForEach requires the transform AWS::LanguageExtensions in the template");
    }
    return new Written(loops.any ? out : root, loops.any, loops.open);
  }

  private static boolean declared(JsonNode transform) {
    var names = new ArrayList<JsonNode>(List.of(transform));
    transform.forEach(names::add);
    return names.stream()
        .map(each -> each.isObject() ? each.path("Name") : each)
        .anyMatch(each -> each.asText().equals("AWS::LanguageExtensions"));
  }

  private JsonNode write(JsonNode node) {
    if (node instanceof ArrayNode array) {
      ArrayNode out = Json.array();
      array.forEach(each -> out.add(write(each)));
      return out;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      if (member.getKey().startsWith(PREFIX)) {
        any = true;
        loop(member.getKey(), member.getValue(), out);
      } else {
        put(out, member.getKey(), write(member.getValue()));
      }
    }
    return out;
  }

  private static void put(ObjectNode out, String key, JsonNode value) {
    if (out.has(key)) {
      throw failed("Fn::ForEach has duplicate keys: " + key);
    }
    out.set(key, value);
  }

  private void loop(String name, JsonNode loop, ObjectNode out) {
    boolean form =
        name.matches("Fn::ForEach::[A-Za-z0-9]+")
            && loop.isArray()
            && loop.size() == 3
            && loop.get(0).isTextual()
            && loop.get(2).isObject();
    if (!form) {
      throw failed("Fn::ForEach layout is incorrect");
    }
    String identifier = loop.get(0).asText();
    List<String> collection = collection(loop.get(1));
    if (collection == null) {
      open = true;
      return;
    }
    for (String value : collection) {
      JsonNode body = substitute(loop.get(2), identifier, value);
      for (Map.Entry<String, JsonNode> member : write(body).properties()) {
        if (++entries > ENTRIES_MAX) {
          throw failed("Fn::ForEach makes more than " + ENTRIES_MAX + " entries");
        }
        put(out, member.getKey(), member.getValue());
      }
    }
  }

  private static ServiceError failed(String why) {
    return TemplateErrors.validation("Transform AWS::LanguageExtensions failed with: " + why);
  }

  // Null when it is a parameter's value that is not known.
  private @Nullable List<String> collection(JsonNode node) {
    if (node.isArray()) {
      return texts(node);
    }
    if (node.isObject() && node.size() == 1) {
      if (node.path("Ref").isTextual()) {
        String value = value(node.get("Ref").asText());
        return value == null ? null : Parameters.split(value);
      }
      JsonNode path = node.path("Fn::FindInMap");
      if (path.isArray() && path.size() == 3) {
        List<String> names = texts(path);
        return names == null ? null : texts(mapped(names));
      }
    }
    throw failed("Fn::ForEach collection must be a list, Ref or Fn::FindInMap");
  }

  private JsonNode mapped(List<String> names) {
    JsonNode found = mappings;
    for (String name : names) {
      found = found.path(name);
    }
    if (!found.isArray()) {
      throw failed("Fn::ForEach collection " + names + " is not a list of a mapping");
    }
    return found;
  }

  private @Nullable List<String> texts(JsonNode list) {
    var texts = new ArrayList<String>();
    for (JsonNode each : list) {
      String text = each.isValueNode() ? each.asText() : null;
      if (each.isObject() && each.size() == 1 && each.path("Ref").isTextual()) {
        text = value(each.get("Ref").asText());
        if (text == null) {
          return null;
        }
      }
      if (text == null) {
        throw failed("Fn::ForEach collection must be of strings");
      }
      texts.add(text);
    }
    return texts;
  }

  private @Nullable String value(String parameter) {
    if (!parameters.has(parameter) && !parameter.startsWith("AWS::")) {
      throw failed("Fn::ForEach refers to " + parameter + ", which is not a parameter");
    }
    JsonNode fallback = parameters.path(parameter).path("Default");
    String given = values.get(parameter);
    return given != null ? given : fallback.isValueNode() ? fallback.asText() : null;
  }

  // The identifier, in names and texts: `${Id}`, and `&{Id}` for its letters and digits alone.
  private static JsonNode substitute(JsonNode node, String identifier, String value) {
    if (node.isTextual()) {
      return TextNode.valueOf(substitute(node.asText(), identifier, value));
    }
    if (node instanceof ArrayNode array) {
      ArrayNode out = Json.array();
      array.forEach(each -> out.add(substitute(each, identifier, value)));
      return out;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    if (object.size() == 1 && object.path("Ref").asText().equals(identifier)) {
      return TextNode.valueOf(value);
    }
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      put(
          out,
          substitute(member.getKey(), identifier, value),
          substitute(member.getValue(), identifier, value));
    }
    return out;
  }

  private static String substitute(String text, String identifier, String value) {
    return text.replace("${" + identifier + "}", value)
        .replace("&{" + identifier + "}", value.replaceAll("[^A-Za-z0-9]", ""));
  }
}

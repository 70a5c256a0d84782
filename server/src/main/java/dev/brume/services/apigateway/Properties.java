package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.apigateway.PatchOperation;
import dev.brume.resources.ResourceState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Properties of resources, read.
final class Properties {
  private Properties() {}

  static @Nullable String text(JsonNode properties, String name) {
    JsonNode value = properties.path(name);
    return value.isMissingNode() || value.isNull() ? null : value.asText();
  }

  static @Nullable Boolean flag(JsonNode properties, String name) {
    JsonNode value = properties.path(name);
    return value.isMissingNode() || value.isNull() ? null : Boolean.valueOf(value.asBoolean());
  }

  static List<String> texts(JsonNode properties, String name) {
    var texts = new ArrayList<String>();
    properties.path(name).forEach(value -> texts.add(value.asText()));
    return texts;
  }

  static Map<String, String> map(JsonNode properties, String name) {
    Map<String, String> map = new LinkedHashMap<>();
    properties
        .path(name)
        .properties()
        .forEach(field -> map.put(field.getKey(), field.getValue().asText()));
    return map;
  }

  static Map<String, Boolean> flags(JsonNode properties, String name) {
    Map<String, Boolean> map = new LinkedHashMap<>();
    properties
        .path(name)
        .properties()
        .forEach(field -> map.put(field.getKey(), field.getValue().asBoolean()));
    return map;
  }

  /// The resource's own tags over those of its stack.
  static Map<String, String> tags(Map<String, String> ofStack, ObjectNode properties) {
    Map<String, String> tags = new LinkedHashMap<>(ofStack);
    properties
        .path("Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return tags;
  }

  static ResourceState state(String physicalId, String attribute, String value) {
    return new ResourceState(physicalId, Map.of(attribute, TextNode.valueOf(value)));
  }

  /// The patch from an old to a new scalar; nothing when they are the same.
  static void patch(
      List<PatchOperation> into, String path, @Nullable String from, @Nullable String to) {
    if (to != null && !to.equals(from)) {
      into.add(new PatchOperation().op("replace").path(path).value(to));
    } else if (to == null && from != null) {
      into.add(new PatchOperation().op("remove").path(path));
    }
  }

  /// The patch from old to new entries of a map.
  static void patch(
      List<PatchOperation> into, String path, Map<String, String> from, Map<String, String> to) {
    var names = new TreeSet<>(from.keySet());
    names.addAll(to.keySet());
    for (String name : names) {
      String entry = path + "/" + name.replace("~", "~0").replace("/", "~1");
      patch(into, entry, from.get(name), to.get(name));
    }
  }
}

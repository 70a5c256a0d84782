package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.services.cloudformation.template.ParameterDeclaration;
import dev.brume.services.cloudformation.template.Template;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Values that events and change sets do not show: those of parameters with `NoEcho`, and those
/// that a custom resource answered with `NoEcho`.
///
/// @param values none of them empty
record Hidden(Set<String> values) {
  /// Shown instead.
  static final String MASK = "****";

  /// Among a custom resource's attributes: says that the others are hidden.
  static final String ATTRIBUTES = "\u0000NoEcho";

  // A shorter value may be part of anything.
  private static final int PART_MIN = 4;

  static Hidden of(Template template, Revision revision) {
    var values = new LinkedHashSet<String>();
    for (ParameterDeclaration declaration : template.parameters().values()) {
      if (declaration.noEcho()) {
        add(values, revision.parameters().get(declaration.name()));
        add(values, revision.resolved().get(declaration.name()));
      }
    }
    return new Hidden(values);
  }

  private static void add(Set<String> values, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      values.add(value);
    }
  }

  /// With what the custom resources among these keep to themselves.
  Hidden and(Collection<ResourceRow> rows) {
    var more = new LinkedHashSet<>(values);
    for (ResourceRow row : rows) {
      for (Made made : row.all()) {
        JsonNode attributes = made.attributeTree();
        if (attributes.has(ATTRIBUTES)) {
          attributes
              .properties()
              .forEach(
                  each -> {
                    if (each.getValue().isTextual()) {
                      add(more, each.getValue().asText());
                    }
                  });
        }
      }
    }
    return new Hidden(more);
  }

  /// @param json a document that Brume wrote
  String mask(String json) {
    return values.isEmpty() ? json : Json.write(mask(Json.parseOwn(json)));
  }

  JsonNode mask(JsonNode node) {
    if (node instanceof ObjectNode object) {
      ObjectNode out = Json.object();
      object.properties().forEach(each -> out.set(each.getKey(), mask(each.getValue())));
      return out;
    }
    if (node.isArray()) {
      ArrayNode out = Json.array();
      node.forEach(each -> out.add(mask(each)));
      return out;
    }
    return node.isNull() || node.isBoolean() ? node : masked(node);
  }

  private JsonNode masked(JsonNode node) {
    String text = node.asText();
    String shown = text;
    for (String value : values) {
      if (shown.equals(value)) {
        return TextNode.valueOf(MASK);
      }
      shown = value.length() < PART_MIN ? shown : shown.replace(value, MASK);
    }
    return shown.equals(text) ? node : TextNode.valueOf(shown);
  }
}

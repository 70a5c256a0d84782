package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.regex.Pattern;

/// `Fn::Join`, `Fn::Split` and `Fn::Select` of resolved arguments.
final class Lists {
  private Lists() {}

  static JsonNode join(ArrayNode arguments) {
    JsonNode list = arguments.get(1);
    if (list.isTextual() && !Intrinsics.known(list.asText())) {
      return list;
    }
    if (!arguments.get(0).isTextual() || !list.isArray()) {
      throw TemplateErrors.shape(
          "Fn::Join",
          "two parameters, (1) a string delimiter and (2) a list of strings to be joined or a"
              + " function that returns a list of strings (such as Fn::GetAZs) to be joined.");
    }
    var parts = new ArrayList<String>();
    for (JsonNode part : list) {
      if (part.isContainerNode()) {
        throw TemplateErrors.shape("Fn::Join", "a list of strings to be joined.");
      }
      parts.add(part.asText());
    }
    return TextNode.valueOf(String.join(arguments.get(0).asText(), parts));
  }

  static JsonNode split(ArrayNode arguments) {
    String delimiter = arguments.get(0).asText();
    String text = arguments.get(1).asText();
    if (delimiter.isEmpty() || arguments.get(1).isContainerNode()) {
      throw TemplateErrors.shape(
          "Fn::Split",
          "two parameters, (1) a string delimiter and (2) a string to be split or a function that"
              + " returns a string to be split.");
    }
    if (!Intrinsics.known(text)) {
      return TextNode.valueOf(Scope.UNKNOWN);
    }
    ArrayNode parts = Json.array();
    for (String part : text.split(Pattern.quote(delimiter), -1)) {
      parts.add(part);
    }
    return parts;
  }

  static JsonNode select(ArrayNode arguments) {
    JsonNode list = arguments.get(1);
    if (list.isTextual() && !Intrinsics.known(list.asText())) {
      return TextNode.valueOf(Scope.UNKNOWN);
    }
    if (!list.isArray()) {
      throw TemplateErrors.template(
          "Fn::Select requires a list argument with two elements: an"
              + " integer index and a list");
    }
    int index;
    try {
      index = Integer.parseInt(arguments.get(0).asText());
    } catch (NumberFormatException e) {
      throw TemplateErrors.template("Fn::Select requires a list argument with a valid index");
    }
    if (index < 0 || index >= list.size()) {
      throw TemplateErrors.template("Fn::Select cannot select nonexistent value at index " + index);
    }
    return list.get(index);
  }
}

package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// The values of a template's parameters.
///
/// @param given the text of each, as submitted or by default; for SSM types the name
/// @param resolved the SSM parameter's value, for SSM types only
public record Parameters(Map<String, String> given, Map<String, String> resolved) {

  /// One parameter of a request.
  public record Argument(String name, @Nullable String value, boolean usePrevious) {}

  /// Puts together what was submitted, what stays, and the defaults, and checks each.
  ///
  /// @param previous the values of the stack so far
  /// @param ssm reads an SSM parameter by name; throws if there is none
  public static Parameters of(
      Template template,
      List<Argument> arguments,
      Map<String, String> previous,
      UnaryOperator<String> ssm) {
    var submitted = new LinkedHashMap<String, Argument>();
    var unknown = new ArrayList<String>();
    for (Argument argument : arguments) {
      if (!template.parameters().containsKey(argument.name())) {
        unknown.add(argument.name());
      }
      if (submitted.put(argument.name(), argument) != null) {
        throw TemplateErrors.validation(
            "Parameters: [" + argument.name() + "] must not be given more than once");
      }
    }
    if (!unknown.isEmpty()) {
      throw TemplateErrors.validation(
          "Parameters: [" + String.join(", ", unknown) + "] do not exist in the template");
    }
    var given = new LinkedHashMap<String, String>();
    var missing = new ArrayList<String>();
    for (ParameterDeclaration declaration : template.parameters().values()) {
      String value = value(declaration, submitted.get(declaration.name()), previous);
      if (value == null) {
        missing.add(declaration.name());
      } else {
        declaration.check(value);
        given.put(declaration.name(), value);
      }
    }
    if (!missing.isEmpty()) {
      throw TemplateErrors.validation(
          "Parameters: [" + String.join(", ", missing) + "] must have values");
    }
    var resolved = new LinkedHashMap<String, String>();
    template.parameters().values().stream()
        .filter(ParameterDeclaration::ssm)
        .forEach(each -> resolved.put(each.name(), ssm.apply(given.getOrDefault(each.name(), ""))));
    return new Parameters(given, resolved);
  }

  private static @Nullable String value(
      ParameterDeclaration declaration, @Nullable Argument argument, Map<String, String> previous) {
    if (argument == null) {
      return declaration.defaultValue();
    }
    if (argument.usePrevious()) {
      String value = previous.get(declaration.name());
      if (value == null && declaration.defaultValue() == null) {
        throw TemplateErrors.validation(
            "Invalid input for parameter key "
                + declaration.name()
                + ". Cannot specify usePreviousValue as true for a parameter key not in the"
                + " previous template");
      }
      return value == null ? declaration.defaultValue() : value;
    }
    return argument.value();
  }

  /// What `Ref` of the parameter gives.
  JsonNode ref(ParameterDeclaration declaration) {
    String name = declaration.name();
    String text = resolved.containsKey(name) ? resolved.get(name) : given.get(name);
    String value = text == null ? "" : text;
    if (!declaration.list()) {
      return TextNode.valueOf(value);
    }
    ArrayNode list = Json.array();
    split(value).forEach(list::add);
    return list;
  }

  static List<String> split(String list) {
    if (list.isEmpty()) {
      return List.of();
    }
    var parts = new ArrayList<String>();
    for (String part : list.split(",", -1)) {
      parts.add(part.strip());
    }
    return parts;
  }
}

package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/// One entry of `Parameters`, and what a value given for it must satisfy.
///
/// @param defaultValue null when a value must be given
/// @param constraints the declaration itself, for `AllowedPattern`, `MinLength`, …
public record ParameterDeclaration(
    String name,
    String type,
    @Nullable String defaultValue,
    @Nullable String description,
    boolean noEcho,
    List<String> allowedValues,
    ObjectNode constraints) {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9]{1,255}");
  private static final int PARAMETERS_MAX = 200;
  private static final int VALUE_BYTES_MAX = 4096;
  private static final String SSM_PREFIX = "AWS::SSM::Parameter::Value<";
  private static final Set<String> MEMBERS =
      Set.of(
          "Type",
          "Default",
          "Description",
          "NoEcho",
          "AllowedValues",
          "AllowedPattern",
          "ConstraintDescription",
          "MinLength",
          "MaxLength",
          "MinValue",
          "MaxValue");

  static Map<String, ParameterDeclaration> all(ObjectNode section) {
    if (section.size() > PARAMETERS_MAX) {
      throw TemplateErrors.format(
          "Number of parameters, "
              + section.size()
              + ", is greater than maximum allowed, "
              + PARAMETERS_MAX);
    }
    var all = new LinkedHashMap<String, ParameterDeclaration>();
    section.properties().forEach(entry -> all.put(entry.getKey(), of(entry)));
    return all;
  }

  private static ParameterDeclaration of(Map.Entry<String, JsonNode> entry) {
    String name = entry.getKey();
    if (!NAME.matcher(name).matches()) {
      throw TemplateErrors.format("Parameter name " + name + " is non alphanumeric.");
    }
    if (!(entry.getValue() instanceof ObjectNode node)) {
      throw TemplateErrors.format("Every Parameters member must be an object: " + name);
    }
    node.fieldNames()
        .forEachRemaining(
            member -> {
              if (!MEMBERS.contains(member)) {
                throw TemplateErrors.validation(
                    "Invalid template parameter property '" + member + "'");
              }
            });
    if (!node.path("Type").isTextual()) {
      throw TemplateErrors.format("Every Parameters object must contain a Type member.");
    }
    String type = node.get("Type").asText();
    if (!known(type)) {
      throw TemplateErrors.format("Unrecognized parameter type: " + type);
    }
    var allowed = new ArrayList<String>();
    node.path("AllowedValues").forEach(value -> allowed.add(value.asText()));
    return new ParameterDeclaration(
        name,
        type,
        text(node.get("Default")),
        text(node.get("Description")),
        node.path("NoEcho").asBoolean(),
        allowed,
        node);
  }

  private static boolean known(String type) {
    String inner = type;
    if (inner.startsWith(SSM_PREFIX) && inner.endsWith(">")) {
      inner = inner.substring(SSM_PREFIX.length(), inner.length() - 1);
    }
    if (inner.startsWith("List<") && inner.endsWith(">")) {
      inner = inner.substring(5, inner.length() - 1);
    }
    return inner.equals("String")
        || inner.equals("Number")
        || inner.equals("CommaDelimitedList")
        || inner.equals("AWS::SSM::Parameter::Name")
        || inner.startsWith("AWS::EC2::")
        || inner.startsWith("AWS::Route53::");
  }

  // A list given as a default is written like a value: with commas.
  private static @Nullable String text(@Nullable JsonNode node) {
    if (node == null || node.isNull()) {
      return null;
    }
    if (node.isArray()) {
      var parts = new ArrayList<String>();
      node.forEach(part -> parts.add(part.asText()));
      return String.join(",", parts);
    }
    return node.asText();
  }

  /// Whether the value names an SSM parameter, whose value is what `Ref` gives.
  public boolean ssm() {
    return type.startsWith(SSM_PREFIX);
  }

  /// The type of what `Ref` gives: without `AWS::SSM::Parameter::Value<…>`.
  public String valueType() {
    return ssm() ? type.substring(SSM_PREFIX.length(), type.length() - 1) : type;
  }

  /// Whether `Ref` gives a list.
  public boolean list() {
    return valueType().equals("CommaDelimitedList") || valueType().startsWith("List<");
  }

  /// Throws `ValidationError` if the value (for an SSM type: the parameter's name) is not allowed.
  public void check(String value) {
    if (value.length() > VALUE_BYTES_MAX) {
      throw TemplateErrors.validation(
          "Template validation error: Parameter '" + name + "' must be at most 4096 bytes");
    }
    List<String> parts = list() && !ssm() ? Parameters.split(value) : List.of(value);
    for (String part : parts) {
      if (!allowedValues.isEmpty() && !allowedValues.contains(part)) {
        throw failure("Parameter '" + name + "' must be one of AllowedValues");
      }
    }
    String pattern = text(constraints.get("AllowedPattern"));
    if (pattern != null && !ssm()) {
      for (String part : parts) {
        matches(pattern, part);
      }
    }
    length(value);
    if (valueType().equals("Number") && !ssm() || valueType().equals("List<Number>") && !ssm()) {
      parts.forEach(this::number);
    }
  }

  private void matches(String pattern, String value) {
    try {
      if (!Pattern.compile(pattern).matcher(new Measured(value, new int[1])).matches()) {
        throw failure("Parameter '" + name + "' must match pattern " + pattern);
      }
    } catch (PatternSyntaxException e) {
      throw TemplateErrors.validation(
          "Template validation error: AllowedPattern of parameter '" + name + "' is invalid");
    }
  }

  /// Text that may be looked at only so often, so that no pattern goes on for ever.
  ///
  /// @param looks so far, in its only element
  private record Measured(String text, int[] looks) implements CharSequence {
    private static final int LOOKS_MAX = 5_000_000;

    @Override
    public char charAt(int index) {
      if (++looks[0] > LOOKS_MAX) {
        throw TemplateErrors.validation(
            "Template validation error: an AllowedPattern takes too long to match");
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return new Measured(text.substring(start, end), looks);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  private void length(String value) {
    JsonNode min = constraints.path("MinLength");
    if (!min.isMissingNode() && value.length() < min.asInt()) {
      throw failure(
          "Parameter '" + name + "' must contain at least " + min.asInt() + " characters");
    }
    JsonNode max = constraints.path("MaxLength");
    if (!max.isMissingNode() && value.length() > max.asInt()) {
      throw failure("Parameter '" + name + "' must contain at most " + max.asInt() + " characters");
    }
  }

  private void number(String value) {
    BigDecimal number;
    try {
      number = new BigDecimal(value.strip());
    } catch (NumberFormatException e) {
      throw failure("Parameter '" + name + "' must be a number");
    }
    JsonNode min = constraints.path("MinValue");
    if (!min.isMissingNode() && number.compareTo(new BigDecimal(min.asText())) < 0) {
      throw failure("Parameter '" + name + "' must be a number not less than " + min.asText());
    }
    JsonNode max = constraints.path("MaxValue");
    if (!max.isMissingNode() && number.compareTo(new BigDecimal(max.asText())) > 0) {
      throw failure("Parameter '" + name + "' must be a number not greater than " + max.asText());
    }
  }

  private RuntimeException failure(String standard) {
    String described = text(constraints.get("ConstraintDescription"));
    return TemplateErrors.validation(
        described == null
            ? standard
            : "Parameter " + name + " failed to satisfy constraint: " + described);
  }
}

package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Evaluates the intrinsic functions of a template's values. Their arguments and results are those
/// of the page "Intrinsic function reference" of CloudFormation's template reference.
public final class Intrinsics {
  private static final Pattern DYNAMIC = Pattern.compile("\\{\\{resolve:([^}]+)}}");
  private static final int ZONES = 3;

  private final Template template;
  private final Parameters parameters;
  private final Scope.Place place;
  private final Scope scope;
  private final Conditions conditions;

  public Intrinsics(Template template, Parameters parameters, Scope.Place place, Scope scope) {
    this.template = template;
    this.parameters = parameters;
    this.place = place;
    this.scope = scope;
    this.conditions = new Conditions(template, this);
  }

  /// Whether the named condition holds.
  public boolean condition(String name) {
    return conditions.holds(name);
  }

  /// Whether a resource is there under the conditions.
  public boolean present(Template.Resource resource) {
    return resource.condition() == null || condition(resource.condition());
  }

  /// The value with every function evaluated; null for `AWS::NoValue`.
  public @Nullable JsonNode resolve(JsonNode node) {
    if (node.isTextual()) {
      return dynamic(node);
    }
    if (node instanceof ArrayNode array) {
      ArrayNode out = Json.array();
      for (JsonNode element : array) {
        JsonNode value = resolve(element);
        if (value != null) {
          out.add(value);
        }
      }
      return out;
    }
    if (!(node instanceof ObjectNode object)) {
      return node;
    }
    if (object.size() == 1) {
      Map.Entry<String, JsonNode> only = object.properties().iterator().next();
      if (only.getKey().equals("Ref") || only.getKey().startsWith("Fn::")) {
        // A dynamic reference may be put together by a function, as the CDK does for secrets.
        JsonNode value = function(only.getKey(), only.getValue());
        return value != null && value.isTextual() ? dynamic(value) : value;
      }
    }
    return resolve(object);
  }

  /// An object's members resolved, those without value left out.
  public ObjectNode resolve(ObjectNode object) {
    ObjectNode out = Json.object();
    for (Map.Entry<String, JsonNode> member : object.properties()) {
      JsonNode value = resolve(member.getValue());
      if (value != null) {
        out.set(member.getKey(), value);
      }
    }
    return out;
  }

  /// A value that must turn out as text.
  public String text(JsonNode node, String where) {
    JsonNode value = resolve(node);
    if (value == null || value.isContainerNode() || value.isNull()) {
      throw TemplateErrors.format(where + " must evaluate to a string.");
    }
    return value.asText();
  }

  private JsonNode dynamic(JsonNode node) {
    String text = node.asText();
    if (!text.contains("{{resolve:")) {
      return node;
    }
    if (!known(text)) {
      return TextNode.valueOf(Scope.UNKNOWN);
    }
    Matcher matcher = DYNAMIC.matcher(text);
    var out = new StringBuilder();
    while (matcher.find()) {
      matcher.appendReplacement(
          out, Matcher.quoteReplacement(scope.dynamic(matcher.group(1).strip())));
    }
    return TextNode.valueOf(matcher.appendTail(out).toString());
  }

  private @Nullable JsonNode function(String name, JsonNode argument) {
    return switch (name) {
      case "Ref" -> ref(argument.isTextual() ? argument.asText() : text(argument, "Ref"));
      case "Fn::GetAtt" -> getAtt(argument);
      case "Fn::Sub" -> sub(argument);
      case "Fn::If" -> choose(argument);
      case "Fn::Join" -> Lists.join(pair(name, argument, "(1) a string delimiter and (2) a list"));
      case "Fn::Split" -> Lists.split(pair(name, argument, "(1) a string and (2) a string"));
      case "Fn::Select" -> Lists.select(pair(name, argument, "(1) an index and (2) a list"));
      case "Fn::FindInMap" -> findInMap(argument);
      case "Fn::ImportValue" -> importValue(argument);
      case "Fn::Base64" ->
          TextNode.valueOf(
              known(text(argument, name)) ? base64(text(argument, name)) : Scope.UNKNOWN);
      case "Fn::Cidr" -> Cidr.blocks(pair(name, argument, "a block, a count and a size"));
      case "Fn::GetAZs" -> zones(text(argument, name));
      case "Fn::Length" -> extension(name, length(value(argument)));
      case "Fn::ToJsonString" -> extension(name, TextNode.valueOf(Json.write(value(argument))));
      case "Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not" ->
          TextNode.valueOf(Boolean.toString(conditions.evaluate(wrap(name, argument))));
      case "Fn::Transform" ->
          throw TemplateErrors.validation("Brume does not implement Fn::Transform yet");
      default ->
          throw TemplateErrors.validation(
              "Template format error: Unrecognized intrinsic function: " + name);
    };
  }

  private JsonNode extension(String function, JsonNode value) {
    if (!template.languageExtensions()) {
      throw TemplateErrors.template(
          function + " requires the transform AWS::LanguageExtensions in the template");
    }
    return value;
  }

  private static JsonNode length(JsonNode list) {
    if (list.isTextual() && !known(list.asText())) {
      return list;
    }
    if (!list.isArray()) {
      throw TemplateErrors.shape("Fn::Length", "a list.");
    }
    return IntNode.valueOf(list.size());
  }

  private static ObjectNode wrap(String name, JsonNode argument) {
    return Json.object().set(name, argument);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static boolean known(String text) {
    return !text.contains(Scope.UNKNOWN);
  }

  private JsonNode value(JsonNode node) {
    JsonNode value = resolve(node);
    return value == null ? Json.object() : value;
  }

  private ArrayNode pair(String function, JsonNode argument, String expected) {
    if (!argument.isArray() || argument.size() < 2) {
      throw TemplateErrors.shape(function, "two parameters, " + expected);
    }
    ArrayNode out = Json.array();
    argument.forEach(each -> out.add(value(each)));
    return out;
  }

  /// `Ref` of a parameter, pseudo parameter or resource.
  public @Nullable JsonNode ref(String name) {
    JsonNode pseudo =
        switch (name) {
          case "AWS::AccountId" -> TextNode.valueOf(place.account());
          case "AWS::Region" -> TextNode.valueOf(place.region());
          case "AWS::Partition" -> TextNode.valueOf("aws");
          case "AWS::URLSuffix" -> TextNode.valueOf("amazonaws.com");
          case "AWS::StackName" -> TextNode.valueOf(place.stackName());
          case "AWS::StackId" -> TextNode.valueOf(place.stackId());
          case "AWS::NotificationARNs" -> list(place.notificationArns());
          default -> null;
        };
    if (pseudo != null || name.equals("AWS::NoValue")) {
      return pseudo;
    }
    ParameterDeclaration declaration = template.parameters().get(name);
    if (declaration != null) {
      return parameters.ref(declaration);
    }
    checkPresent(name);
    return scope.ref(name);
  }

  private void checkPresent(String logicalId) {
    Template.Resource resource = template.resources().get(logicalId);
    if (resource == null || !present(resource)) {
      throw TemplateErrors.format(
          "Unresolved resource dependencies ["
              + logicalId
              + "] in the Resources block of the template");
    }
  }

  private static ArrayNode list(List<String> texts) {
    ArrayNode list = Json.array();
    texts.forEach(list::add);
    return list;
  }

  private JsonNode getAtt(JsonNode argument) {
    if (argument.isTextual() && argument.asText().contains(".")) {
      String[] parts = argument.asText().split("\\.", 2);
      return attribute(parts[0], parts[1]);
    }
    if (!argument.isArray() || argument.size() < 2) {
      throw TemplateErrors.template(
          "every Fn::GetAtt object requires two non-empty parameters, the resource name and the"
              + " resource attribute");
    }
    var attribute = new StringBuilder();
    for (int i = 1; i < argument.size(); i++) {
      attribute.append(i > 1 ? "." : "").append(text(argument.get(i), "Fn::GetAtt"));
    }
    return attribute(argument.get(0).asText(), attribute.toString());
  }

  private JsonNode attribute(String logicalId, String attribute) {
    checkPresent(logicalId);
    return scope.attribute(logicalId, attribute);
  }

  private JsonNode sub(JsonNode argument) {
    String text = argument.isArray() ? argument.path(0).asText() : argument.asText();
    JsonNode variables = argument.isArray() ? argument.path(1) : Json.object();
    if (!argument.isTextual() && !(argument.isArray() && variables.isObject())) {
      throw TemplateErrors.template(
          "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a"
              + " string as first argument, and an optional second argument to specify a mapping of"
              + " values to replace in the string");
    }
    Matcher matcher = References.SUBSTITUTION.matcher(text);
    var out = new StringBuilder();
    while (matcher.find()) {
      if (matcher.group(1).startsWith("!")) {
        String literal = "${" + matcher.group(1).substring(1) + "}";
        matcher.appendReplacement(out, Matcher.quoteReplacement(literal));
        continue;
      }
      String name = References.substituted(matcher.group(1));
      JsonNode value;
      if (variables.has(name)) {
        value = resolve(variables.get(name));
      } else {
        int dot = name.indexOf('.');
        value = dot < 0 ? ref(name) : attribute(name.substring(0, dot), name.substring(dot + 1));
      }
      if (value == null || value.isContainerNode()) {
        throw TemplateErrors.template("variable " + name + " in Fn::Sub is not a string");
      }
      matcher.appendReplacement(out, Matcher.quoteReplacement(value.asText()));
    }
    return TextNode.valueOf(matcher.appendTail(out).toString());
  }

  private @Nullable JsonNode choose(JsonNode argument) {
    if (!argument.isArray() || argument.size() != 3) {
      throw TemplateErrors.template("Fn::If requires a list argument with three elements");
    }
    return resolve(argument.get(condition(argument.get(0).asText()) ? 1 : 2));
  }

  private @Nullable JsonNode findInMap(JsonNode argument) {
    if (!argument.isArray() || argument.size() < 3) {
      throw TemplateErrors.template(
          "every Fn::FindInMap object requires three parameters, the map name, map key and the"
              + " attribute for return value");
    }
    String map = text(argument.get(0), "Fn::FindInMap");
    String key = text(argument.get(1), "Fn::FindInMap");
    String attribute = text(argument.get(2), "Fn::FindInMap");
    JsonNode value = template.mappings().path(map).path(key).path(attribute);
    if (!value.isMissingNode()) {
      return resolve(value);
    }
    JsonNode otherwise = argument.path(3).path("DefaultValue");
    if (!otherwise.isMissingNode()) {
      return resolve(extension("The DefaultValue of Fn::FindInMap", otherwise));
    }
    if (template.mappings().path(map).isMissingNode()) {
      throw TemplateErrors.template(
          "Mapping named '" + map + "' is not present in the 'Mappings'" + " section of template.");
    }
    throw TemplateErrors.template(
        "Unable to get mapping for " + map + "::" + key + "::" + attribute);
  }

  private JsonNode importValue(JsonNode argument) {
    String name = text(argument, "Fn::ImportValue");
    return TextNode.valueOf(known(name) ? scope.importValue(name) : Scope.UNKNOWN);
  }

  private JsonNode zones(String region) {
    String of = region.isEmpty() ? place.region() : region;
    ArrayNode zones = Json.array();
    for (int i = 0; i < ZONES; i++) {
      zones.add(of + (char) ('a' + i));
    }
    return zones;
  }
}

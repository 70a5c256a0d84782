package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A template's sections, well-formed as far as this can be seen without parameters.
///
/// @param text as submitted
/// @param loops it has `Fn::ForEach`, which is written out here by the values of parameters
/// @param conditions by name, not yet evaluated
public record Template(
    String text,
    boolean loops,
    @Nullable String description,
    List<String> transforms,
    Map<String, ParameterDeclaration> parameters,
    ObjectNode mappings,
    ObjectNode conditions,
    ObjectNode rules,
    Map<String, Resource> resources,
    ObjectNode outputs,
    @Nullable JsonNode metadata) {

  private static final Set<String> SECTIONS =
      Set.of(
          "AWSTemplateFormatVersion",
          "Description",
          "Metadata",
          "Parameters",
          "Rules",
          "Mappings",
          "Conditions",
          "Transform",
          "Resources",
          "Outputs",
          "Hooks");
  private static final Set<String> RESOURCE_ATTRIBUTES =
      Set.of(
          "Type",
          "Properties",
          "DependsOn",
          "Condition",
          "Metadata",
          "DeletionPolicy",
          "UpdateReplacePolicy",
          "CreationPolicy",
          "UpdatePolicy",
          "Version");
  private static final Pattern LOGICAL_ID = Pattern.compile("[A-Za-z0-9]{1,255}");
  private static final Set<String> TRANSFORMS_DONE = Set.of("AWS::LanguageExtensions");

  /// One entry of `Resources`.
  ///
  /// @param dependsOn explicit ones only
  /// @param deletionPolicy `Delete`, `Retain`, `RetainExceptOnCreate` or `Snapshot`
  public record Resource(
      String logicalId,
      String type,
      ObjectNode properties,
      List<String> dependsOn,
      @Nullable String condition,
      @Nullable JsonNode metadata,
      String deletionPolicy,
      String updateReplacePolicy) {}

  /// Parses and checks as far as it can be read without values for its parameters. Throws
  /// `ValidationError`.
  public static Template parse(String text) {
    return parse(text, Map.of());
  }

  /// The text after its transforms: as CloudFormation processes it.
  ///
  /// @param values of parameters and pseudo parameters
  public static String processed(String text, Map<String, String> values) {
    Loops.Written written = Loops.write(TemplateText.parse(text), values);
    return written.any() ? Json.write(written.root()) : text;
  }

  /// Parses and checks. Throws `ValidationError`.
  ///
  /// @param values of parameters and pseudo parameters, for what depends on them
  public static Template parse(String text, Map<String, String> values) {
    Loops.Written written = Loops.write(TemplateText.parse(text), values);
    ObjectNode root = written.root();
    var unknown = new ArrayList<String>();
    root.fieldNames()
        .forEachRemaining(
            name -> {
              if (!SECTIONS.contains(name)) {
                unknown.add(name);
              }
            });
    if (!unknown.isEmpty()) {
      throw TemplateErrors.validation(
          "Invalid template property or properties " + unknown.toString());
    }
    JsonNode version = root.get("AWSTemplateFormatVersion");
    if (version != null && !version.asText().equals("2010-09-09")) {
      throw TemplateErrors.format("Unsupported template version: " + version.asText() + ".");
    }
    ObjectNode resources = section(root, "Resources");
    if (resources.isEmpty() && !written.open()) {
      throw TemplateErrors.format("At least one Resources member must be defined.");
    }
    TemplateLimits.check(root);
    var template =
        new Template(
            text,
            written.any(),
            root.hasNonNull("Description") ? root.get("Description").asText() : null,
            transforms(root.path("Transform")),
            ParameterDeclaration.all(section(root, "Parameters")),
            section(root, "Mappings"),
            section(root, "Conditions"),
            section(root, "Rules"),
            resources(resources),
            outputs(section(root, "Outputs")),
            root.get("Metadata"));
    if (!written.open()) {
      References.check(template);
    }
    return template;
  }

  private static ObjectNode section(ObjectNode root, String name) {
    JsonNode section = root.get(name);
    if (section == null || section.isNull()) {
      return Json.object();
    }
    if (section instanceof ObjectNode object) {
      return object;
    }
    throw TemplateErrors.format("[/" + name + "] '" + name + "' must be an object.");
  }

  private static List<String> transforms(JsonNode transform) {
    var names = new ArrayList<String>();
    if (transform.isTextual()) {
      names.add(transform.asText());
    }
    transform.forEach(
        each -> names.add(each.isObject() ? each.path("Name").asText() : each.asText()));
    for (String name : names) {
      if (!TRANSFORMS_DONE.contains(name)) {
        throw TemplateErrors.validation("Brume does not implement the transform " + name + " yet");
      }
    }
    return names;
  }

  private static Map<String, Resource> resources(ObjectNode section) {
    var resources = new LinkedHashMap<String, Resource>();
    section
        .properties()
        .forEach(
            entry -> resources.put(entry.getKey(), resource(entry.getKey(), entry.getValue())));
    return resources;
  }

  private static Resource resource(String id, JsonNode node) {
    String at = "[/Resources/" + id + "]";
    if (!LOGICAL_ID.matcher(id).matches()) {
      throw TemplateErrors.format("Resource name " + id + " is non alphanumeric.");
    }
    if (!node.isObject()) {
      throw TemplateErrors.format(at + " resource definition is malformed");
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!RESOURCE_ATTRIBUTES.contains(name)) {
                throw TemplateErrors.validation(
                    "Invalid template resource property '" + name + "'");
              }
            });
    JsonNode type = node.path("Type");
    if (!type.isTextual()) {
      throw TemplateErrors.format(at + " Every Resources object must contain a Type member.");
    }
    JsonNode properties = node.path("Properties");
    if (!properties.isMissingNode() && !properties.isNull() && !properties.isObject()) {
      throw TemplateErrors.format(at + " Every Properties member must be an object.");
    }
    String deletion = policy(id, node, "DeletionPolicy");
    String replacement = policy(id, node, "UpdateReplacePolicy");
    TemplateLimits.checkPolicies(
        id, type.asText(), node, new HashSet<>(List.of(deletion, replacement)));
    return new Resource(
        id,
        type.asText(),
        properties instanceof ObjectNode object ? object : Json.object(),
        dependsOn(at, node.path("DependsOn")),
        node.hasNonNull("Condition") ? node.get("Condition").asText() : null,
        node.get("Metadata"),
        deletion,
        replacement);
  }

  private static List<String> dependsOn(String at, JsonNode node) {
    var names = new ArrayList<String>();
    if (node.isTextual()) {
      names.add(node.asText());
    } else if (node.isArray()) {
      node.forEach(name -> names.add(name.asText()));
    } else if (!node.isMissingNode() && !node.isNull()) {
      throw TemplateErrors.format(
          at + " Every DependsOn value must be a string or a list of strings.");
    }
    return names;
  }

  private static String policy(String id, JsonNode node, String name) {
    JsonNode policy = node.path(name);
    if (policy.isMissingNode() || policy.isNull()) {
      return "Delete";
    }
    if (!policy.isTextual()
        || !Set.of("Delete", "Retain", "RetainExceptOnCreate", "Snapshot")
            .contains(policy.asText())) {
      throw TemplateErrors.format("Unrecognized " + name + " " + policy + " for resource " + id);
    }
    return policy.asText();
  }

  private static ObjectNode outputs(ObjectNode outputs) {
    outputs
        .properties()
        .forEach(
            entry -> {
              if (!LOGICAL_ID.matcher(entry.getKey()).matches()) {
                throw TemplateErrors.format(
                    "Outputs name '" + entry.getKey() + "' is non alphanumeric.");
              }
              if (!entry.getValue().isObject() || !entry.getValue().has("Value")) {
                throw TemplateErrors.format(
                    "[/Outputs/"
                        + entry.getKey()
                        + "] Every Outputs member must contain a Value"
                        + " object");
              }
            });
    return outputs;
  }

  /// Whether `AWS::LanguageExtensions` is asked for.
  public boolean languageExtensions() {
    return transforms.contains("AWS::LanguageExtensions");
  }
}

package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Set;

/// What a template may not have: more than the documented quotas, and sections, functions and
/// policies that Brume does not carry out.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
final class TemplateLimits {
  private static final int RESOURCES_MAX = 500;
  private static final int OUTPUTS_MAX = 200;
  private static final int MAPPINGS_MAX = 200;
  private static final int MAPPING_ATTRIBUTES_MAX = 200;
  private static final int DESCRIPTION_BYTES_MAX = 1024;

  // The types that can be snapshotted.
  private static final Set<String> SNAPSHOTS =
      Set.of(
          "AWS::DocDB::DBCluster",
          "AWS::EC2::Volume",
          "AWS::ElastiCache::CacheCluster",
          "AWS::ElastiCache::ReplicationGroup",
          "AWS::Neptune::DBCluster",
          "AWS::RDS::DBCluster",
          "AWS::RDS::DBInstance",
          "AWS::Redshift::Cluster");

  private TemplateLimits() {}

  /// Throws `ValidationError`.
  static void check(ObjectNode root) {
    if (root.has("Hooks")) {
      throw TemplateErrors.validation("Brume does not implement the section Hooks yet");
    }
    refuseLoops(root);
    count("resources", root.path("Resources"), RESOURCES_MAX);
    count("outputs", root.path("Outputs"), OUTPUTS_MAX);
    count("mappings", root.path("Mappings"), MAPPINGS_MAX);
    mappings(root.path("Mappings"));
    JsonNode description = root.path("Description");
    if (!description.isMissingNode() && !description.isNull()) {
      if (!description.isTextual()) {
        throw TemplateErrors.format("[/Description] 'Description' must be a string.");
      }
      if (description.asText().getBytes(StandardCharsets.UTF_8).length > DESCRIPTION_BYTES_MAX) {
        throw TemplateErrors.format(
            "Description must be less than or equal to " + DESCRIPTION_BYTES_MAX + " bytes.");
      }
    }
  }

  private static void count(String what, JsonNode section, int max) {
    if (section.size() > max) {
      throw TemplateErrors.format(
          "Number of "
              + what
              + ", "
              + section.size()
              + ", is greater than maximum allowed, "
              + max);
    }
  }

  private static void mappings(JsonNode mappings) {
    for (var mapping : mappings.properties()) {
      String at = "[/Mappings/" + mapping.getKey() + "]";
      if (!mapping.getValue().isObject()) {
        throw TemplateErrors.format(at + " Every Mappings member must be a map.");
      }
      count("mapping attributes", mapping.getValue(), MAPPING_ATTRIBUTES_MAX);
      for (JsonNode key : mapping.getValue()) {
        if (!key.isObject()) {
          throw TemplateErrors.format(at + " Every Mappings attribute must be a map.");
        }
        count("mapping attributes", key, MAPPING_ATTRIBUTES_MAX);
        for (JsonNode value : key) {
          if (value.isObject() || value.isNull()) {
            throw TemplateErrors.format(
                at + " Every Mappings attribute must be a String or a List.");
          }
        }
      }
    }
  }

  private static void refuseLoops(JsonNode node) {
    for (var member : node.properties()) {
      if (member.getKey().startsWith("Fn::ForEach")) {
        throw TemplateErrors.template(
            "Fn::ForEach is supported only in Conditions, Resources and Outputs");
      }
    }
    node.forEach(TemplateLimits::refuseLoops);
  }

  /// Throws `ValidationError` if the resource asks for what is not carried out.
  static void checkPolicies(String id, String type, JsonNode resource, Set<String> policies) {
    for (String name : Set.of("CreationPolicy", "UpdatePolicy")) {
      if (resource.has(name)) {
        throw TemplateErrors.validation(
            "Brume does not implement the " + name + " of resource " + id + " yet");
      }
    }
    if (policies.contains("Snapshot") && !SNAPSHOTS.contains(type)) {
      throw TemplateErrors.template(
          "resource type " + type + " does not support deletion policy Snapshot");
    }
  }
}

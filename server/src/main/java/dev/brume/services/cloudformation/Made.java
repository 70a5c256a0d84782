package dev.brume.services.cloudformation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.resources.ResourceState;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A resource as it was made, or is being made.
///
/// @param physicalId null until it is made
/// @param properties resolved, JSON
/// @param attributes for `Fn::GetAtt`, JSON
/// @param suffix tells the makings of one logical resource apart; the same in a repetition after a
///   crash
/// @param dependsOn logical ids it needs, for the order of deletion
/// @param tags the stack's, at the time
/// @param done whether the resource type has returned
record Made(
    String type,
    @Nullable String physicalId,
    String properties,
    String attributes,
    String suffix,
    List<String> dependsOn,
    String deletionPolicy,
    String updateReplacePolicy,
    @Nullable String metadata,
    Map<String, String> tags,
    boolean done) {

  ObjectNode propertyTree() {
    return (ObjectNode) Json.parseOwn(properties);
  }

  JsonNode attributeTree() {
    return Json.parseOwn(attributes);
  }

  Made done(ResourceState state) {
    ObjectNode values = Json.object();
    values.setAll(new LinkedHashMap<>(state.attributes()));
    return new Made(
        type,
        state.physicalId(),
        properties,
        Json.write(values),
        suffix,
        dependsOn,
        deletionPolicy,
        updateReplacePolicy,
        metadata,
        tags,
        true);
  }

  Made failedAs(String id) {
    return new Made(
        type,
        id,
        properties,
        attributes,
        suffix,
        dependsOn,
        deletionPolicy,
        updateReplacePolicy,
        metadata,
        tags,
        false);
  }

  /// This, with what the template says beside the properties.
  Made like(Made other) {
    return new Made(
        type,
        physicalId,
        properties,
        attributes,
        suffix,
        other.dependsOn,
        other.deletionPolicy,
        other.updateReplacePolicy,
        other.metadata,
        other.tags,
        done);
  }

  /// This, to be kept or not as its replacement says.
  Made replacedBy(Made other) {
    return new Made(
        type,
        physicalId,
        properties,
        attributes,
        suffix,
        dependsOn,
        deletionPolicy,
        other.updateReplacePolicy,
        metadata,
        tags,
        done);
  }

  boolean sameMaking(Made other) {
    return suffix.equals(other.suffix);
  }
}

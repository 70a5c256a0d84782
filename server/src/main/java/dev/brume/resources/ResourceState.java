package dev.brume.resources;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/// What a resource is once made.
///
/// @param physicalId what `Ref` gives
/// @param attributes what `Fn::GetAtt` gives, by attribute name (nested ones with dots)
public record ResourceState(String physicalId, Map<String, JsonNode> attributes) {
  public static ResourceState of(String physicalId) {
    return new ResourceState(physicalId, Map.of());
  }
}

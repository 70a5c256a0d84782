package dev.brume.services.apigateway;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A name under which a deployment is served.
record ApiStage(
    String name,
    String deploymentId,
    @Nullable String description,
    Map<String, String> variables,
    Map<String, String> tags,
    long createdMillis,
    long updatedMillis) {
  ApiStage withDeployment(String changed, long nowMillis) {
    return new ApiStage(name, changed, description, variables, tags, createdMillis, nowMillis);
  }

  ApiStage withTags(Map<String, String> changed) {
    return new ApiStage(
        name, deploymentId, description, variables, changed, createdMillis, updatedMillis);
  }
}

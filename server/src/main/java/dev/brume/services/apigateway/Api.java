package dev.brume.services.apigateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// A REST API as it is being edited; [ApiDeployment] holds what is served.
///
/// @param id 10 lower-case letters and digits
/// @param resources by id, the root among them
record Api(
    String id,
    String name,
    @Nullable String description,
    @Nullable String version,
    long createdMillis,
    List<String> binaryMediaTypes,
    List<String> endpointTypes,
    boolean executeApiDisabled,
    Map<String, String> tags,
    String rootId,
    Map<String, ApiResource> resources) {

  ApiResource resource(@Nullable String resourceId) {
    ApiResource resource = resourceId == null ? null : resources.get(resourceId);
    if (resource == null) {
      throw ApiGatewayErrors.noResource();
    }
    return resource;
  }

  Api with(ApiResource resource) {
    var changed = new LinkedHashMap<>(resources);
    changed.put(resource.id(), resource);
    return withResources(changed);
  }

  /// Without the resource and everything below it.
  Api without(ApiResource resource) {
    var left = new LinkedHashMap<>(resources);
    left.values()
        .removeIf(
            other ->
                other.id().equals(resource.id()) || other.path().startsWith(resource.path() + "/"));
    return withResources(left);
  }

  Api withResources(Map<String, ApiResource> changed) {
    return new Api(
        id,
        name,
        description,
        version,
        createdMillis,
        binaryMediaTypes,
        endpointTypes,
        executeApiDisabled,
        tags,
        rootId,
        changed);
  }

  Api withTags(Map<String, String> changed) {
    return new Api(
        id,
        name,
        description,
        version,
        createdMillis,
        binaryMediaTypes,
        endpointTypes,
        executeApiDisabled,
        changed,
        rootId,
        resources);
  }

  /// The method of a resource changed.
  Api change(@Nullable String resourceId, @Nullable String verb, UnaryOperator<ApiMethod> change) {
    ApiResource resource = resource(resourceId);
    return with(resource.with(change.apply(resource.method(verb))));
  }
}

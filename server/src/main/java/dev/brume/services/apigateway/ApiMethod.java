package dev.brume.services.apigateway;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A method of a resource.
///
/// @param verb e.g. `GET`, or `ANY`
/// @param requestParameters `method.request.….<name>` and whether it is required
/// @param requestModels model name by content type
/// @param responses by status code
record ApiMethod(
    String verb,
    @Nullable String operationName,
    Map<String, Boolean> requestParameters,
    Map<String, String> requestModels,
    Map<String, Response> responses,
    @Nullable ApiIntegration integration) {

  /// What a method says that it answers.
  record Response(String statusCode, Map<String, Boolean> parameters, Map<String, String> models) {}

  ApiMethod with(Response response) {
    var changed = new LinkedHashMap<>(responses);
    changed.put(response.statusCode(), response);
    return withResponses(changed);
  }

  ApiMethod withoutResponse(String statusCode) {
    var left = new LinkedHashMap<>(responses);
    if (left.remove(statusCode) == null) {
      throw ApiGatewayErrors.noResponse();
    }
    return withResponses(left);
  }

  private ApiMethod withResponses(Map<String, Response> changed) {
    return new ApiMethod(
        verb, operationName, requestParameters, requestModels, changed, integration);
  }

  ApiMethod with(@Nullable ApiIntegration changed) {
    return new ApiMethod(verb, operationName, requestParameters, requestModels, responses, changed);
  }

  ApiIntegration needIntegration() {
    ApiIntegration there = integration;
    if (there == null) {
      throw ApiGatewayErrors.noIntegration();
    }
    return there;
  }
}

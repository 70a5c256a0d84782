package dev.brume.services.apigateway;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What answers a method.
///
/// @param type `AWS_PROXY` or `MOCK`
/// @param httpMethod of the call to the integration, null for `MOCK`
/// @param uri `arn:aws:apigateway:<region>:lambda:path/2015-03-31/functions/<arn>/invocations`
/// @param requestTemplates by content type
/// @param passthroughBehavior `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`
/// @param responses by status code
record ApiIntegration(
    String type,
    @Nullable String httpMethod,
    @Nullable String uri,
    Map<String, String> requestParameters,
    Map<String, String> requestTemplates,
    String passthroughBehavior,
    int timeoutMillis,
    String cacheNamespace,
    List<String> cacheKeyParameters,
    Map<String, Response> responses) {

  /// How an integration's answer becomes the method's.
  ///
  /// @param selectionPattern matched against the integration's status; null for the default
  /// @param parameters `method.response.header.<name>` and its value: `'literal'` or an expression
  /// @param templates by content type
  record Response(
      String statusCode,
      @Nullable String selectionPattern,
      Map<String, String> parameters,
      Map<String, String> templates) {}

  ApiIntegration with(Response response) {
    var changed = new LinkedHashMap<>(responses);
    changed.put(response.statusCode(), response);
    return withResponses(changed);
  }

  ApiIntegration withoutResponse(String statusCode) {
    var left = new LinkedHashMap<>(responses);
    if (left.remove(statusCode) == null) {
      throw ApiGatewayErrors.noResponse();
    }
    return withResponses(left);
  }

  private ApiIntegration withResponses(Map<String, Response> changed) {
    return new ApiIntegration(
        type,
        httpMethod,
        uri,
        requestParameters,
        requestTemplates,
        passthroughBehavior,
        timeoutMillis,
        cacheNamespace,
        cacheKeyParameters,
        changed);
  }
}

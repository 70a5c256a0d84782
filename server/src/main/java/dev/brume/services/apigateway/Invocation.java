package dev.brume.services.apigateway;

import dev.brume.http.Headers;
import dev.brume.protocol.Parameters;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request to a deployed API, found to be for a method.
///
/// @param verb the request's own method
/// @param path below the stage, percent-encoded, starts with `/`
/// @param rawQuery percent-encoded, null without one
/// @param domainName the host that the client asked, or the one that AWS would have
/// @param requestId of the answer's `x-amzn-RequestId`
/// @param extendedRequestId of the answer's `x-amz-apigw-id`
/// @param traceId of `X-Amzn-Trace-Id`
/// @param now on the virtual clock
record Invocation(
    ApiGatewayStore.Served served,
    Routes.Match match,
    ApiMethod method,
    String verb,
    String path,
    @Nullable String rawQuery,
    Headers headers,
    byte[] body,
    String sourceIp,
    String domainName,
    String requestId,
    String extendedRequestId,
    String traceId,
    Instant now) {

  /// Query parameters, decoded, each with its values in order.
  Map<String, List<String>> query() {
    return Parameters.lenient(rawQuery);
  }

  /// The content type without parameters, lower case; `application/json` if the client gave none.
  String mediaType() {
    String type = headers.get("Content-Type");
    return type == null ? "application/json" : MediaTypes.bare(type);
  }

  /// The ARN that permissions of functions name as the source.
  String sourceArn() {
    return "arn:aws:execute-api:"
        + served.owner().region()
        + ":"
        + served.owner().account()
        + ":"
        + served.api().id()
        + "/"
        + served.stage().name()
        + "/"
        + verb
        + match.resource().path();
  }

  /// Text with `${stageVariables.name}` replaced.
  String withStageVariables(String text) {
    String replaced = text;
    for (Map.Entry<String, String> variable : served.stage().variables().entrySet()) {
      replaced =
          replaced.replace("${stageVariables." + variable.getKey() + "}", variable.getValue());
    }
    return replaced;
  }
}

package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;

/// What a client of an API is answered.
record Reply(int status, Headers headers, byte[] body) {

  /// One of API Gateway's own answers: `{"message": …}`.
  ///
  /// @param errorType of `x-amzn-ErrorType`
  static Reply gateway(int status, String errorType, String message) {
    ObjectNode document = Json.object().put("message", message);
    return new Reply(
        status,
        Headers.of("Content-Type", "application/json", "x-amzn-ErrorType", errorType),
        Json.write(document).getBytes(StandardCharsets.UTF_8));
  }

  static Reply missingToken() {
    return gateway(403, "MissingAuthenticationTokenException", "Missing Authentication Token");
  }

  static Reply forbidden() {
    return gateway(403, "ForbiddenException", "Forbidden");
  }

  /// The function failed, or did not answer as it must.
  static Reply badGateway() {
    return gateway(502, "InternalServerErrorException", "Internal server error");
  }

  /// The function could not be called, or the integration is not set up right.
  static Reply internalError() {
    return gateway(500, "InternalServerErrorException", "Internal server error");
  }

  static Reply timeout() {
    return gateway(504, "GatewayTimeoutException", "Endpoint request timed out");
  }

  static Reply tooLong() {
    return gateway(413, "RequestTooLargeException", "Request Too Long");
  }

  static Reply unsupportedMediaType() {
    return gateway(415, "UnsupportedMediaTypeException", "Unsupported Media Type");
  }
}

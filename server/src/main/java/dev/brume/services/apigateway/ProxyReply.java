package dev.brume.services.apigateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.gateway.HandlerAnswers;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The answer of a function behind an `AWS_PROXY` integration. One that is not as it must be is a
/// 502.
final class ProxyReply {
  private static final Set<String> FIELDS =
      Set.of("statusCode", "headers", "multiValueHeaders", "body", "isBase64Encoded");

  private ProxyReply() {}

  /// @param payload what the function returned
  /// @param binaryMediaTypes of the deployment
  /// @param accept the client's `Accept`
  static Reply of(byte[] payload, List<String> binaryMediaTypes, @Nullable String accept) {
    JsonNode answer;
    try {
      answer = Json.parse(new String(payload, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return Reply.badGateway();
    }
    if (!answer.isObject() || !known(answer)) {
      return Reply.badGateway();
    }
    int status = status(answer.path("statusCode"));
    var headers = new Headers();
    JsonNode body = answer.path("body");
    boolean wellFormed =
        addAll(answer.path("multiValueHeaders"), headers)
            && addSingle(answer.path("headers"), answer.path("multiValueHeaders"), headers)
            && (body.isTextual() || body.isNull() || body.isMissingNode());
    if (status < 0 || !wellFormed) {
      return Reply.badGateway();
    }
    byte[] bytes = body.isTextual() ? body.asText().getBytes(StandardCharsets.UTF_8) : new byte[0];
    if (answer.path("isBase64Encoded").asBoolean(false)
        && MediaTypes.contains(binaryMediaTypes, first(accept))) {
      try {
        bytes = Base64.getDecoder().decode(bytes);
      } catch (IllegalArgumentException e) {
        return Reply.badGateway();
      }
    }
    if (!headers.has("Content-Type")) {
      headers.add("Content-Type", "application/json");
    }
    return new Reply(status, headers, bytes);
  }

  private static boolean known(JsonNode answer) {
    for (var field : answer.properties()) {
      if (!FIELDS.contains(field.getKey())) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable String first(@Nullable String accept) {
    return accept == null ? null : accept.split(",", 2)[0];
  }

  private static int status(JsonNode code) {
    int status = HandlerAnswers.status(code);
    return status >= 100 && status <= 999 ? status : -1;
  }

  private static boolean addSingle(JsonNode fields, JsonNode multiple, Headers into) {
    if (fields.isNull() || fields.isMissingNode()) {
      return true;
    }
    if (!fields.isObject()) {
      return false;
    }
    for (var field : fields.properties()) {
      if (!multiple.has(field.getKey())
          && !HandlerAnswers.add(field.getKey(), field.getValue(), into)) {
        return false;
      }
    }
    return true;
  }

  private static boolean addAll(JsonNode fields, Headers into) {
    if (fields.isNull() || fields.isMissingNode()) {
      return true;
    }
    if (!fields.isObject()) {
      return false;
    }
    for (var field : fields.properties()) {
      if (!field.getValue().isArray()) {
        return false;
      }
      for (JsonNode value : field.getValue()) {
        if (!HandlerAnswers.add(field.getKey(), value, into)) {
          return false;
        }
      }
    }
    return true;
  }
}

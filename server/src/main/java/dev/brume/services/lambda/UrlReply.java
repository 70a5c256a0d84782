package dev.brume.services.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.functions.Outcome;
import dev.brume.gateway.HandlerAnswers;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What the client of a function URL is answered: [the response payload
///
// format](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload).
record UrlReply(int status, Headers headers, byte[] body) {
  /// The content type of an answer whose first part says what status and headers it has.
  static final String WITH_PRELUDE = "application/vnd.awslambda.http-integration-response";

  private static final String JSON = "application/json";
  private static final String TYPE = "Content-Type";

  /// That end a prelude.
  static final int NULS = 8;

  /// The answer of a function that does not answer as it must.
  static UrlReply badGateway() {
    return new UrlReply(
        502, Headers.of(TYPE, JSON), "Internal Server Error".getBytes(StandardCharsets.UTF_8));
  }

  /// An answer of the URL itself.
  ///
  /// @param errorType of `x-amzn-ErrorType`
  /// @param message null is shown as `null`
  static UrlReply error(int status, String errorType, @Nullable String message) {
    return new UrlReply(
        status,
        Headers.of(TYPE, JSON, "x-amzn-ErrorType", errorType),
        Json.write(Json.object().put("Message", message)).getBytes(StandardCharsets.UTF_8));
  }

  /// The answer to what a function returned.
  static UrlReply of(Outcome outcome) {
    if (!(outcome instanceof Outcome.Success success)) {
      return badGateway();
    }
    byte[] payload = success.payload();
    if (success.contentType().equals(WITH_PRELUDE)) {
      int end = endOfPrelude(payload);
      UrlReply head = end < 0 ? null : prelude(payload, end);
      return head == null
          ? badGateway()
          : new UrlReply(
              head.status(),
              head.headers(),
              Arrays.copyOfRange(payload, end + NULS, payload.length));
    }
    JsonNode answer;
    try {
      answer = Json.parse(new String(payload, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      // Of a function that streams: whatever it wrote.
      return new UrlReply(200, Headers.of(TYPE, success.contentType()), payload);
    }
    if (answer.isObject() && answer.has("statusCode")) {
      return structured(answer);
    }
    String text = answer.isTextual() ? answer.asText() : Json.write(answer);
    return new UrlReply(200, Headers.of(TYPE, JSON), text.getBytes(StandardCharsets.UTF_8));
  }

  private static UrlReply structured(JsonNode answer) {
    UrlReply head = head(answer, JSON);
    JsonNode body = answer.path("body");
    if (head == null) {
      return badGateway();
    }
    String text =
        body.isNull() || body.isMissingNode()
            ? ""
            : body.isTextual() ? body.asText() : Json.write(body);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (answer.path("isBase64Encoded").asBoolean(false)) {
      try {
        bytes = Base64.getDecoder().decode(bytes);
      } catch (IllegalArgumentException e) {
        return badGateway();
      }
    }
    return new UrlReply(head.status(), head.headers(), bytes);
  }

  /// Where the NUL bytes start that end a prelude, −1 if they are not there.
  static int endOfPrelude(byte[] bytes) {
    int run = 0;
    for (int i = 0; i < bytes.length; i++) {
      run = bytes[i] == 0 ? run + 1 : 0;
      if (run == NULS) {
        return i + 1 - NULS;
      }
    }
    return -1;
  }

  /// Status and headers by a prelude, null for one that is not as it must be.
  ///
  /// @param end of its JSON
  static @Nullable UrlReply prelude(byte[] bytes, int end) {
    try {
      JsonNode node = Json.parse(new String(bytes, 0, end, StandardCharsets.UTF_8));
      return node.isObject() ? head(node, "application/octet-stream") : null;
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  private static @Nullable UrlReply head(JsonNode answer, String usualType) {
    JsonNode code = answer.path("statusCode");
    int status = code.isMissingNode() ? 200 : HandlerAnswers.status(code);
    var headers = new Headers();
    if (status < 200 || status > 599 || !HandlerAnswers.addAll(answer.path("headers"), headers)) {
      return null;
    }
    for (JsonNode cookie : answer.path("cookies")) {
      if (!HandlerAnswers.add("Set-Cookie", cookie, headers)) {
        return null;
      }
    }
    if (!headers.has(TYPE)) {
      headers.add(TYPE, usualType);
    }
    return new UrlReply(status, headers, new byte[0]);
  }
}

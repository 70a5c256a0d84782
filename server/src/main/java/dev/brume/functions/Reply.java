package dev.brume.functions;

import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// What came back for an event.
///
/// @param type of the error, or the content type
/// @param streamed whether the sink has got it already
record Reply(boolean error, String type, byte[] body, boolean tooLarge, boolean streamed) {
  static Reply of(RuntimeWire.Request request) {
    if (!request.isError() && !request.isCutShort()) {
      return new Reply(
          false,
          request.header("content-type", "application/json"),
          request.body(),
          request.tooLarge(),
          request.streamed());
    }
    String type = request.header("lambda-runtime-function-error-type", "");
    byte[] body = request.isError() ? request.body() : cutShortBy(request);
    return new Reply(true, type, body, request.tooLarge(), request.streamed());
  }

  private static byte[] cutShortBy(RuntimeWire.Request request) {
    String encoded = request.header("lambda-runtime-function-error-body", "");
    try {
      return Base64.getMimeDecoder().decode(encoded);
    } catch (IllegalArgumentException e) {
      return encoded.getBytes(StandardCharsets.UTF_8);
    }
  }

  /// Lambda's form of an error.
  static byte[] errorDocument(String type, String message) {
    return Json.write(Json.object().put("errorType", type).put("errorMessage", message))
        .getBytes(StandardCharsets.UTF_8);
  }
}

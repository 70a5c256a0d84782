package dev.brume.functions;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/// An answer of the [RuntimeApi].
record ApiAnswer(int status, Map<String, String> headers, String body) {
  static final ApiAnswer ACCEPTED = new ApiAnswer(202, Map.of(), "{\"status\":\"OK\"}\n");

  static ApiAnswer ok(String body, Map<String, String> headers) {
    return new ApiAnswer(200, headers, body);
  }

  static ApiAnswer error(int status, String type, String message) {
    byte[] document = Reply.errorDocument(type, message);
    return new ApiAnswer(status, Map.of(), new String(document, StandardCharsets.UTF_8));
  }

  /// The status line and headers.
  String head() {
    var head = new StringBuilder("HTTP/1.1 ").append(status).append(' ').append(reason());
    head.append("\r\nContent-Type: application/json\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    return head.toString();
  }

  byte[] bytes() {
    return body.getBytes(StandardCharsets.UTF_8);
  }

  private String reason() {
    return switch (status) {
      case 200 -> "OK";
      case 202 -> "Accepted";
      case 400 -> "Bad Request";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      case 413 -> "Request Entity Too Large";
      default -> "Error";
    };
  }
}

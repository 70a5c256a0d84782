package dev.brume.commands;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A running server, seen from the command line.
final class Remote {
  private static final String USUAL = "http://127.0.0.1:4566";
  private static final DateTimeFormatter AMZ_DATE =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final String endpoint;
  private final Map<String, String> environment;

  private Remote(String endpoint, Map<String, String> environment) {
    this.endpoint = endpoint;
    this.environment = environment;
  }

  /// Takes `--endpoint URL` out of the words of a command; without it `AWS_ENDPOINT_URL` says where
  /// the server is, and without that it is where `brume up` puts it.
  static Remote of(List<String> words, Map<String, String> environment) {
    String endpoint = Words.option(words, "--endpoint");
    if (endpoint == null) {
      endpoint = environment.getOrDefault("AWS_ENDPOINT_URL", USUAL);
    }
    return new Remote(
        endpoint.endsWith("/") ? endpoint.substring(0, endpoint.length() - 1) : endpoint,
        environment);
  }

  /// What came back.
  ///
  /// @param header answers a header's value, null if it is not there
  record Answer(int status, String body, Map<String, List<String>> headers) {
    @Nullable String header(String name) {
      for (var header : headers.entrySet()) {
        if (name.equalsIgnoreCase(header.getKey())) {
          return header.getValue().getFirst();
        }
      }
      return null;
    }
  }

  /// A request for the server itself, e.g. `/_brume/clock`; a null body makes it a GET.
  JsonNode own(String path, @Nullable String body) throws IOException {
    return success(send(path, body, Map.of("Content-Type", "application/json")));
  }

  /// One operation of a service that speaks JSON with `X-Amz-Target`.
  JsonNode json(String signingName, String target, String body) throws IOException {
    return success(
        aws(
            signingName,
            "/",
            body,
            Map.of("X-Amz-Target", target, "Content-Type", "application/x-amz-json-1.1")));
  }

  /// A request to a service, in the name of the account that the environment's access key stands
  /// for.
  Answer aws(String signingName, String path, @Nullable String body, Map<String, String> headers)
      throws IOException {
    String date = AMZ_DATE.format(Instant.now());
    String region = environment.getOrDefault("AWS_REGION", "us-east-1");
    String key = environment.getOrDefault("AWS_ACCESS_KEY_ID", "test");
    var all = new java.util.HashMap<>(headers);
    all.put("X-Amz-Date", date);
    all.put(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=%s/%s/%s/%s/aws4_request, SignedHeaders=host, Signature=%s"
            .formatted(key, date.substring(0, 8), region, signingName, "0".repeat(64)));
    return send(path, body, all);
  }

  private Answer send(String path, @Nullable String body, Map<String, String> headers)
      throws IOException {
    var connection = (HttpURLConnection) URI.create(endpoint + path).toURL().openConnection();
    headers.forEach(connection::setRequestProperty);
    try {
      if (body != null) {
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
      }
      int status = connection.getResponseCode();
      try (InputStream in =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return new Answer(status, text, connection.getHeaderFields());
      }
    } catch (ConnectException e) {
      throw new IOException(
          "nothing answers on " + endpoint + ": start it with `brume up`, or name it by --endpoint",
          e);
    }
  }

  /// Throws what the server said unless the request succeeded.
  static JsonNode success(Answer answer) throws IOException {
    JsonNode json = answer.body().isEmpty() ? Json.object() : Json.parse(answer.body());
    if (answer.status() >= 400) {
      String message = json.path("message").asText(json.path("Message").asText());
      throw new IOException(message.isEmpty() ? "status " + answer.status() : message);
    }
    return json;
  }
}

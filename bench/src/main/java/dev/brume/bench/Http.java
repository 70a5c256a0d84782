package dev.brume.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Plain requests with the form of a signature, the same to every server.
final class Http {
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
  private final String endpoint;

  Http(String endpoint) {
    this.endpoint = endpoint;
  }

  String endpoint() {
    return endpoint;
  }

  String json(String service, String target, String body) {
    return text(signed(service, "/").header("X-Amz-Target", target).header("Content-Type", "application/x-amz-json-1.0")
        .POST(HttpRequest.BodyPublishers.ofString(body)).build());
  }

  String call(String service, String method, String path, String body) {
    return text(signed(service, path).method(method, HttpRequest.BodyPublishers.ofString(body)).build());
  }

  byte[] bytes(String service, String method, String path, byte[] body) {
    return send(signed(service, path).method(method, body.length == 0 ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofByteArray(body)).build());
  }

  private HttpRequest.Builder signed(String service, String path) {
    String now = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC).format(Instant.now());
    return HttpRequest.newBuilder(URI.create(endpoint + path)).timeout(Duration.ofSeconds(60)).header("X-Amz-Date", now)
        .header("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=test/" + now.substring(0, 8) + "/us-east-1/" + service
            + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0".repeat(64));
  }

  private String text(HttpRequest request) {
    return new String(send(request), StandardCharsets.UTF_8);
  }

  private byte[] send(HttpRequest request) {
    try {
      HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
      if (response.statusCode() / 100 != 2) {
        throw new IllegalStateException(request.uri() + " answered " + response.statusCode() + ": " + new String(response.body(), StandardCharsets.UTF_8));
      }
      return response.body();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}

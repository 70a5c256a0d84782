package dev.brume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/// The whole of Brume in this process, on a store in memory and a free port. For tests:
/// `try (var brume = TestBrume.start()) { … brume.endpoint() … }`.
public final class TestBrume implements AutoCloseable {
  private final Brume brume;
  private final HttpClient client = HttpClient.newHttpClient();

  private TestBrume(Brume brume) {
    this.brume = brume;
  }

  public static TestBrume start() {
    return start(Settings.forTests());
  }

  public static TestBrume start(Settings settings) {
    try {
      return new TestBrume(Brume.start(settings));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// E.g. `http://127.0.0.1:40123`.
  public String endpoint() {
    return brume.endpoint();
  }

  public int port() {
    return brume.port();
  }

  /// A request of the JSON protocols as the owner of account 000000000000 in us-east-1.
  ///
  /// @param target e.g. `DynamoDB_20120810.ListTables`
  public HttpResponse<String> json(String signingName, String target, String body) {
    return send(
        signed(signingName, "/")
            .header("X-Amz-Target", target)
            .header("Content-Type", "application/x-amz-json-1.0")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /// A request of the query protocol.
  ///
  /// @param form e.g. `Action=GetCallerIdentity&Version=2011-06-15`
  public HttpResponse<String> query(String signingName, String form) {
    return send(
        signed(signingName, "/")
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .POST(HttpRequest.BodyPublishers.ofString(form))
            .build());
  }

  /// A request of the REST protocols.
  ///
  /// @param path with the query, percent-encoded
  public HttpResponse<String> rest(String signingName, String method, String path, String body) {
    return send(
        signed(signingName, path)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  /// An unsigned request.
  public HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(URI.create(endpoint() + path)).build());
  }

  /// A builder of requests with the signature of an account's owner, of which only the form counts.
  public HttpRequest.Builder signed(String signingName, String path) {
    String now =
        java.time.format.DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'")
            .withZone(java.time.ZoneOffset.UTC)
            .format(java.time.InstantSource.system().instant());
    return HttpRequest.newBuilder(URI.create(endpoint() + path))
        .header("X-Amz-Date", now)
        .header(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=test/"
                + now.substring(0, 8)
                + "/us-east-1/"
                + signingName
                + "/aws4_request, SignedHeaders=host;x-amz-date, Signature="
                + "0".repeat(64));
  }

  public HttpResponse<String> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    brume.close();
  }
}

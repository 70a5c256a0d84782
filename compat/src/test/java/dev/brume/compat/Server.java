package dev.brume.compat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// Brume as a process of its own, as users run it, on a free port; can be killed and started again on the same data.
final class Server implements AutoCloseable {
  private final Path data;
  private final List<String> options;
  private int port;
  private Process process;

  private Server(Path data, List<String> options) {
    this.data = data;
    this.options = options;
  }

  /// @param data the data folder; survives [#kill]
  static Server start(Path data, String... options) {
    var server = new Server(data, List.of(options));
    server.start();
    return server;
  }

  /// Starts it (again), on the same port.
  void start() {
    try {
      Files.createDirectories(data);
      Path log = data.resolveSibling(data.getFileName() + ".log");
      var command = new ArrayList<String>();
      command.addAll(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
          "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", System.getProperty("java.class.path"),
          "dev.brume.Main", "up", "--data", data.toString(), "--port", String.valueOf(port)));
      command.addAll(options);
      long before = Files.exists(log) ? Files.size(log) : 0;
      process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
      port = awaitReady(log, before);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int awaitReady(Path log, long from) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (System.nanoTime() < deadline) {
      byte[] all = Files.readAllBytes(log);
      String text = new String(all, (int) Math.min(from, all.length), (int) Math.max(0, all.length - from));
      if (text.contains("Ready.")) {
        String url = text.substring(text.indexOf("http://127.0.0.1:") + "http://127.0.0.1:".length());
        return Integer.parseInt(url.split("\\D")[0]);
      }
      if (!process.isAlive()) {
        throw new IllegalStateException("Brume did not start: " + text);
      }
      Thread.onSpinWait();
    }
    throw new IllegalStateException("Brume did not get ready: " + Files.readString(log));
  }

  String endpoint() {
    return "http://127.0.0.1:" + port;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /// `kill -9`, at once.
  void kill() {
    try {
      process.destroyForcibly().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Moves the virtual clock.
  void advance(long seconds) {
    post("/_brume/clock", "{\"action\":\"advance\",\"seconds\":" + seconds + "}");
  }

  String post(String path, String body) {
    return send(HttpRequest.newBuilder(URI.create(endpoint() + path)).POST(HttpRequest.BodyPublishers.ofString(body)).build()).body();
  }

  /// A request as an SDK sends it, for services whose SDK clients are not here; fails unless it succeeds.
  String aws(String service, String method, String path, String type, String body) {
    return aws(service, method, path, Map.of("Content-Type", type), body);
  }

  /// The same for an operation of a service that speaks JSON.
  String aws(String service, String target, String body) {
    return aws(service, "POST", "/", Map.of("Content-Type", "application/x-amz-json-1.0", "X-Amz-Target", target), body);
  }

  String aws(String service, String method, String path, Map<String, String> headers, String body) {
    String date = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC).format(Instant.now());
    var request = HttpRequest.newBuilder(URI.create(endpoint() + path)).timeout(Duration.ofSeconds(20))
        .header("Authorization", "AWS4-HMAC-SHA256 Credential=test/" + date.substring(0, 8) + "/us-east-1/" + service
            + "/aws4_request, SignedHeaders=host, Signature=" + "0".repeat(64))
        .header("X-Amz-Date", date).method(method, HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    HttpResponse<String> answer = send(request.build());
    if (answer.statusCode() >= 300) {
      throw new AssertionError(service + " " + method + " " + path + " " + body + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  static HttpResponse<String> send(HttpRequest request) {
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(20, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

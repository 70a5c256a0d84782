package dev.brume.bench;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// One kept-alive connection to a server, used by one thread, with as little client as there can be: what is measured is the other side.
final class Connection implements AutoCloseable {
  private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private final URI endpoint;
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  /// @param endpoint e.g. `http://127.0.0.1:4566`
  Connection(String endpoint) {
    this.endpoint = URI.create(endpoint);
    try {
      socket = new Socket(this.endpoint.getHost(), this.endpoint.getPort());
      socket.setTcpNoDelay(true);
      in = new BufferedInputStream(socket.getInputStream(), 64 << 10);
      out = socket.getOutputStream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A request with the form of a signature; the body of its answer. Throws unless it succeeds.
  String call(String service, String method, String path, String body) {
    String date = DATE.format(Instant.now());
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    String head = method + " " + path + " HTTP/1.1\r\nHost: " + endpoint.getAuthority() + "\r\nX-Amz-Date: " + date
        + "\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/" + date.substring(0, 8) + "/us-east-1/" + service
        + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + "0".repeat(64)
        + "\r\nContent-Type: " + (service.equals("iam") ? "application/x-www-form-urlencoded" : "application/json")
        + "\r\nContent-Length: " + content.length + "\r\n\r\n";
    try {
      byte[] first = head.getBytes(StandardCharsets.ISO_8859_1);
      byte[] all = java.util.Arrays.copyOf(first, first.length + content.length);
      System.arraycopy(content, 0, all, first.length, content.length);
      out.write(all);
      return answer(method + " " + path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String answer(String what) throws IOException {
    int status = Integer.parseInt(line().split(" ")[1]);
    int length = -1;
    for (String line = line(); !line.isEmpty(); line = line()) {
      if (line.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(line.substring(15).strip());
      }
    }
    String body = length >= 0 ? new String(in.readNBytes(length), StandardCharsets.UTF_8) : status == 204 ? "" : chunked();
    if (status / 100 != 2) {
      throw new IllegalStateException(what + " answered " + status + ": " + body);
    }
    return body;
  }

  private String chunked() throws IOException {
    var body = new StringBuilder();
    for (int size = Integer.parseInt(line(), 16); size > 0; size = Integer.parseInt(line(), 16)) {
      body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
      line();
    }
    line();
    return body.toString();
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException();
      }
      if (c != '\r') {
        line.append((char) c);
      }
    }
    return line.toString();
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

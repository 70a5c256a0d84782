package dev.brume.services.lambda;

import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A request to a function URL, and what it was answered.
final class UrlExchange implements Exchange {
  private final String method;
  private final String target;
  private final Headers headers;
  private final byte[] body;
  private final ByteArrayOutputStream sent = new ByteArrayOutputStream();
  private Headers answered = new Headers();
  int status;
  boolean closed;
  boolean aborted;

  /// What was sent each time the function's bytes were flushed.
  final List<String> pieces = new ArrayList<>();

  /// @param target path and query
  UrlExchange(String method, String target, Headers headers, byte[] body) {
    this.method = method;
    this.target = target;
    this.headers = headers;
    this.body = body;
  }

  static UrlExchange get(String target, String... headers) {
    return new UrlExchange("GET", target, Headers.of(headers), new byte[0]);
  }

  static UrlExchange post(String target, byte[] body, String... headers) {
    return new UrlExchange("POST", target, Headers.of(headers), body);
  }

  String text() {
    return sent.toString(StandardCharsets.UTF_8);
  }

  @Nullable String header(String name) {
    return answered.get(name);
  }

  List<String> all(String name) {
    return answered.all(name);
  }

  @Override
  public String method() {
    return method;
  }

  @Override
  public String rawPath() {
    int question = target.indexOf('?');
    return question < 0 ? target : target.substring(0, question);
  }

  @Override
  public @Nullable String rawQuery() {
    int question = target.indexOf('?');
    return question < 0 ? null : target.substring(question + 1);
  }

  @Override
  public Headers headers() {
    return headers;
  }

  @Override
  public String host() {
    String host = headers.get("Host");
    return host == null ? "" : host;
  }

  @Override
  public InputStream body() {
    return new ByteArrayInputStream(body);
  }

  @Override
  public long contentLength() {
    return body.length;
  }

  @Override
  public String remoteAddress() {
    return "127.0.0.1";
  }

  @Override
  public void respond(int code, Headers fields, byte[] content) {
    status = code;
    answered = fields;
    sent.writeBytes(content);
    closed = true;
  }

  @Override
  public OutputStream stream(int code, Headers fields, long length) {
    status = code;
    answered = fields;
    return new OutputStream() {
      @Override
      public void write(int b) {
        sent.write(b);
      }

      @Override
      public void write(byte[] bytes, int offset, int size) {
        sent.write(bytes, offset, size);
        pieces.add(new String(bytes, offset, size, StandardCharsets.UTF_8));
      }

      @Override
      public void close() {
        closed = true;
      }
    };
  }

  @Override
  public boolean responded() {
    return status != 0;
  }

  @Override
  public void abort() {
    aborted = true;
  }
}

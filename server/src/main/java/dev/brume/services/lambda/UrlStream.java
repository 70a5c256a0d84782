package dev.brume.services.lambda;

import dev.brume.functions.ResponseSink;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Sends what a function streams to the client of its URL as it comes. Nothing is sent before the
/// function has written something, or all of its prelude.
final class UrlStream implements ResponseSink {
  // More headers and cookies than a client takes.
  private static final int PRELUDE_BYTES_MAX = 64 << 10;

  private final Exchange exchange;
  private final UnaryOperator<UrlReply> dressing;
  private @Nullable ByteArrayOutputStream prelude;
  private @Nullable OutputStream out;

  /// @param dressing adds the headers that every answer has
  UrlStream(Exchange exchange, UnaryOperator<UrlReply> dressing) {
    this.exchange = exchange;
    this.dressing = dressing;
  }

  @Override
  public void begin(String contentType) throws IOException {
    if (contentType.equals(UrlReply.WITH_PRELUDE)) {
      prelude = new ByteArrayOutputStream();
    } else {
      open(new UrlReply(200, Headers.of("Content-Type", contentType), new byte[0]));
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    ByteArrayOutputStream waiting = prelude;
    OutputStream sending = out;
    if (waiting != null) {
      waiting.write(bytes, offset, length);
      readPrelude(waiting.toByteArray());
    } else if (sending != null) {
      sending.write(bytes, offset, length);
      sending.flush();
    }
  }

  private void readPrelude(byte[] soFar) throws IOException {
    int end = UrlReply.endOfPrelude(soFar);
    if (end < 0 && soFar.length <= PRELUDE_BYTES_MAX) {
      return;
    }
    prelude = null;
    UrlReply head = end < 0 ? null : UrlReply.prelude(soFar, end);
    if (head == null) {
      // The function goes on unheard.
      throw new IOException("not the prelude of a response");
    }
    open(head);
    int body = end + UrlReply.NULS;
    if (soFar.length > body) {
      write(soFar, body, soFar.length - body);
    }
  }

  private void open(UrlReply head) throws IOException {
    UrlReply dressed = dressing.apply(head);
    if (dressed.status() == 204 || dressed.status() == 304) {
      exchange.respond(dressed.status(), dressed.headers(), new byte[0]);
    } else {
      out = exchange.stream(dressed.status(), dressed.headers(), -1);
    }
  }

  /// Called when the function has ended.
  ///
  /// @param failed what was sent is not all of it: the client sees the connection break off
  void end(boolean failed) throws IOException {
    if (!exchange.responded()) {
      UrlReply dressed = dressing.apply(UrlReply.badGateway());
      exchange.respond(dressed.status(), dressed.headers(), dressed.body());
    } else if (failed) {
      exchange.abort();
    } else if (out != null) {
      out.close();
    }
  }
}

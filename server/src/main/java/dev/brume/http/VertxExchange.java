package dev.brume.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// An [Exchange] on a Vert.x request. Made on the event loop, used on the request's thread.
final class VertxExchange implements Exchange {
  private static final Duration LINGER = Duration.ofSeconds(5);

  private final HttpServerRequest request;
  private final Limits limits;
  private final RequestTarget target;
  private final Headers headers;
  private final RequestBody body;
  private final String date;
  private volatile @Nullable ResponseBody streamed;
  private volatile boolean gone;
  private boolean responded;
  private boolean closeAfter;

  /// Throws IllegalArgumentException for a target or header that no client means.
  ///
  /// @param date the `Date` header of the response
  VertxExchange(HttpServerRequest request, Limits limits, String date) {
    this.request = request;
    this.limits = limits;
    this.date = date;
    target = RequestTarget.parse(request.uri());
    headers = new Headers();
    for (var field : request.headers()) {
      headers.add(field.getKey(), field.getValue());
    }
    body = new RequestBody(request, contentLength(), limits.stall());
    request.exceptionHandler(this::broken);
    request.response().closeHandler(nothing -> broken(new IOException("connection closed")));
    request.response().exceptionHandler(this::broken);
  }

  /// Runs this on the event loop once the request's thread should start, see
  /// [RequestBody#whenReady].
  void whenReady(Vertx vertx, Runnable action) {
    body.whenReady(vertx, action);
  }

  private void broken(Throwable cause) {
    gone = true;
    body.fail(cause);
    ResponseBody out = streamed;
    if (out != null) {
      out.fail();
    }
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String rawPath() {
    return target.path();
  }

  @Override
  public @Nullable String rawQuery() {
    return target.query();
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
    return body;
  }

  @Override
  public long contentLength() {
    String length = headers.get("Content-Length");
    if (length != null) {
      return Long.parseLong(length);
    }
    return headers.has("Transfer-Encoding") ? -1 : 0;
  }

  @Override
  public String remoteAddress() {
    var address = request.remoteAddress();
    return address == null || address.hostAddress() == null ? "" : address.hostAddress();
  }

  @Override
  public void respond(int status, Headers fields, byte[] bytes) throws IOException {
    HttpServerResponse response = begin(status, fields);
    if (head()) {
      if (!fields.has("Content-Length") && hasBody(status)) {
        response.putHeader("Content-Length", Integer.toString(bytes.length));
      }
      response.end();
    } else if (hasBody(status)) {
      response.putHeader("Content-Length", Integer.toString(bytes.length));
      response.end(Buffer.buffer(bytes));
    } else {
      response.headers().remove("Content-Length");
      response.end();
    }
  }

  @Override
  public OutputStream stream(int status, Headers fields, long length) throws IOException {
    HttpServerResponse response = begin(status, fields);
    if (length >= 0) {
      response.putHeader("Content-Length", Long.toString(length));
    } else if (request.version() == HttpVersion.HTTP_1_0) {
      closeAfter = true;
    } else if (!head()) {
      response.setChunked(true);
    }
    var out = new ResponseBody(response, head(), length, limits.stall(), this::abort);
    streamed = out;
    if (gone) {
      out.fail();
    }
    return out;
  }

  private HttpServerResponse begin(int status, Headers fields) throws IOException {
    if (responded) {
      throw new IllegalStateException("the request was answered already");
    }
    responded = true;
    if (gone) {
      throw new Exchange.ClientGone("the client closed the connection");
    }
    HttpServerResponse response = request.response();
    response.setStatusCode(status);
    fields.forEach((name, value) -> response.headers().add(name, value));
    if (!fields.has("Date")) {
      response.putHeader("Date", date);
    }
    // A client that was never told to go on may not use the connection again, be its body empty:
    // botocore takes this answer for the next one's, too.
    if (body.awaitsContinue() || !body.complete() && unreadIsLarge()) {
      closeAfter = true;
      response.putHeader("Connection", "close");
    }
    return response;
  }

  private boolean unreadIsLarge() {
    long length = contentLength();
    return length < 0 || length > limits.drainBytesMax();
  }

  @Override
  public boolean responded() {
    return responded;
  }

  @Override
  public void abort() {
    request.connection().close();
  }

  /// Called on the request's thread when its handler has returned: swallows what is left of the
  /// request's body, so that the connection can be used again or the client reads the answer before
  /// the connection closes.
  void finish() throws InterruptedException {
    if (gone) {
      return;
    }
    if (!responded) {
      abort();
      return;
    }
    boolean complete = body.complete();
    body.discard();
    if (!complete && !body.awaitsContinue()) {
      complete = body.awaitEnd(LINGER);
    }
    if (closeAfter || !complete) {
      abort();
    }
  }

  private boolean head() {
    return request.method().equals(HttpMethod.HEAD);
  }

  private static boolean hasBody(int status) {
    return status >= 200 && status != 204 && status != 304;
  }
}

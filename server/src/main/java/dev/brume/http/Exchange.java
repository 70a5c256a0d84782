package dev.brume.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// One request and its response, blocking, on a virtual thread of its own.
public interface Exchange {
  /// Upper case, e.g. `PUT`.
  String method();

  /// The path as it came over the wire: still percent-encoded, `//` and `/../` kept; starts with
  /// `/`.
  String rawPath();

  /// What stood after the first `?`, still encoded; null without one.
  @Nullable String rawQuery();

  Headers headers();

  /// The `Host` header (or HTTP/2 authority), e.g. `127.0.0.1:4566`; empty if there was none.
  String host();

  /// The request body, transfer coding removed, read on demand with back-pressure. The first read
  /// sends `100 Continue` when the client waits for it.
  InputStream body();

  /// The body's length, −1 when chunked, 0 without a body.
  long contentLength();

  /// The client's address, e.g. `127.0.0.1`.
  String remoteAddress();

  /// Sends a complete response. For HEAD the body is not sent but its length is announced.
  void respond(int status, Headers headers, byte[] body) throws IOException;

  /// Starts a streamed response and returns the stream to write its body to; closing it ends the
  /// response. Writes block while the client is slow.
  ///
  /// @param length of the body in bytes, −1 for chunked
  OutputStream stream(int status, Headers headers, long length) throws IOException;

  /// Whether [#respond] or [#stream] was called.
  boolean responded();

  /// Drops the connection without an answer, e.g. when a streamed body fails half-way.
  void abort();

  /// The client closed the connection, or took or sent nothing for too long: there is nobody to
  /// answer.
  final class ClientGone extends IOException {
    private static final long serialVersionUID = 1L;

    public ClientGone(String message) {
      super(message);
    }
  }
}

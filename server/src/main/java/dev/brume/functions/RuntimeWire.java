package dev.brume.functions;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// The Runtime API's HTTP/1.1 on one socket: reads what the runtime posts, writes what it waits
/// for. Used by one thread at a time, which does the I/O itself.
final class RuntimeWire implements AutoCloseable {
  private static final int HEAD_BYTES_MAX = 64 * 1024;
  private final SocketChannel channel;
  private final int bodyBytesMax;
  private ByteBuffer in = ByteBuffer.allocate(16 * 1024).flip();
  private boolean owesAccepted;

  /// @param bodyBytesMax bodies above it are read and dropped
  RuntimeWire(SocketChannel channel, int bodyBytesMax) {
    this.channel = channel;
    this.bodyBytesMax = bodyBytesMax;
  }

  /// One request of the runtime.
  ///
  /// @param tooLarge the body was above the limit and dropped
  record Request(
      String method, String path, Map<String, String> headers, byte[] body, boolean tooLarge) {
    boolean isNext() {
      return path.endsWith("/runtime/invocation/next");
    }

    boolean isResponse() {
      return path.endsWith("/response");
    }

    boolean isError() {
      return path.endsWith("/error");
    }

    String header(String lowerCaseName, String otherwise) {
      return headers.getOrDefault(lowerCaseName, otherwise);
    }
  }

  /// Waits for the next request. Throws EOFException when the process is gone.
  Request read() throws IOException {
    int end = headEnd();
    byte[] head = new byte[end];
    in.get(head);
    String[] lines = new String(head, StandardCharsets.ISO_8859_1).split("\r\n");
    String[] first = lines[0].split(" ");
    if (first.length < 2) {
      throw new IOException("not a request: " + lines[0]);
    }
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    long length = Long.parseLong(headers.getOrDefault("content-length", "0"));
    boolean tooLarge = length > bodyBytesMax;
    byte[] body = new byte[tooLarge ? 0 : (int) length];
    if (tooLarge) {
      skip(length);
    } else {
      fill(body);
    }
    return new Request(first[0], first[1], headers, body, tooLarge);
  }

  /// Accepts a post whose sender has already asked for more: the bytes go out with the next write.
  void accepted() {
    owesAccepted = true;
  }

  /// Writes a response: the status line and headers without the length, and the body.
  void write(String head, byte[] body) throws IOException {
    String all =
        (owesAccepted ? "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n" : "")
            + head
            + "Content-Length: "
            + body.length
            + "\r\n\r\n";
    owesAccepted = false;
    ByteBuffer[] out = {
      ByteBuffer.wrap(all.getBytes(StandardCharsets.ISO_8859_1)), ByteBuffer.wrap(body)
    };
    while (out[0].hasRemaining() || out[1].hasRemaining()) {
      channel.write(out);
    }
  }

  private int headEnd() throws IOException {
    int scanned = 0;
    while (true) {
      int from = in.position();
      for (int i = from + scanned; i + 3 < in.limit(); i++) {
        if (in.get(i) == '\r'
            && in.get(i + 1) == '\n'
            && in.get(i + 2) == '\r'
            && in.get(i + 3) == '\n') {
          return i + 4 - from;
        }
      }
      scanned = Math.max(0, in.remaining() - 3);
      if (in.remaining() > HEAD_BYTES_MAX) {
        throw new IOException("the head of the request is too long");
      }
      more();
    }
  }

  private void more() throws IOException {
    if (in.limit() == in.capacity() && in.position() == 0) {
      ByteBuffer larger = ByteBuffer.allocate(in.capacity() * 2);
      larger.put(in);
      in = larger;
    } else {
      in.compact();
    }
    int read = channel.read(in);
    in.flip();
    if (read < 0) {
      throw new EOFException();
    }
  }

  private void fill(byte[] body) throws IOException {
    int have = Math.min(body.length, in.remaining());
    in.get(body, 0, have);
    ByteBuffer rest = ByteBuffer.wrap(body, have, body.length - have);
    while (rest.hasRemaining()) {
      if (channel.read(rest) < 0) {
        throw new EOFException();
      }
    }
  }

  private void skip(long length) throws IOException {
    int have = (int) Math.min(length, in.remaining());
    in.position(in.position() + have);
    long left = length - have;
    ByteBuffer waste = ByteBuffer.allocate(64 * 1024);
    while (left > 0) {
      waste.clear().limit((int) Math.min(left, waste.capacity()));
      int read = channel.read(waste);
      if (read < 0) {
        throw new EOFException();
      }
      left -= read;
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

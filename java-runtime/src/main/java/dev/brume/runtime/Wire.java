package dev.brume.runtime;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/// HTTP/1.1 on one Unix socket, as much of it as the Runtime API needs.
final class Wire {
  private final SocketChannel channel;
  private byte[] held = new byte[64 * 1024];
  private int start;
  private int end;

  Wire(String path) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(path));
  }

  /// A response that carries something.
  ///
  /// @param headers by lower-case name
  record Response(Map<String, String> headers, byte[] body) {}

  /// Sends all parts in one write where the socket takes them.
  void send(byte[]... parts) throws IOException {
    ByteBuffer[] buffers = new ByteBuffer[parts.length];
    long left = 0;
    for (int i = 0; i < parts.length; i++) {
      buffers[i] = ByteBuffer.wrap(parts[i]);
      left += parts[i].length;
    }
    while (left > 0) {
      left -= channel.write(buffers);
    }
  }

  /// The next response with this header; others, which only accept what was posted, are passed
  /// over. Throws [EOFException] when the other side is gone.
  Response receive(String header) throws IOException {
    while (true) {
      Response response = response();
      if (response.headers().containsKey(header)) {
        return response;
      }
    }
  }

  private Response response() throws IOException {
    int bodyAt = headEnd();
    String[] lines =
        new String(held, start, bodyAt - start, StandardCharsets.ISO_8859_1).split("\r\n");
    Map<String, String> headers = new HashMap<>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0) {
        headers.put(
            lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
            lines[i].substring(colon + 1).strip());
      }
    }
    start = bodyAt;
    byte[] body = new byte[Integer.parseInt(headers.getOrDefault("content-length", "0"))];
    int have = Math.min(body.length, end - start);
    System.arraycopy(held, start, body, 0, have);
    start += have;
    ByteBuffer rest = ByteBuffer.wrap(body, have, body.length - have);
    while (rest.hasRemaining()) {
      if (channel.read(rest) < 0) {
        throw new EOFException();
      }
    }
    return new Response(headers, body);
  }

  private int headEnd() throws IOException {
    int scanned = start;
    while (true) {
      for (int i = scanned; i + 3 < end; i++) {
        if (held[i] == '\r' && held[i + 1] == '\n' && held[i + 2] == '\r' && held[i + 3] == '\n') {
          return i + 4;
        }
      }
      int rescan = Math.max(0, end - start - 3);
      fill();
      scanned = start + rescan;
    }
  }

  private void fill() throws IOException {
    if (start > 0) {
      System.arraycopy(held, start, held, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == held.length) {
      held = Arrays.copyOf(held, held.length * 2);
    }
    int read = channel.read(ByteBuffer.wrap(held, end, held.length - end));
    if (read < 0) {
      throw new EOFException();
    }
    end += read;
  }
}

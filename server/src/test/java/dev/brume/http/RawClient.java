package dev.brume.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/// A client that sends exactly the bytes it is told.
public final class RawClient implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;

  public RawClient(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(10_000);
    in = new BufferedInputStream(socket.getInputStream());
    out = socket.getOutputStream();
  }

  public RawClient send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public RawClient send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  InputStream in() {
    return in;
  }

  void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /// One response's head and body.
  public record Answer(int status, String head, String body) {}

  /// Reads status line and headers, up to the empty line.
  String head() throws IOException {
    var head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int b = in.read();
      if (b < 0) {
        return head.toString();
      }
      head.append((char) b);
    }
    return head.toString();
  }

  /// Reads one response; its body by Content-Length or chunked.
  public Answer answer() throws IOException {
    return answer(false);
  }

  Answer answer(boolean toHead) throws IOException {
    String head = head();
    if (head.isEmpty()) {
      return new Answer(0, "", "");
    }
    int status = Integer.parseInt(head.substring(9, 12));
    String lower = head.toLowerCase(Locale.ROOT);
    int at = lower.indexOf("content-length: ");
    if (toHead || status < 200) {
      return new Answer(status, head, "");
    }
    if (at >= 0) {
      int length = Integer.parseInt(head.substring(at + 16, head.indexOf("\r\n", at)));
      return new Answer(status, head, text(in.readNBytes(length)));
    }
    if (lower.contains("transfer-encoding: chunked")) {
      return new Answer(status, head, chunks());
    }
    return new Answer(status, head, "");
  }

  private String chunks() throws IOException {
    var body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(), 16);
      body.write(in.readNBytes(size));
      line();
      if (size == 0) {
        return text(body.toByteArray());
      }
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    int b = in.read();
    while (b >= 0 && b != '\n') {
      if (b != '\r') {
        line.append((char) b);
      }
      b = in.read();
    }
    return line.toString();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

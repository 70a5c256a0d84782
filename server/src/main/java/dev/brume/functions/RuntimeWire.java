package dev.brume.functions;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The Runtime API's HTTP/1.1 on one socket: reads what the runtime posts, writes what it waits
/// for. Used by one thread at a time, which does the I/O itself.
final class RuntimeWire implements RuntimeLink {
  /// Lambda's limit for a streamed answer: 200 MB.
  /// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  static final long STREAM_BYTES_MAX = 200L << 20;

  private static final String CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
  private static final int HEAD_BYTES_MAX = 64 * 1024;
  private static final int TRAILER_BYTES_MAX = 1 << 20;
  private final SocketChannel channel;
  private final int bodyBytesMax;
  private ByteBuffer in = ByteBuffer.allocate(64 * 1024).flip();
  private boolean owesAccepted;

  /// @param bodyBytesMax bodies above it are read and dropped
  RuntimeWire(SocketChannel channel, int bodyBytesMax) {
    this.channel = channel;
    this.bodyBytesMax = bodyBytesMax;
  }

  /// One request of the runtime.
  ///
  /// @param headers and trailers, by lower-case name
  /// @param body empty when it went to a sink
  /// @param tooLarge the body was above the limit and dropped
  /// @param streamed whether the sink has got the body, or what there was before it failed
  record Request(
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      boolean tooLarge,
      boolean streamed) {
    boolean isNext() {
      return path.endsWith("/runtime/invocation/next");
    }

    boolean isRestoreNext() {
      return path.endsWith("/runtime/restore/next");
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

    /// Whether a streamed answer ended with an error, told in its trailers.
    boolean isCutShort() {
      return isResponse() && headers.containsKey("lambda-runtime-function-error-type");
    }
  }

  /// Waits for the next request. Throws EOFException when the process is gone.
  Request read() throws IOException {
    return read(null);
  }

  /// Whether the process is gone. Does not wait; for while it has nothing to say.
  boolean ended() {
    try {
      channel.configureBlocking(false);
      in.compact();
      int read = channel.read(in);
      in.flip();
      channel.configureBlocking(true);
      return read < 0;
    } catch (IOException e) {
      // Its last breath, or the channel is closed.
      return true;
    }
  }

  @Override
  public boolean asksAtOnce() {
    return true;
  }

  @Override
  public Request read(@Nullable ResponseSink sink) throws IOException {
    return readFor(path -> sink);
  }

  /// Waits for the next request; the body of a streamed response goes where its path says.
  Request readFor(Function<String, @Nullable ResponseSink> sinks) throws IOException {
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
      header(lines[i], headers);
    }
    if (headers.getOrDefault("expect", "").equalsIgnoreCase("100-continue")) {
      channel.write(ByteBuffer.wrap(CONTINUE.getBytes(StandardCharsets.ISO_8859_1)));
    }
    ResponseSink sink = sinks.apply(first[1]);
    boolean streaming =
        headers.getOrDefault("lambda-runtime-function-response-mode", "").equals("streaming");
    var body =
        streaming && sink != null
            ? new IncomingBody.Passed(
                sink, headers.getOrDefault("content-type", "application/octet-stream"))
            : new IncomingBody.Kept(bodyBytesMax);
    if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
      chunks(body, headers);
    } else {
      copy(length(headers.getOrDefault("content-length", "0"), 10), body);
    }
    body.end(headers.containsKey("lambda-runtime-function-error-type"));
    return new Request(
        first[0],
        first[1],
        headers,
        body.kept(),
        body.tooLarge(),
        body instanceof IncomingBody.Passed);
  }

  private static void header(String line, Map<String, String> into) {
    int colon = line.indexOf(':');
    if (colon > 0) {
      into.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
  }

  private void chunks(IncomingBody body, Map<String, String> trailers) throws IOException {
    while (true) {
      String size = line();
      int extension = size.indexOf(';');
      long length = length(extension < 0 ? size : size.substring(0, extension), 16);
      if (length == 0) {
        break;
      }
      copy(length, body);
      line();
    }
    int trailing = 0;
    for (String line = line(); !line.isEmpty(); line = line()) {
      trailing += line.length();
      if (trailing > TRAILER_BYTES_MAX) {
        throw new IOException("the trailers are too long");
      }
      header(line, trailers);
    }
  }

  private static long length(String text, int radix) throws IOException {
    try {
      long length = Long.parseLong(text.strip(), radix);
      if (length >= 0) {
        return length;
      }
    } catch (NumberFormatException e) {
      throw new IOException("not a length: " + text, e);
    }
    throw new IOException("not a length: " + text);
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    while (true) {
      while (in.hasRemaining()) {
        char c = (char) (in.get() & 0xFF);
        if (c == '\n') {
          return line.toString();
        }
        if (c != '\r') {
          line.append(c);
        }
      }
      if (line.length() > TRAILER_BYTES_MAX) {
        throw new IOException("a line is too long");
      }
      more();
    }
  }

  private void copy(long length, IncomingBody body) throws IOException {
    body.expect(length);
    long left = length;
    while (left > 0) {
      if (!in.hasRemaining()) {
        more();
      }
      int here = (int) Math.min(left, in.remaining());
      body.add(in.array(), in.arrayOffset() + in.position(), here);
      in.position(in.position() + here);
      left -= here;
    }
  }

  /// The bytes go out with the next write: our runtimes have already asked for more.
  @Override
  public void accepted() {
    owesAccepted = true;
  }

  @Override
  public void write(String head, byte[] body) throws IOException {
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

  @Override
  public void close() throws IOException {
    channel.close();
  }
}

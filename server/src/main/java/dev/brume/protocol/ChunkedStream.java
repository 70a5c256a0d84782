package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.BodyError;
import dev.brume.model.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/// Decodes [`aws-chunked`](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html):
/// `<hex size>[;chunk-signature=…]\r\n<data>\r\n`, a chunk of size 0, trailing headers.
/// Data is handed on as it comes; what is wrong with it is a [BodyError] at the end of its chunk at
/// the latest, so nothing may be committed before the end of the stream.
final class ChunkedStream extends InputStream {
  private static final int LINE_MAX = 8192;
  private static final int TRAILERS_MAX = 32;

  private final InputStream in;
  private final @Nullable ChunkSignatures signatures;
  private final boolean trailing;
  private final MessageDigest digest = ChecksumAlgorithm.digest("SHA-256");
  private final Headers trailers = new Headers();
  private String signature = "";
  private long left;
  private boolean started;
  private boolean ended;

  /// @param signatures null when chunks are not signed or not to be verified
  /// @param trailing whether trailing headers follow the last chunk
  ChunkedStream(InputStream in, @Nullable ChunkSignatures signatures, boolean trailing) {
    this.in = in;
    this.signatures = signatures;
    this.trailing = trailing;
  }

  /// The trailing headers; complete once the stream has ended.
  Headers trailers() {
    return trailers;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (left == 0 && !ended) {
      nextChunk();
    }
    if (ended) {
      return -1;
    }
    int count = in.read(buffer, offset, (int) Math.min(length, left));
    if (count < 0) {
      throw incomplete();
    }
    if (signatures != null) {
      digest.update(buffer, offset, count);
    }
    left -= count;
    return count;
  }

  private void nextChunk() throws IOException {
    if (started) {
      // The line end after a chunk's data.
      if (!line().isEmpty()) {
        throw malformed();
      }
      verifyChunk();
    }
    started = true;
    String header = line();
    int semicolon = header.indexOf(';');
    left = size(semicolon < 0 ? header : header.substring(0, semicolon));
    signature = "";
    if (semicolon >= 0) {
      String extension = header.substring(semicolon + 1);
      if (extension.startsWith("chunk-signature=")) {
        signature = extension.substring("chunk-signature=".length());
      }
    }
    if (left == 0) {
      verifyChunk();
      end();
    }
  }

  private void verifyChunk() throws BodyError {
    if (signatures != null) {
      signatures.chunk(HexFormat.of().formatHex(digest.digest()), signature);
    }
  }

  private void end() throws IOException {
    String trailerSignature = "";
    var signed = new StringBuilder();
    for (int count = 0; ; count++) {
      String line = lineOrEnd();
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon < 1 || count == TRAILERS_MAX) {
        throw malformed();
      }
      String name = line.substring(0, colon).strip();
      String value = line.substring(colon + 1).strip();
      if (name.equalsIgnoreCase("x-amz-trailer-signature")) {
        trailerSignature = value;
      } else {
        trailers.add(name, value);
        signed.append(name).append(':').append(value).append('\n');
      }
    }
    if (signatures != null && trailing) {
      byte[] text = signed.toString().getBytes(StandardCharsets.UTF_8);
      signatures.trailer(HexFormat.of().formatHex(digest.digest(text)), trailerSignature);
    }
    if (in.read() >= 0) {
      throw malformed();
    }
    ended = true;
  }

  private static long size(String hex) throws BodyError {
    if (hex.isEmpty() || hex.length() > 15) {
      throw malformed();
    }
    try {
      return HexFormat.fromHexDigitsToLong(hex);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
  }

  private String line() throws IOException {
    String line = readLine();
    if (line == null) {
      throw incomplete();
    }
    return line;
  }

  // Some clients leave out the last empty line.
  private String lineOrEnd() throws IOException {
    String line = readLine();
    return line == null ? "" : line;
  }

  private @Nullable String readLine() throws IOException {
    var line = new StringBuilder();
    while (true) {
      int b = in.read();
      if (b < 0) {
        if (line.isEmpty()) {
          return null;
        }
        throw incomplete();
      }
      if (b == '\n') {
        int last = line.length() - 1;
        if (last >= 0 && line.charAt(last) == '\r') {
          line.setLength(last);
        }
        return line.toString();
      }
      if (line.length() == LINE_MAX) {
        throw malformed();
      }
      line.append((char) b);
    }
  }

  static BodyError incomplete() {
    return new BodyError(
        new ServiceError(
            "IncompleteBody",
            "You did not provide the number of bytes specified by the Content-Length HTTP header",
            400));
  }

  private static BodyError malformed() {
    return new BodyError(
        new ServiceError(
            "IncompleteBody", "The request body is not valid aws-chunked encoding", 400));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

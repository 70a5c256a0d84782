package dev.brume.protocol;

import dev.brume.model.BodyError;
import dev.brume.model.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The parts of a form with files, [multipart/form-data](https://www.rfc-editor.org/rfc/rfc7578),
/// one after the other, without holding a file in memory. A form that is not well made is an
/// [IOException] that carries the answer.
public final class MultipartForm {
  private static final Pattern TYPE =
      Pattern.compile("multipart/form-data\\s*;(.*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern PARAMETER =
      Pattern.compile("([A-Za-z-]+)\\s*=\\s*(?:\"((?:[^\"\\\\]|\\\\.)*)\"|([^\\s;\"]+))");
  private static final int BOUNDARY_LENGTH_MAX = 70;
  private static final int BUFFER_BYTES = 64 << 10;
  private static final int HEADER_BYTES_MAX = 8 << 10;

  private final InputStream in;
  private final byte[] delimiter;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int position;
  private int limit;
  private boolean ended;

  /// A part; its body is to be read before the next one is asked for.
  ///
  /// @param fileName null for a plain field
  public record Part(
      String name, @Nullable String fileName, @Nullable String contentType, InputStream body) {}

  private MultipartForm(InputStream in, String boundary) {
    this.in = in;
    delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
    // The first delimiter may stand at the very start.
    buffer[0] = '\r';
    buffer[1] = '\n';
    limit = 2;
  }

  /// Whether a request with this `Content-Type` is such a form.
  public static boolean is(@Nullable String contentType) {
    return contentType != null && boundary(contentType) != null;
  }

  public static MultipartForm open(String contentType, InputStream in) {
    String boundary = boundary(contentType);
    if (boundary == null) {
      throw new IllegalArgumentException(contentType);
    }
    return new MultipartForm(in, boundary);
  }

  private static @Nullable String boundary(String contentType) {
    Matcher type = TYPE.matcher(contentType);
    String boundary = type.matches() ? parameters(type.group(1)).get("boundary") : null;
    boolean usable =
        boundary != null && !boundary.isEmpty() && boundary.length() <= BOUNDARY_LENGTH_MAX;
    return usable ? boundary : null;
  }

  private static Map<String, String> parameters(String text) {
    var parameters = new HashMap<String, String>();
    Matcher matcher = PARAMETER.matcher(text);
    while (matcher.find()) {
      String quoted = matcher.group(2);
      parameters.putIfAbsent(
          matcher.group(1).toLowerCase(Locale.ROOT),
          quoted == null ? matcher.group(3) : quoted.replaceAll("\\\\(.)", "$1"));
    }
    return parameters;
  }

  /// The next part, null after the last one.
  public @Nullable Part next() throws IOException {
    if (ended) {
      return null;
    }
    skipToDelimiter();
    if (peek(0) == '-' && peek(1) == '-') {
      ended = true;
      return null;
    }
    String rest = line();
    if (!rest.isBlank()) {
      throw malformed();
    }
    Map<String, String> disposition = Map.of();
    String contentType = null;
    int bytes = 0;
    for (String header = line(); !header.isEmpty(); header = line()) {
      bytes += header.length();
      if (bytes > HEADER_BYTES_MAX) {
        throw malformed();
      }
      int colon = header.indexOf(':');
      String value = header.substring(colon + 1).strip();
      switch (header.substring(0, Math.max(colon, 0)).strip().toLowerCase(Locale.ROOT)) {
        case "content-disposition" -> disposition = parameters(value);
        case "content-type" -> contentType = value;
        default -> {}
      }
    }
    String name = disposition.get("name");
    if (name == null) {
      throw malformed();
    }
    return new Part(name, disposition.get("filename"), contentType, new PartBody());
  }

  private int peek(int ahead) throws IOException {
    while (limit - position <= ahead) {
      if (!fill()) {
        throw malformed();
      }
    }
    return buffer[position + ahead];
  }

  private void skipToDelimiter() throws IOException {
    while (true) {
      int ready = ready();
      if (ready == 0) {
        position += delimiter.length;
        return;
      }
      position += ready;
    }
  }

  // How many bytes are known not to be of a delimiter; 0 when the position is at one.
  private int ready() throws IOException {
    while (true) {
      int found = indexOfDelimiter();
      if (found >= 0) {
        return found - position;
      }
      int sure = limit - position - (delimiter.length - 1);
      if (sure > 0) {
        return sure;
      }
      if (!fill()) {
        throw malformed();
      }
    }
  }

  private int indexOfDelimiter() {
    for (int i = position; i <= limit - delimiter.length; i++) {
      if (buffer[i] == '\r'
          && Arrays.equals(buffer, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
        return i;
      }
    }
    return -1;
  }

  private boolean fill() throws IOException {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    }
    int count = in.read(buffer, limit, buffer.length - limit);
    if (count > 0) {
      limit += count;
    }
    return count > 0;
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    while (true) {
      int next = peek(0);
      position++;
      if (next == '\n' && !line.isEmpty() && line.charAt(line.length() - 1) == '\r') {
        line.setLength(line.length() - 1);
        return new String(
            line.toString().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
      }
      line.append((char) (next & 0xFF));
      if (line.length() > HEADER_BYTES_MAX) {
        throw malformed();
      }
    }
  }

  private static IOException malformed() {
    return new BodyError(
        new ServiceError(
            "MalformedPOSTRequest",
            "The body of your POST request is not well-formed multipart/form-data.",
            400));
  }

  private final class PartBody extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      int count = Math.min(ready(), length);
      if (count == 0) {
        return -1;
      }
      System.arraycopy(buffer, position, target, offset, count);
      position += count;
      return count;
    }
  }
}

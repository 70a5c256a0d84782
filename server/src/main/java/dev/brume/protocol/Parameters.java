package dev.brume.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Percent-encoded parameters: a query string or a form body. At most [#COUNT_MAX] of them.
public final class Parameters {
  /// More than any operation takes: SQS and CloudFormation send a few hundred.
  public static final int COUNT_MAX = 20_000;

  private Parameters() {}

  /// The parameters in order, each name with its values; a parameter without `=` has the value "".
  /// Throws [dev.brume.model.ServiceError] for bad encoding or too many.
  public static Map<String, List<String>> parse(@Nullable String encoded) {
    return parse(encoded, text -> decode(text, true));
  }

  private static Map<String, List<String>> parse(
      @Nullable String encoded, UnaryOperator<String> decoding) {
    try {
      return read(encoded, decoding);
    } catch (Malformed e) {
      throw new dev.brume.model.ServiceError("MalformedQueryString", e.reason(), 400);
    }
  }

  /// The same for a request to an application, which takes what a browser sends: encoding that is
  /// wrong stands for itself. Throws [dev.brume.model.ServiceError] for too many.
  public static Map<String, List<String>> lenient(@Nullable String encoded) {
    return parse(encoded, Parameters::decodeLenient);
  }

  static Map<String, List<String>> read(@Nullable String encoded) {
    return read(encoded, text -> decode(text, true));
  }

  private static Map<String, List<String>> read(
      @Nullable String encoded, UnaryOperator<String> decoding) {
    var parameters = new LinkedHashMap<String, List<String>>();
    if (encoded == null || encoded.isEmpty()) {
      return parameters;
    }
    int count = 0;
    for (int from = 0; from <= encoded.length(); ) {
      int end = encoded.indexOf('&', from);
      end = end < 0 ? encoded.length() : end;
      if (end > from) {
        if (++count > COUNT_MAX) {
          throw new Malformed("Too many parameters");
        }
        int equals = encoded.indexOf('=', from);
        boolean valued = equals >= 0 && equals < end;
        String name = decoding.apply(encoded.substring(from, valued ? equals : end));
        String value = valued ? decoding.apply(encoded.substring(equals + 1, end)) : "";
        parameters.computeIfAbsent(name, key -> new ArrayList<>(1)).add(value);
      }
      from = end + 1;
    }
    return parameters;
  }

  /// Removes the percent-encoding of a path. Throws [dev.brume.model.ServiceError] for bad
  /// encoding.
  public static String decodePath(String encoded) {
    try {
      return decode(encoded, false);
    } catch (Malformed e) {
      throw new dev.brume.model.ServiceError("InvalidArgument", e.reason(), 400);
    }
  }

  /// Removes percent-encoding.
  ///
  /// @param plusIsSpace as in query strings and forms; not in paths
  static String decode(String encoded, boolean plusIsSpace) {
    if (encoded.indexOf('%') < 0 && (!plusIsSpace || encoded.indexOf('+') < 0)) {
      return encoded;
    }
    byte[] in = encoded.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      byte b = in[i];
      if (b == '%') {
        if (i + 2 >= in.length) {
          throw new Malformed("Invalid percent-encoding");
        }
        int high = Character.digit(in[i + 1], 16);
        int low = Character.digit(in[i + 2], 16);
        if (high < 0 || low < 0) {
          throw new Malformed("Invalid percent-encoding");
        }
        out[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        out[length++] = plusIsSpace && b == '+' ? (byte) ' ' : b;
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(out, 0, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("Invalid UTF-8 in percent-encoding");
    }
  }

  private static String decodeLenient(String encoded) {
    byte[] in = encoded.getBytes(StandardCharsets.UTF_8);
    byte[] out = new byte[in.length];
    int length = 0;
    for (int i = 0; i < in.length; i++) {
      int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      if (low >= 0) {
        out[length++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        out[length++] = in[i] == '+' ? (byte) ' ' : in[i];
      }
    }
    return new String(out, 0, length, StandardCharsets.UTF_8);
  }
}

package dev.brume.auth;

import dev.brume.http.Headers;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The canonical form of a request, which both sides of a signature compute.
final class Canonical {
  private static final String HEX = "0123456789ABCDEF";

  private Canonical() {}

  /// A query parameter, decoded.
  record Parameter(String name, String value) {}

  /// The parameters of a query in order. A wrong escape stays as it is; a plus is a plus.
  static List<Parameter> parameters(@Nullable String rawQuery) {
    var parameters = new ArrayList<Parameter>();
    if (rawQuery == null || rawQuery.isEmpty()) {
      return parameters;
    }
    for (String part : rawQuery.split("&", -1)) {
      if (part.isEmpty()) {
        continue;
      }
      int equals = part.indexOf('=');
      String name = equals < 0 ? part : part.substring(0, equals);
      String value = equals < 0 ? "" : part.substring(equals + 1);
      parameters.add(new Parameter(text(decode(name)), text(decode(value))));
    }
    return parameters;
  }

  /// The canonical query string, without the signature itself.
  static String query(@Nullable String rawQuery) {
    var encoded = new ArrayList<Parameter>();
    for (Parameter parameter : parameters(rawQuery)) {
      if (!parameter.name().equals("X-Amz-Signature")) {
        encoded.add(
            new Parameter(encode(bytes(parameter.name())), encode(bytes(parameter.value()))));
      }
    }
    encoded.sort(Comparator.comparing(Parameter::name).thenComparing(Parameter::value));
    var out = new StringBuilder();
    for (Parameter parameter : encoded) {
      out.append(out.isEmpty() ? "" : "&");
      out.append(parameter.name()).append('=').append(parameter.value());
    }
    return out.toString();
  }

  /// S3's canonical path: encoded once, nothing normalised.
  static String pathOfS3(String rawPath) {
    return encodePath(decode(rawPath));
  }

  /// The canonical path of every other service: dots and double slashes removed, the encoded path
  /// encoded again.
  static String path(String rawPath) {
    var segments = new ArrayList<String>();
    for (String segment : rawPath.split("/", -1)) {
      if (segment.equals("..")) {
        if (!segments.isEmpty()) {
          segments.removeLast();
        }
      } else if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    String path = "/" + String.join("/", segments);
    return encodePath(bytes(path.length() > 1 && rawPath.endsWith("/") ? path + "/" : path));
  }

  /// The canonical headers, each with its line end.
  static String headers(List<String> signedHeaders, Headers headers) {
    var out = new StringBuilder();
    for (String name : signedHeaders) {
      out.append(name).append(':');
      boolean first = true;
      for (String value : headers.all(name)) {
        out.append(first ? "" : ",").append(value.strip().replaceAll(" +", " "));
        first = false;
      }
      out.append('\n');
    }
    return out.toString();
  }

  static String sha256(byte[] content) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] decode(String encoded) {
    byte[] in = bytes(encoded);
    var out = new ByteArrayOutputStream(in.length);
    for (int i = 0; i < in.length; i++) {
      int high = in[i] == '%' && i + 2 < in.length ? Character.digit(in[i + 1], 16) : -1;
      int low = high < 0 ? -1 : Character.digit(in[i + 2], 16);
      if (low < 0) {
        out.write(in[i]);
      } else {
        out.write(high << 4 | low);
        i += 2;
      }
    }
    return out.toByteArray();
  }

  private static String encodePath(byte[] path) {
    return encode(path).replace("%2F", "/");
  }

  private static String encode(byte[] content) {
    var out = new StringBuilder(content.length + 16);
    for (byte b : content) {
      boolean plain =
          b >= 'A' && b <= 'Z'
              || b >= 'a' && b <= 'z'
              || b >= '0' && b <= '9'
              || b == '-'
              || b == '_'
              || b == '.'
              || b == '~';
      if (plain) {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.charAt(b >> 4 & 15)).append(HEX.charAt(b & 15));
      }
    }
    return out.toString();
  }
}

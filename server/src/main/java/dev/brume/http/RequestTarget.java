package dev.brume.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The target of a request line, kept as it came but for two things: a scheme and authority in
/// front of the path are cut off, and bytes outside ASCII are percent-encoded.
///
/// @param path starts with `/`
/// @param query what follows the first `?`, null without one
record RequestTarget(String path, @Nullable String query) {

  /// Throws IllegalArgumentException when the target is neither a path nor an http URL.
  static RequestTarget parse(String target) {
    String rest = ascii(target);
    String lower = rest.substring(0, Math.min(8, rest.length())).toLowerCase(Locale.ROOT);
    if (lower.startsWith("http://") || lower.equals("https://")) {
      int authority = rest.indexOf("//") + 2;
      int end = authority;
      while (end < rest.length() && rest.charAt(end) != '/' && rest.charAt(end) != '?') {
        end++;
      }
      rest = rest.substring(end);
      if (!rest.startsWith("/")) {
        rest = "/" + rest;
      }
    }
    if (!rest.startsWith("/")) {
      throw new IllegalArgumentException("not a path: " + rest);
    }
    int question = rest.indexOf('?');
    return question < 0
        ? new RequestTarget(rest, null)
        : new RequestTarget(rest.substring(0, question), rest.substring(question + 1));
  }

  // The server library gives each byte as one character.
  private static String ascii(String target) {
    int i = 0;
    while (i < target.length() && target.charAt(i) < 0x80) {
      i++;
    }
    if (i == target.length()) {
      return target;
    }
    var out = new StringBuilder(target.length() + 16).append(target, 0, i);
    for (; i < target.length(); i++) {
      char c = target.charAt(i);
      if (c < 0x80) {
        out.append(c);
      } else {
        out.append('%').append(String.format(Locale.ROOT, "%02X", c & 0xFF));
      }
    }
    return out.toString();
  }
}

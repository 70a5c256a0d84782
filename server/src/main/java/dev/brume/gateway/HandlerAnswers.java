package dev.brume.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.http.Headers;
import java.util.Locale;
import java.util.Set;

/// How the answers of functions that serve HTTP requests are read, behind an API as behind a URL of
/// their own.
public final class HandlerAnswers {
  // Names that AWS keeps for itself.
  private static final Set<String> REMAPPED =
      Set.of("connection", "content-length", "date", "host", "server", "www-authenticate");

  private HandlerAnswers() {}

  /// A status code, given as a number or as a text of three digits; −1 for anything else.
  public static int status(JsonNode code) {
    if (code.isTextual() && code.asText().matches("\\d{3}")) {
      return Integer.parseInt(code.asText());
    }
    boolean integral = code.isNumber() && code.decimalValue().stripTrailingZeros().scale() <= 0;
    return integral ? code.intValue() : -1;
  }

  /// Adds the fields of an object. Returns false when one of them is no header.
  public static boolean addAll(JsonNode fields, Headers into) {
    if (fields.isNull() || fields.isMissingNode()) {
      return true;
    }
    if (!fields.isObject()) {
      return false;
    }
    for (var field : fields.properties()) {
      if (!add(field.getKey(), field.getValue(), into)) {
        return false;
      }
    }
    return true;
  }

  /// Adds a header, under another name where AWS keeps its name for itself. Returns false when it
  /// is none.
  public static boolean add(String name, JsonNode value, Headers into) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (!value.isValueNode() || !lower.matches("[!#$%&'*+.^_`|~0-9a-z-]+")) {
      return false;
    }
    if (lower.equals("transfer-encoding") || value.isNull()) {
      return true;
    }
    try {
      into.add(REMAPPED.contains(lower) ? "x-amzn-Remapped-" + name : name, value.asText());
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}

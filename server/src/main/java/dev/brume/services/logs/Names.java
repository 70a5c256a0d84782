package dev.brume.services.logs;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// How groups are named in requests, and pages of lists that are ordered by a text.
final class Names {
  record Page<T>(List<T> items, @Nullable String next) {}

  private Names() {}

  /// The group's name out of a name or an identifier (name or ARN), of which one must be there.
  static String group(@Nullable String name, @Nullable String identifier) {
    if (name != null && identifier != null) {
      throw LogsErrors.invalid("LogGroup name and LogGroup ARN are mutually exclusive parameters.");
    }
    String given = name == null ? identifier : name;
    if (given == null) {
      throw LogsErrors.invalid("Either logGroupName or logGroupIdentifier must be specified.");
    }
    return ofIdentifier(given);
  }

  /// `arn:aws:logs:<region>:<account>:log-group:<name>`, with or without `:*`, or the name itself.
  static String ofIdentifier(String identifier) {
    if (!identifier.startsWith("arn:")) {
      return identifier;
    }
    String[] parts = identifier.split(":", 8);
    if (parts.length < 7 || !parts[5].equals("log-group")) {
      throw LogsErrors.invalid("The specified ARN is invalid.");
    }
    return parts[6];
  }

  /// @param all in the order of their places
  /// @param place orders the items and tells where a page begins; unique
  static <T> Page<T> page(
      List<T> all, Function<T, String> place, boolean descending, @Nullable String token, int max) {
    int from = 0;
    if (token != null) {
      String at = decode(token);
      while (from < all.size() && before(place.apply(all.get(from)), at, descending)) {
        from++;
      }
    }
    int to = Math.min(all.size(), from + max);
    return new Page<>(
        all.subList(from, to), to < all.size() ? encode(place.apply(all.get(to))) : null);
  }

  private static boolean before(String place, String at, boolean descending) {
    return descending ? place.compareTo(at) > 0 : place.compareTo(at) < 0;
  }

  static String encode(String text) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static String decode(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw LogsErrors.badToken();
    }
  }
}

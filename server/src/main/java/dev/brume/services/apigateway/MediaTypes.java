package dev.brume.services.apigateway;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// An API's binary media types.
final class MediaTypes {
  private MediaTypes() {}

  /// Without parameters, lower case.
  static String bare(String contentType) {
    int end = contentType.indexOf(';');
    return (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
  }

  /// Whether a content type is one of these; they may be `*/*` and `image/*`.
  static boolean contains(List<String> types, @Nullable String contentType) {
    String bare = contentType == null ? "" : bare(contentType);
    for (String type : types) {
      String wanted = type.toLowerCase(Locale.ROOT);
      boolean whole = wanted.equals("*/*") || wanted.equals(bare);
      boolean family =
          wanted.endsWith("/*") && bare.startsWith(wanted.substring(0, wanted.length() - 1));
      if (whole || family) {
        return true;
      }
    }
    return false;
  }
}

package dev.brume.services.lambda;

/// The wildcards of policies: `*` is any text, `?` any character.
final class Patterns {
  private Patterns() {}

  /// ArnLike: each of the first five parts by itself, the rest as a whole.
  static boolean arnLike(String pattern, String arn) {
    String[] wanted = pattern.split(":", 6);
    String[] given = arn.split(":", 6);
    if (wanted.length != given.length) {
      return like(pattern, arn);
    }
    for (int i = 0; i < wanted.length; i++) {
      if (!like(wanted[i], given[i])) {
        return false;
      }
    }
    return true;
  }

  static boolean like(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int mark = 0;
    while (t < text.length()) {
      if (p < pattern.length()
          && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))
          && pattern.charAt(p) != '*') {
        p++;
        t++;
      } else if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        mark = t;
      } else if (star >= 0) {
        p = star + 1;
        t = ++mark;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}

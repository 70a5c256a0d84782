package dev.brume.auth;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Patterns with `*` and `?`, and the [policy
/// variables](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html)
/// in them.
final class Glob {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
  // Stand for a star and a question mark that mean themselves, in pattern and text alike.
  private static final char STAR = '\uE000';
  private static final char QUESTION = '\uE001';

  private Glob() {}

  static boolean matches(String pattern, String text) {
    return match(pattern, literal(text));
  }

  static boolean matchesIgnoringCase(String pattern, String text) {
    return match(pattern.toLowerCase(Locale.ROOT), literal(text.toLowerCase(Locale.ROOT)));
  }

  private static String literal(String text) {
    return text.replace('*', STAR).replace('?', QUESTION);
  }

  // Greedy with one point to come back to: linear but for the last star.
  private static boolean match(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int from = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        from = t;
      } else if (p < pattern.length() && same(pattern.charAt(p), text.charAt(t))) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++from;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }

  private static boolean same(char pattern, char text) {
    return pattern == '?' || pattern == text;
  }

  /// The pattern with its variables replaced; null when one of them has no value and no default, so
  /// that nothing matches.
  static @Nullable String resolve(String pattern, Map<String, List<String>> context) {
    if (pattern.indexOf("${") < 0) {
      return pattern;
    }
    Matcher variable = VARIABLE.matcher(pattern);
    var out = new StringBuilder();
    int end = 0;
    while (variable.find()) {
      String value = value(variable.group(1), context);
      if (value == null) {
        return null;
      }
      out.append(pattern, end, variable.start()).append(literal(value));
      end = variable.end();
    }
    return out.append(pattern, end, pattern.length()).toString();
  }

  private static @Nullable String value(String name, Map<String, List<String>> context) {
    if (name.equals("*") || name.equals("?") || name.equals("$")) {
      return name;
    }
    int comma = name.indexOf(',');
    String key = (comma < 0 ? name : name.substring(0, comma)).strip().toLowerCase(Locale.ROOT);
    List<String> values = context.get(key);
    if (values != null && values.size() == 1) {
      return values.getFirst();
    }
    if (comma < 0) {
      return null;
    }
    String fallback = name.substring(comma + 1).strip();
    return fallback.length() >= 2 && fallback.startsWith("'") && fallback.endsWith("'")
        ? fallback.substring(1, fallback.length() - 1)
        : null;
  }
}

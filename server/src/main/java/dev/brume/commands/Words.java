package dev.brume.commands;

import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a command's words mean.
final class Words {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})([smhd])");

  private Words() {}

  /// Takes an option and its value out of the words; null if it is not there.
  static @Nullable String option(List<String> words, String name) {
    int at = words.indexOf(name);
    if (at < 0) {
      return null;
    }
    if (at + 1 == words.size()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    String value = words.get(at + 1);
    words.subList(at, at + 2).clear();
    return value;
  }

  /// Takes an option without a value out of the words.
  static boolean flag(List<String> words, String name) {
    return words.remove(name);
  }

  /// E.g. `90s`, `15m`, `1h30m`, `2d`.
  static Duration duration(String text) {
    Matcher part = PART.matcher(text);
    Duration total = Duration.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      long count = Long.parseLong(part.group(1));
      total =
          total.plus(
              switch (part.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
              });
      end = part.end();
    }
    if (end == 0 || end != text.length()) {
      throw new IllegalArgumentException("not a time: " + text + " (e.g. 90s, 15m, 1h30m, 2d)");
    }
    return total;
  }
}

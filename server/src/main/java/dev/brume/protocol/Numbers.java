package dev.brume.protocol;

import java.math.BigDecimal;
import java.util.regex.Pattern;

/// Numbers from text, never cut silently and never expensive.
final class Numbers {
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,20}");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?[0-9]{1,400}(\\.[0-9]{0,400})?([eE][+-]?[0-9]{1,3})?");

  private Numbers() {}

  static int integer(String text) {
    long value = longInteger(text);
    if (value != (int) value) {
      throw new Malformed(text + " is out of the range of an Integer");
    }
    return (int) value;
  }

  static long longInteger(String text) {
    if (!INTEGER.matcher(text).matches()) {
      throw new Malformed(quoted(text) + " is not an integer");
    }
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new Malformed(text + " is out of the range of a Long");
    }
  }

  static BigDecimal decimal(String text) {
    if (!DECIMAL.matcher(text).matches()) {
      throw new Malformed(quoted(text) + " is not a number");
    }
    return new BigDecimal(text);
  }

  static double floating(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> decimal(text).doubleValue();
    };
  }

  /// `42` as `42`, `1.5` as `1.5`, the special values by name.
  static String write(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return Double.toString(value);
  }

  private static String quoted(String text) {
    return "'" + (text.length() > 100 ? text.substring(0, 100) + "…" : text) + "'";
  }
}

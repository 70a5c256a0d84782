package dev.brume.auth;

import dev.brume.auth.PolicyDocument.Condition;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Condition operators.
///
///
// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html>
final class Conditions {
  /// Those that policies may have, without set prefix and `IfExists`.
  static final Set<String> OPERATORS = operators();

  private Conditions() {}

  private static Set<String> operators() {
    var all = new HashSet<>(Set.of("Bool", "BinaryEquals", "IpAddress", "NotIpAddress", "Null"));
    for (String kind : List.of("String", "Arn")) {
      for (String relation : List.of("Equals", "NotEquals", "Like", "NotLike")) {
        all.add(kind + relation);
      }
    }
    all.addAll(Set.of("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"));
    for (String kind : List.of("Numeric", "Date")) {
      all.addAll(Set.of(kind + "Equals", kind + "NotEquals"));
      for (String relation : List.of("LessThan", "GreaterThan")) {
        all.addAll(Set.of(kind + relation, kind + relation + "Equals"));
      }
    }
    return Set.copyOf(all);
  }

  /// @param context values by key, keys in lower case
  static boolean hold(List<Condition> conditions, Map<String, List<String>> context) {
    for (Condition condition : conditions) {
      if (!holds(condition, context)) {
        return false;
      }
    }
    return true;
  }

  private static boolean holds(Condition condition, Map<String, List<String>> context) {
    List<String> given = context.get(condition.key().toLowerCase(Locale.ROOT));
    boolean absent = given == null || given.isEmpty();
    if (condition.operator().equals("Null")) {
      return condition.values().contains(Boolean.toString(absent));
    }
    if (given == null || given.isEmpty()) {
      boolean negated = condition.operator().contains("Not");
      return switch (condition.quantifier()) {
        case "ForAllValues" -> true;
        case "ForAnyValue" -> condition.ifExists();
        default -> condition.ifExists() || negated;
      };
    }
    // A negated operator holds for a value that none of the policy's values matches.
    boolean negated = condition.operator().contains("Not");
    String positive = condition.operator().replace("Not", "");
    Predicate<String> matched =
        value -> {
          boolean any = false;
          for (String wanted : condition.values()) {
            String resolved = Glob.resolve(wanted, context);
            any |= resolved != null && compare(positive, value, resolved);
          }
          return any != negated;
        };
    return switch (condition.quantifier()) {
      case "ForAnyValue" -> given.stream().anyMatch(matched);
      case "ForAllValues" -> given.stream().allMatch(matched);
      default -> negated ? given.stream().allMatch(matched) : given.stream().anyMatch(matched);
    };
  }

  private static boolean compare(String operator, String value, String wanted) {
    return switch (operator) {
      case "StringEquals", "BinaryEquals" -> Glob.matches(escaped(wanted), value);
      case "StringEqualsIgnoreCase" -> Glob.matchesIgnoringCase(escaped(wanted), value);
      case "StringLike" -> Glob.matches(wanted, value);
      case "ArnEquals", "ArnLike" -> arn(wanted, value);
      case "Bool" -> wanted.equalsIgnoreCase(value);
      case "IpAddress" -> inside(wanted, value);
      case "NumericEquals" -> sign(number(value), number(wanted), sign -> sign == 0);
      case "NumericLessThan" -> sign(number(value), number(wanted), sign -> sign < 0);
      case "NumericLessThanEquals" -> sign(number(value), number(wanted), sign -> sign <= 0);
      case "NumericGreaterThan" -> sign(number(value), number(wanted), sign -> sign > 0);
      case "NumericGreaterThanEquals" -> sign(number(value), number(wanted), sign -> sign >= 0);
      case "DateEquals" -> sign(date(value), date(wanted), sign -> sign == 0);
      case "DateLessThan" -> sign(date(value), date(wanted), sign -> sign < 0);
      case "DateLessThanEquals" -> sign(date(value), date(wanted), sign -> sign <= 0);
      case "DateGreaterThan" -> sign(date(value), date(wanted), sign -> sign > 0);
      case "DateGreaterThanEquals" -> sign(date(value), date(wanted), sign -> sign >= 0);
      default -> false;
    };
  }

  // Wildcards mean themselves; variables have been replaced already.
  private static String escaped(String wanted) {
    return wanted.replace('*', '\uE000').replace('?', '\uE001');
  }

  // Part by part: a wildcard does not reach over a colon, but in the last part.
  private static boolean arn(String wanted, String value) {
    String[] patterns = wanted.split(":", 6);
    String[] parts = value.split(":", 6);
    if (patterns.length != 6 || parts.length != 6) {
      return wanted.equals("*") || wanted.equals(value);
    }
    for (int i = 0; i < 6; i++) {
      if (!Glob.matches(patterns[i], parts[i])) {
        return false;
      }
    }
    return true;
  }

  private static <T extends Comparable<T>> boolean sign(
      @Nullable T value, @Nullable T wanted, Predicate<Integer> holds) {
    return value != null && wanted != null && holds.test(value.compareTo(wanted));
  }

  private static @Nullable BigDecimal number(String text) {
    try {
      return text.length() > 40 ? null : new BigDecimal(text);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Instant date(String text) {
    try {
      return text.matches("-?\\d{1,15}")
          ? Instant.ofEpochSecond(Long.parseLong(text))
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private static boolean inside(String range, String address) {
    int slash = range.indexOf('/');
    byte[] network = bytes(slash < 0 ? range : range.substring(0, slash));
    byte[] host = bytes(address);
    if (network == null || host == null || network.length != host.length) {
      return false;
    }
    String bits = slash < 0 ? Integer.toString(host.length * 8) : range.substring(slash + 1);
    if (!bits.matches("\\d{1,3}")) {
      return false;
    }
    int prefix = Integer.parseInt(bits);
    for (int bit = 0; bit < Math.min(prefix, host.length * 8); bit++) {
      int mask = 0x80 >> bit % 8;
      if ((network[bit / 8] & mask) != (host[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  // Numeric addresses only: a name would be looked up.
  private static byte @Nullable [] bytes(String address) {
    if (!address.matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
      return null;
    }
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}

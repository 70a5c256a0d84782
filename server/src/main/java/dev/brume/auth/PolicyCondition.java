package dev.brume.auth;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One operator of a statement's `Condition` with one key and its values (IAM user guide,
/// "Condition
/// operators").
record PolicyCondition(
    Quantifier quantifier, String operator, boolean ifExists, String key, List<String> values) {
  enum Quantifier {
    NONE,
    ANY,
    ALL
  }

  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
  private static final Pattern OPERATOR =
      Pattern.compile(
          "(?i)(ForAllValues:|ForAnyValue:)?(String(?:Not)?Equals(?:IgnoreCase)?|String(?:Not)?Like"
              + "|Numeric(?:Not)?Equals|Numeric(?:Less|Greater)Than(?:Equals)?|Date(?:Not)?Equals"
              + "|Date(?:Less|Greater)Than(?:Equals)?|Bool|BinaryEquals|(?:Not)?IpAddress"
              + "|Arn(?:Not)?(?:Equals|Like)|Null)(IfExists)?");

  /// Reads a `Condition` element. Throws IllegalArgumentException for an unknown operator.
  static List<PolicyCondition> parse(JsonNode condition) {
    var all = new ArrayList<PolicyCondition>();
    for (Map.Entry<String, JsonNode> operator : condition.properties()) {
      Matcher parts = OPERATOR.matcher(operator.getKey());
      if (!parts.matches()) {
        throw new IllegalArgumentException("Invalid Condition type : " + operator.getKey());
      }
      String prefix = parts.group(1);
      Quantifier quantifier =
          prefix == null
              ? Quantifier.NONE
              : prefix.equalsIgnoreCase("ForAnyValue:") ? Quantifier.ANY : Quantifier.ALL;
      for (Map.Entry<String, JsonNode> key : operator.getValue().properties()) {
        all.add(
            new PolicyCondition(
                quantifier,
                parts.group(2).toLowerCase(Locale.ROOT),
                parts.group(3) != null,
                key.getKey().toLowerCase(Locale.ROOT),
                PolicyStatement.texts(key.getValue())));
      }
    }
    return all;
  }

  boolean holds(AccessRequest request) {
    List<String> given = request.context().get(key);
    if (operator.equals("null")) {
      return values.contains(Boolean.toString(given == null));
    }
    if (given == null || given.isEmpty()) {
      return ifExists
          || quantifier == Quantifier.ALL
          || negative() && quantifier == Quantifier.NONE;
    }
    return switch (quantifier) {
      case NONE, ANY ->
          quantifier == Quantifier.NONE && negative()
              ? given.stream().allMatch(value -> holds(value, request))
              : given.stream().anyMatch(value -> holds(value, request));
      case ALL -> given.stream().allMatch(value -> holds(value, request));
    };
  }

  private boolean negative() {
    return operator.contains("not");
  }

  // A negative operator holds when none of the policy's values matches.
  private boolean holds(String given, AccessRequest request) {
    boolean any = values.stream().anyMatch(value -> matches(resolve(value, request), given));
    return negative() != any;
  }

  private boolean matches(String wanted, String given) {
    return switch (operator.replace("not", "")) {
      case "stringequals", "binaryequals" -> wanted.equals(given);
      case "stringequalsignorecase", "bool" -> wanted.equalsIgnoreCase(given);
      case "stringlike" -> Wildcards.match(wanted, given);
      case "arnequals", "arnlike" -> Wildcards.matchArn(wanted, given);
      case "ipaddress" -> inRange(wanted, given);
      default -> ordered(wanted, given);
    };
  }

  private boolean ordered(String wanted, String given) {
    Integer order = operator.startsWith("numeric") ? numbers(given, wanted) : dates(given, wanted);
    if (order == null) {
      return false;
    }
    String relation = operator.replace("not", "").substring(operator.startsWith("date") ? 4 : 7);
    return switch (relation) {
      case "equals" -> order == 0;
      case "lessthan" -> order < 0;
      case "lessthanequals" -> order <= 0;
      case "greaterthan" -> order > 0;
      default -> order >= 0;
    };
  }

  private static @Nullable Integer numbers(String given, String wanted) {
    try {
      return new BigDecimal(given).compareTo(new BigDecimal(wanted));
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static @Nullable Integer dates(String given, String wanted) {
    try {
      return instant(given).compareTo(instant(wanted));
    } catch (DateTimeParseException e) {
      return null;
    }
  }

  private static Instant instant(String text) {
    return text.matches("\\d{1,12}")
        ? Instant.ofEpochSecond(Long.parseLong(text))
        : OffsetDateTime.parse(text).toInstant();
  }

  private static boolean inRange(String range, String address) {
    String[] parts = range.split("/", 2);
    if (!literal(parts[0]) || !literal(address)) {
      return false;
    }
    try {
      byte[] network = InetAddress.getByName(parts[0]).getAddress();
      byte[] given = InetAddress.getByName(address).getAddress();
      int bits = parts.length == 1 ? network.length * 8 : Integer.parseInt(parts[1]);
      if (network.length != given.length) {
        return false;
      }
      for (int i = 0; i < bits; i++) {
        int mask = 0x80 >> i % 8;
        if ((network[i / 8] & mask) != (given[i / 8] & mask)) {
          return false;
        }
      }
      return true;
    } catch (UnknownHostException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return false;
    }
  }

  // Never a name: that would be looked up.
  private static boolean literal(String address) {
    return address.matches("[0-9.]+") || address.contains(":");
  }

  /// Puts in the values of policy variables, e.g. `${aws:PrincipalAccount}`; `${*}` stands for a
  /// star. A variable without a value stays as it is, so that it matches nothing.
  static String resolve(String text, AccessRequest request) {
    if (text.indexOf('$') < 0) {
      return text;
    }
    return VARIABLE
        .matcher(text)
        .replaceAll(
            match -> {
              String name = match.group(1);
              if (name.equals("*") || name.equals("?") || name.equals("$")) {
                return Matcher.quoteReplacement(name);
              }
              List<String> values = request.context().get(name.toLowerCase(Locale.ROOT));
              return Matcher.quoteReplacement(
                  values == null || values.size() != 1 ? match.group() : values.getFirst());
            });
  }
}

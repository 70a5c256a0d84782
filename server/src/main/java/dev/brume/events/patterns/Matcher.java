package dev.brume.events.patterns;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// One alternative of a field.
sealed interface Matcher {
  boolean matches(JsonNode value);

  record Equal(JsonNode wanted) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      if (wanted.isNumber() && value.isNumber()) {
        return wanted.decimalValue().compareTo(value.decimalValue()) == 0;
      }
      return wanted.equals(value);
    }
  }

  record Prefix(String prefix, boolean ignoreCase) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      return value.isTextual()
          && value.asText().regionMatches(ignoreCase, 0, prefix, 0, prefix.length());
    }
  }

  record Suffix(String suffix, boolean ignoreCase) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      String text = value.asText();
      return value.isTextual()
          && text.regionMatches(
              ignoreCase, text.length() - suffix.length(), suffix, 0, suffix.length());
    }
  }

  record EqualIgnoringCase(String wanted) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      return value.isTextual() && value.asText().equalsIgnoreCase(wanted);
    }
  }

  /// `*` stands for any characters; `\*` for itself. Walks both texts once, without regular
  /// expressions.
  record Wildcard(List<String> parts) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      if (!value.isTextual()) {
        return false;
      }
      String text = value.asText();
      String first = parts.getFirst();
      String last = parts.getLast();
      if (parts.size() == 1) {
        return text.equals(first);
      }
      if (!text.startsWith(first)) {
        return false;
      }
      int at = first.length();
      for (String part : parts.subList(1, parts.size() - 1)) {
        int found = text.indexOf(part, at);
        if (found < 0) {
          return false;
        }
        at = found + part.length();
      }
      return text.length() - last.length() >= at && text.endsWith(last);
    }
  }

  record AnythingBut(List<Matcher> refused) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      return refused.stream().noneMatch(matcher -> matcher.matches(value));
    }
  }

  record Numeric(List<Bound> bounds) implements Matcher {
    record Bound(String operator, BigDecimal number) {}

    @Override
    public boolean matches(JsonNode value) {
      if (!value.isNumber()) {
        return false;
      }
      return bounds.stream()
          .allMatch(
              bound -> {
                int order = value.decimalValue().compareTo(bound.number());
                return switch (bound.operator()) {
                  case "=" -> order == 0;
                  case "<" -> order < 0;
                  case "<=" -> order <= 0;
                  case ">" -> order > 0;
                  default -> order >= 0;
                };
              });
    }
  }

  record Cidr(byte[] network, int bits) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      byte[] address = Addresses.parse(value.asText());
      if (!value.isTextual() || address == null || address.length != network.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> bit % 8;
        if ((address[bit / 8] & mask) != (network[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  /// Handled by the field: whether anything is there.
  record Exists(boolean wanted) implements Matcher {
    @Override
    public boolean matches(JsonNode value) {
      return wanted;
    }
  }

  static Matcher of(JsonNode alternative) throws EventPattern.Invalid {
    if (!alternative.isObject()) {
      if (alternative.isArray()) {
        throw new EventPattern.Invalid("Match value must be String, number, true, false, or null");
      }
      return new Equal(alternative);
    }
    if (alternative.size() != 1) {
      throw new EventPattern.Invalid("Only one key allowed in match expression");
    }
    var entry = alternative.properties().iterator().next();
    JsonNode value = entry.getValue();
    return switch (entry.getKey()) {
      case "prefix" -> affix(value, "prefix", true);
      case "suffix" -> affix(value, "suffix", false);
      case "equals-ignore-case" -> new EqualIgnoringCase(text(value, "equals-ignore-case"));
      case "wildcard" -> wildcard(text(value, "wildcard"));
      case "anything-but" -> anythingBut(value);
      case "numeric" -> numeric(value);
      case "cidr" -> cidr(text(value, "cidr"));
      case "exists" -> {
        if (!value.isBoolean()) {
          throw new EventPattern.Invalid("exists match pattern must be either true or false.");
        }
        yield new Exists(value.asBoolean());
      }
      default -> throw new EventPattern.Invalid("Unrecognized match type " + entry.getKey());
    };
  }

  private static Matcher affix(JsonNode value, String operator, boolean prefix)
      throws EventPattern.Invalid {
    boolean ignoreCase = value.isObject() && value.size() == 1 && value.has("equals-ignore-case");
    String text = text(ignoreCase ? value.get("equals-ignore-case") : value, operator);
    return prefix ? new Prefix(text, ignoreCase) : new Suffix(text, ignoreCase);
  }

  private static String text(JsonNode value, String operator) throws EventPattern.Invalid {
    if (!value.isTextual()) {
      throw new EventPattern.Invalid(operator + " match pattern must be a string");
    }
    return value.asText();
  }

  private static Matcher wildcard(String pattern) throws EventPattern.Invalid {
    var parts = new ArrayList<String>();
    var part = new StringBuilder();
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\' && i + 1 < pattern.length() && "*\\".indexOf(pattern.charAt(i + 1)) >= 0) {
        part.append(pattern.charAt(++i));
      } else if (c == '*') {
        if (i > 0 && pattern.charAt(i - 1) == '*') {
          throw new EventPattern.Invalid("Consecutive wildcard characters at pos " + (i - 1));
        }
        parts.add(part.toString());
        part.setLength(0);
      } else {
        part.append(c);
      }
    }
    parts.add(part.toString());
    return new Wildcard(List.copyOf(parts));
  }

  private static Matcher anythingBut(JsonNode value) throws EventPattern.Invalid {
    var refused = new ArrayList<Matcher>();
    if (value.isObject()) {
      if (value.size() != 1) {
        throw new EventPattern.Invalid("Only one key allowed in match expression");
      }
      var entry = value.properties().iterator().next();
      if (!List.of("prefix", "suffix", "equals-ignore-case", "wildcard").contains(entry.getKey())) {
        throw new EventPattern.Invalid("Unsupported anything-but pattern: " + entry.getKey());
      }
      JsonNode operands = entry.getValue();
      for (JsonNode operand : operands.isArray() ? operands : List.of(operands)) {
        refused.add(of(dev.brume.json.Json.object().set(entry.getKey(), operand)));
      }
    } else {
      for (JsonNode operand : value.isArray() ? value : List.of(value)) {
        if (!operand.isTextual()
            && !operand.isNumber()
            && !operand.isNull()
            && !operand.isBoolean()) {
          throw new EventPattern.Invalid(
              "Inside anything but list, start|null|boolean is not supported.");
        }
        refused.add(new Equal(operand));
      }
    }
    if (refused.isEmpty()) {
      throw new EventPattern.Invalid("Empty arrays are not allowed");
    }
    return new AnythingBut(List.copyOf(refused));
  }

  private static Matcher numeric(JsonNode value) throws EventPattern.Invalid {
    var bounds = new ArrayList<Numeric.Bound>();
    if (!value.isArray() || value.size() % 2 != 0 || value.isEmpty() || value.size() > 4) {
      throw new EventPattern.Invalid(
          "Invalid numeric match: expected pairs of operator and number");
    }
    for (int i = 0; i < value.size(); i += 2) {
      String operator = value.get(i).asText();
      if (!List.of("=", "<", "<=", ">", ">=").contains(operator)) {
        throw new EventPattern.Invalid("Unrecognized numeric range operator: " + operator);
      }
      if (!value.get(i + 1).isNumber()) {
        throw new EventPattern.Invalid("Value of " + operator + " must be numeric");
      }
      bounds.add(new Numeric.Bound(operator, value.get(i + 1).decimalValue()));
    }
    return new Numeric(List.copyOf(bounds));
  }

  private static Matcher cidr(String text) throws EventPattern.Invalid {
    String[] parts = text.split("/");
    byte[] network = Addresses.parse(parts[0]);
    int bits = -1;
    if (parts.length == 2 && parts[1].matches("\\d{1,3}")) {
      bits = Integer.parseInt(parts[1]);
    }
    if (network == null || bits < 0 || bits > network.length * 8) {
      throw new EventPattern.Invalid(
          "Malformed CIDR, one '/' required: " + text.toLowerCase(Locale.ROOT));
    }
    return new Cidr(network, bits);
  }
}

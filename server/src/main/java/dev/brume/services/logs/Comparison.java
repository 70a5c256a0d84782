package dev.brume.services.logs;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// One comparison with a constant: a text with `*` for anything, a number, or a regular expression.
///
/// @param number the constant as a number, null if it is none
/// @param text matches the whole value (constants) or finds itself in it (regular expressions)
record Comparison(Operator operator, @Nullable BigDecimal number, Pattern text, boolean whole) {
  enum Operator {
    NOT_EQUAL("!="),
    AT_LEAST(">="),
    AT_MOST("<="),
    EQUAL("="),
    MORE(">"),
    LESS("<");

    private final String sign;

    Operator(String sign) {
      this.sign = sign;
    }

    static @Nullable Operator take(PatternText source) {
      for (Operator operator : values()) {
        if (source.take(operator.sign)) {
          return operator;
        }
      }
      return null;
    }
  }

  /// Reads the constant after an operator.
  ///
  /// @param stops characters that end a constant without quotes
  static Comparison parse(Operator operator, PatternText source, String stops)
      throws FilterPattern.Invalid {
    boolean isEquality = operator == Operator.EQUAL || operator == Operator.NOT_EQUAL;
    if (source.peek() == '%') {
      if (!isEquality) {
        throw new FilterPattern.Invalid();
      }
      return new Comparison(operator, null, source.regex(), false);
    }
    boolean quoted = source.peek() == '"';
    String constant = quoted ? source.quoted() : source.word(stops);
    BigDecimal number = quoted ? null : number(constant);
    if (!isEquality && number == null) {
      throw new FilterPattern.Invalid();
    }
    return new Comparison(operator, number, wildcard(constant), true);
  }

  private static Pattern wildcard(String constant) {
    var regex = new StringBuilder();
    for (String part : constant.split("\\*", -1)) {
      regex
          .append(regex.isEmpty() ? "" : ".*")
          .append(part.isEmpty() ? "(?:)" : Pattern.quote(part));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static @Nullable BigDecimal number(String text) {
    if (!text.matches("[+-]?(\\d{1,300}(\\.\\d{0,300})?|\\.\\d{1,300})([eE][+-]?\\d{1,3})?")) {
      return null;
    }
    return new BigDecimal(text);
  }

  /// Compares a JSON value; one that is not there compares with nothing.
  boolean test(JsonNode value) {
    if (value.isNumber() && number != null) {
      return order(value.decimalValue().compareTo(number));
    }
    return value.isValueNode()
        && !value.isNull()
        && !value.isMissingNode()
        && equality(value.asText());
  }

  /// Compares a word of a message.
  boolean test(String value) {
    BigDecimal actual = number == null ? null : number(value);
    if (actual != null && number != null) {
      return order(actual.compareTo(number));
    }
    return equality(value);
  }

  private boolean equality(String value) {
    boolean equal = whole ? text.matcher(value).matches() : text.matcher(value).find();
    return switch (operator) {
      case EQUAL -> equal;
      case NOT_EQUAL -> !equal;
      case AT_LEAST, AT_MOST, MORE, LESS -> false;
    };
  }

  private boolean order(int compared) {
    return switch (operator) {
      case EQUAL -> compared == 0;
      case NOT_EQUAL -> compared != 0;
      case AT_LEAST -> compared >= 0;
      case AT_MOST -> compared <= 0;
      case MORE -> compared > 0;
      case LESS -> compared < 0;
    };
  }
}

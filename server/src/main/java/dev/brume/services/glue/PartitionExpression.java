package dev.brume.services.glue;

import dev.brume.model.glue.Column;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The filter of GetPartitions: comparisons, `IN`, `BETWEEN`, `LIKE`, `AND`, `OR`, `NOT` over the
/// partition keys, compared by their types.
/// <https://docs.aws.amazon.com/glue/latest/webapi/API_GetPartitions.html>
final class PartitionExpression {
  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:'((?:[^']|'')*)'|\"([^\"]*)\"|`([^`]*)`|(-?\\d+(?:\\.\\d+)?)|([A-Za-z_]\\w*)"
              + "|(<=|>=|<>|!=|=|<|>|\\(|\\)|,))");
  private static final int DEPTH_MAX = 100;

  private enum Kind {
    TEXT,
    WORD,
    SYMBOL,
    END
  }

  private record Token(Kind kind, String text) {
    boolean is(String word) {
      return kind != Kind.TEXT && text.equalsIgnoreCase(word);
    }
  }

  private final List<Token> tokens = new ArrayList<>();
  private final Map<String, Integer> places = new HashMap<>();
  private final Map<String, String> types = new HashMap<>();
  private int at;
  private int depth;

  private PartitionExpression(String expression, List<Column> keys) {
    for (int i = 0; i < keys.size(); i++) {
      places.put(keys.get(i).name().toLowerCase(Locale.ROOT), i);
      types.put(keys.get(i).name().toLowerCase(Locale.ROOT), String.valueOf(keys.get(i).type()));
    }
    Matcher matcher = TOKEN.matcher(expression);
    int end = 0;
    while (end < expression.stripTrailing().length()) {
      if (!matcher.find(end) || matcher.start() != end) {
        throw unsupported();
      }
      end = matcher.end();
      tokens.add(token(matcher));
    }
    tokens.add(new Token(Kind.END, ""));
  }

  private static Token token(Matcher matcher) {
    if (matcher.group(1) != null) {
      return new Token(Kind.TEXT, matcher.group(1).replace("''", "'"));
    }
    if (matcher.group(4) != null) {
      return new Token(Kind.TEXT, matcher.group(4));
    }
    if (matcher.group(6) != null) {
      return new Token(Kind.SYMBOL, matcher.group(6));
    }
    for (int group : new int[] {2, 3, 5}) {
      if (matcher.group(group) != null) {
        return new Token(Kind.WORD, matcher.group(group));
      }
    }
    throw unsupported();
  }

  /// Which values of the keys fulfil the expression.
  static Predicate<List<String>> parse(String expression, List<Column> keys) {
    if (expression.isBlank()) {
      return _ -> true;
    }
    var parser = new PartitionExpression(expression, keys);
    Predicate<List<String>> result = parser.or();
    if (parser.peek().kind() != Kind.END) {
      throw unsupported();
    }
    return result;
  }

  private Predicate<List<String>> or() {
    Predicate<List<String>> left = and();
    while (accept("OR")) {
      left = left.or(and());
    }
    return left;
  }

  private Predicate<List<String>> and() {
    Predicate<List<String>> left = term();
    while (accept("AND")) {
      left = left.and(term());
    }
    return left;
  }

  private Predicate<List<String>> term() {
    if (++depth > DEPTH_MAX) {
      throw unsupported();
    }
    try {
      if (accept("NOT")) {
        return term().negate();
      }
      if (accept("(")) {
        Predicate<List<String>> inner = or();
        expect(")");
        return inner;
      }
      return comparison();
    } finally {
      depth--;
    }
  }

  private Predicate<List<String>> comparison() {
    String key = next().text().toLowerCase(Locale.ROOT);
    Integer place = places.get(key);
    if (place == null) {
      throw GlueErrors.invalid("Unsupported expression: unknown partition key '" + key + "'");
    }
    boolean number = numeric(String.valueOf(types.get(key)));
    boolean negated = accept("NOT");
    Predicate<String> test;
    if (accept("IN")) {
      var values = new ArrayList<String>();
      expect("(");
      do {
        values.add(value());
      } while (accept(","));
      expect(")");
      test = v -> values.stream().anyMatch(other -> compare(v, other, number) == 0);
    } else if (accept("BETWEEN")) {
      String low = value();
      expect("AND");
      String high = value();
      test = v -> compare(v, low, number) >= 0 && compare(v, high, number) <= 0;
    } else if (accept("LIKE")) {
      Pattern pattern = like(value());
      test = v -> pattern.matcher(v).matches();
    } else {
      test = compared(next().text(), value(), number);
    }
    Predicate<String> wanted = negated ? test.negate() : test;
    return values -> wanted.test(values.get(place));
  }

  private static Predicate<String> compared(String operator, String other, boolean number) {
    return switch (operator) {
      case "=" -> v -> compare(v, other, number) == 0;
      case "<>", "!=" -> v -> compare(v, other, number) != 0;
      case "<" -> v -> compare(v, other, number) < 0;
      case "<=" -> v -> compare(v, other, number) <= 0;
      case ">" -> v -> compare(v, other, number) > 0;
      case ">=" -> v -> compare(v, other, number) >= 0;
      default -> throw unsupported();
    };
  }

  private static Pattern like(String text) {
    var regex = new StringBuilder();
    for (char c : text.toCharArray()) {
      regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }

  private static boolean numeric(String type) {
    return type.matches("(?i)(tinyint|smallint|int|integer|bigint|long|decimal.*)");
  }

  private static int compare(String left, String right, boolean number) {
    if (number) {
      try {
        return new BigDecimal(left).compareTo(new BigDecimal(right));
      } catch (NumberFormatException e) {
        throw GlueErrors.invalid("Unsupported expression: '" + right + "' is no number");
      }
    }
    return left.compareTo(right);
  }

  private String value() {
    Token token = next();
    if (token.kind() != Kind.TEXT) {
      throw unsupported();
    }
    return token.text();
  }

  private Token peek() {
    return tokens.get(at);
  }

  private Token next() {
    Token token = peek();
    if (token.kind() == Kind.END) {
      throw unsupported();
    }
    at++;
    return token;
  }

  private boolean accept(String text) {
    if (peek().is(text)) {
      at++;
      return true;
    }
    return false;
  }

  private void expect(String text) {
    if (!accept(text)) {
      throw unsupported();
    }
  }

  private static RuntimeException unsupported() {
    return GlueErrors.invalid("Unsupported expression");
  }
}

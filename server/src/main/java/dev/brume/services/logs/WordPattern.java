package dev.brume.services.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Conditions on a message's words, one by one. Words are divided by spaces; what is in double
/// quotes or square brackets is one word.
///
/// @param fields a condition for each word; null stands for any number of words
record WordPattern(List<@Nullable Predicate<String>> fields) implements FilterPattern {

  static WordPattern parse(PatternText source) throws Invalid {
    source.need("[");
    var fields = new ArrayList<@Nullable Predicate<String>>();
    do {
      if (source.take("...")) {
        fields.add(null);
      } else {
        fields.add(field(source));
      }
    } while (source.take(","));
    source.need("]");
    if (fields.stream().filter(field -> field == null).count() > 1) {
      throw new Invalid();
    }
    return new WordPattern(fields);
  }

  private static Predicate<String> field(PatternText source) throws Invalid {
    if (source.peek() == ',' || source.peek() == ']') {
      return word -> true;
    }
    Predicate<String> condition = condition(source);
    while (true) {
      if (source.take("&&")) {
        condition = condition.and(condition(source));
      } else if (source.take("||")) {
        condition = condition.or(condition(source));
      } else {
        return condition;
      }
    }
  }

  private static Predicate<String> condition(PatternText source) throws Invalid {
    source.word("=!<>,]&|\"%");
    Comparison.Operator operator = Comparison.Operator.take(source);
    if (operator == null) {
      return word -> true;
    }
    return Comparison.parse(operator, source, ",]&|")::test;
  }

  @Override
  public boolean matches(String message) {
    List<String> words = words(message);
    int open = fields.indexOf(null);
    if (open < 0 ? words.size() != fields.size() : words.size() < fields.size() - 1) {
      return false;
    }
    for (int i = 0; i < fields.size(); i++) {
      Predicate<String> field = fields.get(i);
      int at = open >= 0 && i > open ? words.size() - (fields.size() - i) : i;
      if (field != null && !field.test(words.get(at))) {
        return false;
      }
    }
    return true;
  }

  private static List<String> words(String message) {
    var words = new ArrayList<String>();
    int at = 0;
    while (at < message.length()) {
      char c = message.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      char close = c == '"' ? '"' : c == '[' ? ']' : 0;
      int end = close == 0 ? -1 : message.indexOf(close, at + 1);
      if (end > 0) {
        words.add(message.substring(at + 1, end));
        at = end + 1;
        continue;
      }
      end = at;
      while (end < message.length() && !Character.isWhitespace(message.charAt(end))) {
        end++;
      }
      words.add(message.substring(at, end));
      at = end;
    }
    return words;
  }
}

package dev.brume.services.logs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/// Terms anywhere in a message.
///
/// @param all each must be there
/// @param any one of them must be there, unless there are none
/// @param none must not be there
record TermPattern(
    List<Predicate<String>> all, List<Predicate<String>> any, List<Predicate<String>> none)
    implements FilterPattern {

  static TermPattern parse(PatternText source) throws Invalid {
    var all = new ArrayList<Predicate<String>>();
    var any = new ArrayList<Predicate<String>>();
    var none = new ArrayList<Predicate<String>>();
    while (!source.atEnd()) {
      List<Predicate<String>> terms = all;
      if (source.take("-")) {
        terms = none;
      } else if (source.take("?")) {
        terms = any;
      }
      terms.add(term(source));
    }
    return new TermPattern(all, any, none);
  }

  private static Predicate<String> term(PatternText source) throws Invalid {
    if (source.peek() == '%') {
      Pattern regex = source.regex();
      return message -> regex.matcher(message).find();
    }
    String text = source.peek() == '"' ? source.quoted() : source.word("\"");
    return message -> message.contains(text);
  }

  @Override
  public boolean matches(String message) {
    return all.stream().allMatch(term -> term.test(message))
        && (any.isEmpty() || any.stream().anyMatch(term -> term.test(message)))
        && none.stream().noneMatch(term -> term.test(message));
  }
}

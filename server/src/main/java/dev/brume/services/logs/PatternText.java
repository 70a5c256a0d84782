package dev.brume.services.logs;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// A filter pattern's text while it is read.
final class PatternText {
  private final String text;
  private int at;

  PatternText(String text) {
    this.text = text;
  }

  boolean atEnd() {
    skipSpaces();
    return at == text.length();
  }

  private void skipSpaces() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
  }

  /// The next character that is not a space, 0 at the end.
  char peek() {
    return atEnd() ? 0 : text.charAt(at);
  }

  /// Takes this text if it comes next.
  boolean take(String expected) {
    skipSpaces();
    if (!text.startsWith(expected, at)) {
      return false;
    }
    at += expected.length();
    return true;
  }

  /// Takes this word if it comes next and ends there.
  boolean takeWord(String expected) {
    skipSpaces();
    int end = at + expected.length();
    if (!text.regionMatches(true, at, expected, 0, expected.length())
        || end < text.length() && Character.isLetterOrDigit(text.charAt(end))) {
      return false;
    }
    at = end;
    return true;
  }

  void need(String expected) throws FilterPattern.Invalid {
    if (!take(expected)) {
      throw new FilterPattern.Invalid();
    }
  }

  /// What is between double quotes, which come next; `\"` is a quote.
  String quoted() throws FilterPattern.Invalid {
    need("\"");
    var value = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      if (text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
      }
      value.append(text.charAt(at++));
    }
    need("\"");
    return value.toString();
  }

  /// The regular expression between percent signs, which come next.
  Pattern regex() throws FilterPattern.Invalid {
    need("%");
    int end = text.indexOf('%', at);
    if (end < 0) {
      throw new FilterPattern.Invalid();
    }
    String expression = text.substring(at, end);
    at = end + 1;
    // Groups are not part of the syntax; without them matching cannot explode either.
    if (expression.isEmpty() || expression.indexOf('(') >= 0 || expression.indexOf(')') >= 0) {
      throw new FilterPattern.Invalid();
    }
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new FilterPattern.Invalid();
    }
  }

  /// What comes until a space or one of these characters, at least one character.
  String word(String stops) throws FilterPattern.Invalid {
    skipSpaces();
    int start = at;
    while (at < text.length()
        && !Character.isWhitespace(text.charAt(at))
        && stops.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == start) {
      throw new FilterPattern.Invalid();
    }
    return text.substring(start, at);
  }
}

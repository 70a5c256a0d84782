package dev.brume.sql;

import java.util.ArrayList;
import java.util.List;

/// Splits a statement into tokens; comments and white space go. Both dialects share it: Hive quotes
/// names with backticks and texts with either quote, Trino names with double quotes.
final class Lexer {
  private static final List<String> LONG_SYMBOLS =
      List.of("<>", "<=", ">=", "!=", "||", "->", "=>");
  private final String sql;
  private final boolean hive;
  private final List<Token> tokens = new ArrayList<>();
  private int at;

  private Lexer(String sql, boolean hive) {
    this.sql = sql;
    this.hive = hive;
  }

  /// The tokens of a Trino statement, the last one an END.
  static List<Token> trino(String sql) {
    return new Lexer(sql, false).run();
  }

  /// The tokens of a Hive statement: double quotes hold texts, backslashes escape in them.
  static List<Token> hive(String sql) {
    return new Lexer(sql, true).run();
  }

  /// The first tokens of a statement of either dialect, at most this many and an END.
  static List<Token> lead(String sql, int count) {
    var lexer = new Lexer(sql, false);
    return lexer.run(count);
  }

  private List<Token> run() {
    return run(Integer.MAX_VALUE);
  }

  private List<Token> run(int count) {
    while (true) {
      skip();
      if (at >= sql.length() || tokens.size() >= count) {
        tokens.add(new Token(Token.Kind.END, "<EOF>", sql.length(), sql.length()));
        return tokens;
      }
      next();
    }
  }

  private void next() {
    char c = sql.charAt(at);
    if (c == '\'' || c == '"' && hive) {
      quoted(Token.Kind.STRING, c, hive);
    } else if (c == '"') {
      quoted(Token.Kind.QUOTED, c, false);
    } else if (c == '`') {
      quoted(Token.Kind.BACKTICKED, c, false);
    } else if (Character.isLetter(c) || c == '_') {
      int start = at;
      while (at < sql.length() && wordPart(sql.charAt(at))) {
        at++;
      }
      add(Token.Kind.WORD, start);
    } else if (digit(c) || c == '.' && at + 1 < sql.length() && digit(sql.charAt(at + 1))) {
      number();
    } else {
      int start = at;
      at += LONG_SYMBOLS.stream().anyMatch(s -> sql.startsWith(s, start)) ? 2 : 1;
      add(Token.Kind.SYMBOL, start);
    }
  }

  private void number() {
    int start = at;
    while (at < sql.length() && (digit(sql.charAt(at)) || sql.charAt(at) == '.')) {
      at++;
    }
    if (at < sql.length() && (sql.charAt(at) == 'e' || sql.charAt(at) == 'E')) {
      int sign = at + 1 < sql.length() && "+-".indexOf(sql.charAt(at + 1)) >= 0 ? 2 : 1;
      if (at + sign < sql.length() && digit(sql.charAt(at + sign))) {
        at += sign;
        while (at < sql.length() && digit(sql.charAt(at))) {
          at++;
        }
      }
    }
    add(Token.Kind.NUMBER, start);
  }

  private void quoted(Token.Kind kind, char quote, boolean escapes) {
    int start = at++;
    var text = new StringBuilder();
    while (at < sql.length()) {
      char c = sql.charAt(at);
      if (c == '\\' && escapes && at + 1 < sql.length()) {
        escape(text);
      } else if (c != quote) {
        text.append(c);
        at++;
      } else if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
        text.append(c);
        at += 2;
      } else {
        at++;
        tokens.add(new Token(kind, text.toString(), start, at));
        return;
      }
    }
    throw SqlFailure.at(
        "SYNTAX_ERROR", Position.of(sql, start), "mismatched input '" + quote + "': not closed");
  }

  /// Hive's escapes in texts: `\t`, `\001` (octal), `\\`, `\'` and the like.
  private void escape(StringBuilder text) {
    char c = sql.charAt(at + 1);
    if (at + 3 < sql.length() && sql.substring(at + 1, at + 4).matches("[0-3][0-7]{2}")) {
      text.append((char) Integer.parseInt(sql.substring(at + 1, at + 4), 8));
      at += 4;
      return;
    }
    if (c == 'u'
        && at + 5 < sql.length()
        && sql.substring(at + 2, at + 6).matches("[0-9a-fA-F]{4}")) {
      text.append((char) Integer.parseInt(sql.substring(at + 2, at + 6), 16));
      at += 6;
      return;
    }
    text.append(
        switch (c) {
          case 'n' -> "\n";
          case 't' -> "\t";
          case 'r' -> "\r";
          case 'b' -> "\b";
          case '0' -> "\0";
          case '%' -> "\\%";
          case '_' -> "\\_";
          default -> String.valueOf(c);
        });
    at += 2;
  }

  private void skip() {
    while (at < sql.length()) {
      if (Character.isWhitespace(sql.charAt(at))) {
        at++;
      } else if (sql.startsWith("--", at)) {
        int end = sql.indexOf('\n', at);
        at = end < 0 ? sql.length() : end;
      } else if (sql.startsWith("/*", at)) {
        int end = sql.indexOf("*/", at + 2);
        at = end < 0 ? sql.length() : end + 2;
      } else {
        return;
      }
    }
  }

  private void add(Token.Kind kind, int start) {
    tokens.add(new Token(kind, sql.substring(start, at), start, at));
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean wordPart(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '$';
  }
}

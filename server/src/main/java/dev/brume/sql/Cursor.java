package dev.brume.sql;

import java.util.List;

/// Walks the tokens of a Hive statement.
final class Cursor {
  private final String sql;
  private final List<Token> tokens;
  private int at;

  Cursor(String sql, List<Token> tokens) {
    this.sql = sql;
    this.tokens = tokens;
  }

  Token peek() {
    return tokens.get(at);
  }

  boolean atEnd() {
    return peek().kind() == Token.Kind.END;
  }

  Token next() {
    Token token = peek();
    if (!atEnd()) {
      at++;
    }
    return token;
  }

  /// Takes these words if they come next.
  boolean accept(String... words) {
    for (int i = 0; i < words.length; i++) {
      if (at + i >= tokens.size() || !tokens.get(at + i).is(words[i])) {
        return false;
      }
    }
    at += words.length;
    return true;
  }

  boolean acceptSymbol(String symbol) {
    if (peek().symbol(symbol)) {
      at++;
      return true;
    }
    return false;
  }

  /// Takes the word or symbol, or fails.
  void expect(String text) {
    Token token = peek();
    if (!token.is(text) && !token.symbol(text)) {
      throw new SqlFailure(
          "FAILED: ParseException "
              + where(token)
              + (atEnd()
                  ? " mismatched input '<EOF>' expecting " + text
                  : " missing " + text + " at '" + token.text() + "' near '" + near(at) + "'"));
    }
    at++;
  }

  String name(String what) {
    if (!peek().name()) {
      throw unexpected(what);
    }
    return next().text();
  }

  String text() {
    if (peek().kind() != Token.Kind.STRING) {
      throw unexpected("string literal");
    }
    return next().text();
  }

  String number() {
    if (peek().kind() != Token.Kind.NUMBER) {
      throw unexpected("number");
    }
    return next().text();
  }

  /// Ends the statement; a semicolon may close it.
  void end() {
    acceptSymbol(";");
    if (!atEnd()) {
      throw new SqlFailure(
          "FAILED: ParseException "
              + where(peek())
              + " missing EOF at '"
              + peek().text()
              + "' near '"
              + (at == 0 ? "" : tokens.get(at - 1).text())
              + "'");
    }
  }

  SqlFailure unexpected(String rule) {
    return new SqlFailure(
        "FAILED: ParseException "
            + where(peek())
            + " cannot recognize input near "
            + surroundings(at)
            + " in "
            + rule);
  }

  SqlFailure unexpectedBefore(String rule) {
    at = Math.max(0, at - 1);
    return unexpected(rule);
  }

  /// The statement from the next token to its end, without a closing semicolon.
  String rest() {
    String rest = sql.substring(peek().start()).strip();
    at = tokens.size() - 1;
    return rest.endsWith(";") ? rest.substring(0, rest.length() - 1).strip() : rest;
  }

  private String surroundings(int index) {
    var text = new StringBuilder();
    for (int i = index; i < Math.min(index + 3, tokens.size()); i++) {
      text.append(i == index ? "'" : " '").append(tokens.get(i).text()).append('\'');
    }
    return text.toString();
  }

  private String near(int index) {
    return tokens.get(Math.min(index + 1, tokens.size() - 1)).text();
  }

  /// Hive counts columns from 0.
  private String where(Token token) {
    Position position = Position.of(sql, token.start());
    return "line " + position.line() + ":" + (position.column() - 1);
  }
}

package dev.brume.sql;

import java.util.List;

/// Puts the values of a statement's parameters in the places of its question marks. A value is one
/// literal, as in SQL: `'text'`, `5`, `-1.5`, `true`, `DATE '2025-01-01'`.
final class Parameters {
  private Parameters() {}

  static String apply(String sql, List<String> values) {
    if (values.isEmpty()) {
      return sql;
    }
    var out = new StringBuilder();
    int from = 0;
    int used = 0;
    for (Token token : Lexer.trino(sql)) {
      if (token.symbol("?")) {
        out.append(sql, from, token.start());
        from = token.end();
        if (used < values.size()) {
          out.append(literal(values.get(used)));
        }
        used++;
      }
    }
    if (used != values.size()) {
      throw new SqlFailure(
          "INVALID_PARAMETER_USAGE: line 1:1: Incorrect number of parameters: expected "
              + used
              + " but found "
              + values.size());
    }
    return out.append(sql.substring(from)).toString();
  }

  private static String literal(String value) {
    List<Token> tokens = Lexer.trino(value);
    int size = tokens.size() - 1;
    Token last = tokens.get(Math.max(0, size - 1));
    boolean signed = size == 2 && tokens.getFirst().symbol("-") && last.kind() == Token.Kind.NUMBER;
    boolean typed =
        size == 2
            && tokens.getFirst().kind() == Token.Kind.WORD
            && last.kind() == Token.Kind.STRING;
    boolean plain =
        size == 1 && (last.kind() == Token.Kind.STRING || last.kind() == Token.Kind.NUMBER);
    boolean word = size == 1 && (last.is("true") || last.is("false") || last.is("null"));
    if (signed || typed || plain || word) {
      return value;
    }
    throw new SqlFailure(
        "INVALID_PARAMETER_USAGE: line 1:1: a parameter's value must be one literal: " + value);
  }
}

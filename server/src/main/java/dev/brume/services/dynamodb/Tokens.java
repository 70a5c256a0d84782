package dev.brume.services.dynamodb;

import java.util.ArrayList;
import java.util.List;

/// The words of an expression.
final class Tokens {
  /// @param kind what it is
  /// @param text as written
  record Token(Kind kind, String text, int at) {}

  enum Kind {
    NAME,
    PLACEHOLDER_NAME,
    PLACEHOLDER_VALUE,
    NUMBER,
    SYMBOL,
    END
  }

  private final String expression;
  /// `ConditionExpression`, …: what error texts call it.
  private final String what;
  private final List<Token> tokens = new ArrayList<>();
  private int next;

  Tokens(String expression, String what) {
    this.expression = expression;
    this.what = what;
    if (expression.isEmpty()) {
      throw error("The expression can not be empty;");
    }
    if (Values.bytes(expression).length > DynamoDbLimits.EXPRESSION_BYTES_MAX) {
      throw error(
          "Expression size has exceeded the maximum allowed size; expression size: "
              + Values.bytes(expression).length);
    }
    split();
  }

  RuntimeException error(String message) {
    return DynamoDbErrors.validation("Invalid " + what + ": " + message);
  }

  RuntimeException syntax() {
    Token token = peek();
    int from = Math.max(0, next - 1);
    int to = Math.min(tokens.size() - 1, next + 2);
    int start = tokens.get(from).at();
    int end = Math.min(expression.length(), tokens.get(to).at());
    String near = expression.substring(Math.min(start, end), Math.max(start, end)).strip();
    return error(
        "Syntax error; token: \""
            + (token.kind() == Kind.END ? "<EOF>" : token.text())
            + "\", near: \""
            + near
            + "\"");
  }

  Token peek() {
    return tokens.get(next);
  }

  Token peekAfter() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = tokens.get(next);
    if (token.kind() != Kind.END) {
      next++;
    }
    return token;
  }

  boolean is(String text) {
    Token token = peek();
    return switch (token.kind()) {
      case SYMBOL -> token.text().equals(text);
      case NAME -> token.text().equalsIgnoreCase(text);
      case PLACEHOLDER_NAME, PLACEHOLDER_VALUE, NUMBER, END -> false;
    };
  }

  boolean skip(String text) {
    if (is(text)) {
      next++;
      return true;
    }
    return false;
  }

  void expect(String text) {
    if (!skip(text)) {
      throw syntax();
    }
  }

  boolean atEnd() {
    return peek().kind() == Kind.END;
  }

  private void split() {
    int at = 0;
    while (at < expression.length()) {
      char c = expression.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
        continue;
      }
      int end = at + 1;
      Kind kind;
      if (c == '#' || c == ':') {
        end = wordEnd(end);
        kind = c == '#' ? Kind.PLACEHOLDER_NAME : Kind.PLACEHOLDER_VALUE;
      } else if (Character.isLetter(c) || c == '_') {
        end = wordEnd(end);
        kind = Kind.NAME;
      } else if (Character.isDigit(c)) {
        while (end < expression.length() && Character.isDigit(expression.charAt(end))) {
          end++;
        }
        kind = Kind.NUMBER;
      } else {
        String two = expression.substring(at, Math.min(at + 2, expression.length()));
        if (two.equals("<=") || two.equals(">=") || two.equals("<>")) {
          end = at + 2;
        } else if ("()[],.=<>+-".indexOf(c) < 0) {
          throw error(
              "Syntax error; token: \""
                  + c
                  + "\", near: \""
                  + expression
                      .substring(Math.max(0, at - 5), Math.min(expression.length(), at + 5))
                      .strip()
                  + "\"");
        }
        kind = Kind.SYMBOL;
      }
      tokens.add(new Token(kind, expression.substring(at, end), at));
      at = end;
    }
    tokens.add(new Token(Kind.END, "", expression.length()));
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < expression.length()
        && (Character.isLetterOrDigit(expression.charAt(end)) || expression.charAt(end) == '_')) {
      end++;
    }
    return end;
  }
}

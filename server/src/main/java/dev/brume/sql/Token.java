package dev.brume.sql;

/// One token of a statement.
///
/// @param kind what it is
/// @param text its meaning: quotes removed, doubled quotes undone
/// @param start offset of its first character
/// @param end offset behind its last one
record Token(Kind kind, String text, int start, int end) {
  enum Kind {
    WORD,
    QUOTED,
    BACKTICKED,
    STRING,
    NUMBER,
    SYMBOL,
    END
  }

  /// Whether this is the unquoted word, in any case.
  boolean is(String word) {
    return kind == Kind.WORD && text.equalsIgnoreCase(word);
  }

  boolean symbol(String symbol) {
    return kind == Kind.SYMBOL && text.equals(symbol);
  }

  boolean name() {
    return kind == Kind.WORD || kind == Kind.QUOTED || kind == Kind.BACKTICKED;
  }
}

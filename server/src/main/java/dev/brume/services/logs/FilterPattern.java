package dev.brume.services.logs;

import org.jspecify.annotations.Nullable;

/// A filter pattern: terms (`ERROR -"not this" ?a ?b`), a regular expression (`%…%`), a condition
/// on
/// JSON (`{ $.level = "error" && $.code > 499 }`) or on words (`[ip, user, status=4*, ...]`). Case
/// matters.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
interface FilterPattern {
  boolean matches(String message);

  /// @param text null or blank matches everything
  static FilterPattern of(@Nullable String text) throws Invalid {
    if (text == null || text.isBlank()) {
      return message -> true;
    }
    var source = new PatternText(text.strip());
    FilterPattern pattern =
        switch (source.peek()) {
          case '{' -> new JsonPatternParser(source).parse();
          case '[' -> WordPattern.parse(source);
          default -> TermPattern.parse(source);
        };
    if (!source.atEnd()) {
      throw new Invalid();
    }
    return pattern;
  }

  /// The text is no filter pattern.
  final class Invalid extends Exception {
    private static final long serialVersionUID = 1L;
  }
}

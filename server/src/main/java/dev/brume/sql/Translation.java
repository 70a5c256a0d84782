package dev.brume.sql;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A Trino query as DuckDB writes it, token by token; what differs only in functions is left to
/// macros ([Functions]). Remembers where each part came from, for error texts.
final class Translation {
  private static final int NESTING_MAX = 200;
  private static final int SUBQUERIES_MAX = 100;
  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT);

  /// Names in Trino that are reserved in DuckDB.
  private static final Set<String> ONLY_NAMES =
      Set.of(
          ("analyse analyze anti asof asymmetric authorization binary both check collate collation"
                  + " column concurrently deferrable do foreign freeze glob ilike initially isnull"
                  + " lambda lateral notnull overlaps pivot placing positional primary qualify"
                  + " references returning semi show similar summarize symmetric to unique unpivot"
                  + " user variadic verbose")
              .split(" "));

  /// An open parenthesis: what its commas and its end become.
  private record Open(String form, int[] commas) {}

  private final String sql;
  private final List<Token> tokens;
  private final LocalDateTime now;
  private final StringBuilder out = new StringBuilder();
  private final List<int[]> origins = new ArrayList<>();
  private final Deque<Open> open = new ArrayDeque<>();
  private int valuesDepth = -1;
  private boolean wrapped;
  private int subqueries;

  private Translation(String sql, List<Token> tokens, Instant now) {
    this.sql = sql;
    this.tokens = tokens;
    this.now = LocalDateTime.ofInstant(now, ZoneOffset.UTC);
  }

  /// Translates one query. Throws [SqlFailure] for text that is no Trino at all.
  static Translation of(String sql, Instant now) {
    var translation = new Translation(sql, Lexer.trino(sql), now);
    translation.run();
    return translation;
  }

  String text() {
    return out.toString();
  }

  /// Where in the caller's text this offset of the translation came from.
  Position origin(long offset) {
    int from = 0;
    for (int[] pair : origins) {
      if (pair[0] > offset) {
        break;
      }
      from = pair[1];
    }
    return Position.of(sql, from);
  }

  private void run() {
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      if (token.kind() == Token.Kind.END || token.symbol(";") && i == tokens.size() - 2) {
        break;
      }
      endOfValue(token);
      switch (token.kind()) {
        case WORD -> i += word(token, i);
        case QUOTED -> emit(token, Names.quote(token.text()));
        case STRING -> emit(token, Names.text(literal(token.text())));
        case BACKTICKED ->
            throw SqlFailure.at(
                "SYNTAX_ERROR",
                Position.of(sql, token.start()),
                "backquoted identifiers are not supported; use double quotes to quote identifiers");
        case NUMBER -> emit(token, token.text());
        default -> symbol(token, i);
      }
    }
    if (wrapped) {
      out.append(')');
    }
  }

  /// `VALUES 1, 2` has rows without parentheses; DuckDB wants them.
  private void endOfValue(Token token) {
    if (valuesDepth != open.size()) {
      return;
    }
    boolean ends = token.symbol(",") || token.symbol(")") || token.is("ORDER") || token.is("LIMIT");
    if (wrapped && ends) {
      out.append(')');
      wrapped = false;
    }
    if (token.symbol(")") || token.kind() == Token.Kind.WORD && ends) {
      valuesDepth = -1;
    } else if (!wrapped && !ends && startsValue() && !token.symbol("(")) {
      out.append(" (");
      wrapped = true;
    }
  }

  private boolean startsValue() {
    String before = out.toString().stripTrailing();
    return before.endsWith(",") || before.regionMatches(true, before.length() - 6, "VALUES", 0, 6);
  }

  /// A text; where it is the format of a date, in DuckDB's letters.
  private String literal(String text) {
    Open innermost = open.peek();
    if (innermost == null || innermost.commas()[0] != 1) {
      return text;
    }
    return switch (innermost.form()) {
      case "mysql" -> DateFormats.mysql(text);
      case "joda" -> DateFormats.joda(text);
      default -> text;
    };
  }

  /// Emits a word; returns how many further tokens it took.
  private int word(Token token, int i) {
    boolean member = i > 0 && tokens.get(i - 1).symbol(".");
    boolean calls = tokens.get(i + 1).symbol("(");
    String name = token.text().toLowerCase(Locale.ROOT);
    if (member) {
      emit(token, token.text());
      return 0;
    }
    if (calls) {
      return call(token, name, i);
    }
    switch (name) {
      case "current_date" -> emit(token, "DATE '" + LocalDate.from(now) + "'");
      case "current_timestamp" -> emit(token, "TIMESTAMPTZ '" + MILLIS.format(now) + "Z'");
      case "localtimestamp" -> emit(token, "TIMESTAMP '" + MILLIS.format(now) + "'");
      case "values" -> {
        emit(token, "VALUES");
        valuesDepth = open.size();
      }
      case "at" ->
          emit(token, tokens.get(i + 1).is("TIME") ? token.text() : Names.quote(token.text()));
      default -> emit(token, ONLY_NAMES.contains(name) ? Names.quote(token.text()) : token.text());
    }
    return 0;
  }

  private int call(Token token, String name, int i) {
    if (name.equals("as")) {
      countSubquery(i);
    }
    switch (name) {
      case "date_format", "date_parse" -> open("mysql", token, name + "(");
      case "format_datetime", "parse_datetime" -> open("joda", token, name + "(");
      case "array" -> open("array", token, "");
      case "concat" -> open("concat", token, "((");
      case "if" -> open("if", token, "CASE WHEN (");
      case "now" -> {
        emit(token, "(TIMESTAMPTZ '" + MILLIS.format(now) + "Z'");
        push("plain");
      }
      case "filter" -> {
        boolean clause = tokens.get(Math.min(i + 2, tokens.size() - 1)).is("WHERE");
        open("plain", token, (clause ? "FILTER" : "list_filter") + "(");
      }
      default -> open("plain", token, spelled(token, name) + (spaced(name) ? " (" : "("));
    }
    return 1;
  }

  private static String spelled(Token token, String name) {
    String renamed = Functions.renamed(name);
    return renamed.equals(name) ? token.text() : renamed;
  }

  /// Keywords before a parenthesis, where DuckDB's own error texts read better with a space.
  private boolean spaced(String name) {
    if (name.equals("values")) {
      valuesDepth = open.size();
      return true;
    }
    return name.equals("in") || name.equals("as") || name.equals("from") || name.equals("select");
  }

  /// DuckDB's parser needs time and memory with the square of the number of subqueries in WITH.
  private void countSubquery(int i) {
    Token next = tokens.get(Math.min(i + 2, tokens.size() - 1));
    boolean query = next.is("SELECT") || next.is("WITH") || next.is("VALUES") || next.symbol("(");
    if (query && ++subqueries > SUBQUERIES_MAX) {
      throw new SqlFailure(
          "QUERY_HAS_TOO_MANY_STAGES: Query has more than "
              + SUBQUERIES_MAX
              + " subqueries in WITH");
    }
  }

  private void open(String form, Token token, String text) {
    emit(token, text);
    push(form);
  }

  private void push(String form) {
    if (open.size() >= NESTING_MAX) {
      throw new SqlFailure("STACK_OVERFLOW: Query is nested more than " + NESTING_MAX + " deep");
    }
    open.push(new Open(form, new int[1]));
  }

  private void symbol(Token token, int i) {
    Open innermost = open.peek();
    switch (token.text()) {
      case "(", "[" -> {
        emit(token, token.text());
        push("plain");
      }
      case ")", "]" -> {
        if (innermost != null) {
          open.pop();
        }
        emit(token, close(innermost, token));
      }
      case "," -> emit(token, innermost == null ? "," : comma(innermost));
      case ";" ->
          throw SqlFailure.at(
              "SYNTAX_ERROR",
              Position.of(sql, token.start()),
              "mismatched input ';'. Expecting: <EOF>: only one statement is allowed, before '"
                  + tokens.get(i + 1).text()
                  + "'");
      case "?" ->
          throw SqlFailure.at(
              "INVALID_PARAMETER_USAGE",
              Position.of(sql, token.start()),
              "Incorrect number of parameters: expected 1 but found 0");
      case "!=" -> emit(token, "<>");
      default -> emit(token, token.text());
    }
  }

  private static String comma(Open innermost) {
    int seen = innermost.commas()[0]++;
    return switch (innermost.form()) {
      case "concat" -> ") || (";
      case "if" -> seen == 0 ? ") THEN (" : ") ELSE (";
      default -> ",";
    };
  }

  private static String close(@Nullable Open innermost, Token token) {
    if (innermost == null) {
      return token.text();
    }
    return switch (innermost.form()) {
      case "array" -> "[]";
      case "concat" -> "))";
      case "if" -> ") END";
      default -> token.text();
    };
  }

  private void emit(Token token, String text) {
    if (!out.isEmpty() && spaceBefore(text)) {
      out.append(' ');
    }
    origins.add(new int[] {out.length(), token.start()});
    out.append(text);
  }

  /// Nothing is glued together that was apart; nothing is torn that DuckDB reads as one.
  private boolean spaceBefore(String text) {
    char last = out.charAt(out.length() - 1);
    return !(text.equals(".") || last == '.' || text.startsWith("(") && last == '(');
  }
}

package dev.brume.sql;

import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a statement is, by its first words.
public enum StatementKind {
  DDL,
  DML,
  UTILITY,
  /// Not a statement of Athena's.
  UNKNOWN;

  private static final Set<String> DDL_WORDS = Set.of("create", "drop", "alter", "msck");

  /// Never throws.
  public static StatementKind of(String sql) {
    List<Token> tokens = tokens(sql);
    String first = tokens.getFirst().text().toLowerCase(Locale.ROOT);
    if (tokens.getFirst().symbol("(")) {
      return DML;
    }
    return switch (first) {
      case "select", "with", "values", "table", "insert", "unload", "delete", "update", "merge" ->
          DML;
      case "show", "describe", "desc", "explain" -> UTILITY;
      default -> DDL_WORDS.contains(first) ? DDL : UNKNOWN;
    };
  }

  /// Athena's name for what a statement does, e.g. `SELECT`, `ALTER_TABLE_ADD_PARTITION`.
  public static String subtype(String sql) {
    List<Token> tokens = tokens(sql);
    String first = tokens.getFirst().text().toUpperCase(Locale.ROOT);
    String second = tokens.get(Math.min(1, tokens.size() - 1)).text().toUpperCase(Locale.ROOT);
    return switch (first) {
      case "SELECT", "WITH", "VALUES", "TABLE", "(" -> "SELECT";
      case "CREATE" -> ctas(tokens) ? "CREATE_TABLE_AS_SELECT" : "CREATE_" + object(second);
      case "DROP" -> "DROP_" + object(second);
      case "ALTER" -> "ALTER_TABLE";
      case "MSCK" -> "MSCK_REPAIR_TABLE";
      case "SHOW" -> "SHOW_" + second;
      case "DESC", "DESCRIBE" -> "DESCRIBE_TABLE";
      default -> first;
    };
  }

  private static String object(String second) {
    return switch (second) {
      case "SCHEMA" -> "DATABASE";
      case "EXTERNAL" -> "TABLE";
      case "OR" -> "VIEW";
      default -> second;
    };
  }

  private static boolean ctas(List<Token> tokens) {
    if (!tokens.getFirst().is("create") || !tokens.get(1).is("table")) {
      return false;
    }
    return tokens.stream().anyMatch(t -> t.is("select"));
  }

  private static List<Token> tokens(String sql) {
    try {
      return Lexer.hive(sql);
    } catch (SqlFailure e) {
      String first = sql.strip().split("\\s+", 2)[0];
      return List.of(
          new Token(Token.Kind.WORD, first, 0, first.length()),
          new Token(Token.Kind.END, "", sql.length(), sql.length()));
    }
  }
}

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
    List<Token> tokens = lead(sql);
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
    List<Token> tokens = lead(sql);
    String first = tokens.getFirst().text().toUpperCase(Locale.ROOT);
    String second = tokens.get(Math.min(1, tokens.size() - 1)).text().toUpperCase(Locale.ROOT);
    return switch (first) {
      case "SELECT", "WITH", "VALUES", "TABLE", "(" -> "SELECT";
      case "CREATE" -> ctas(sql, tokens) ? "CREATE_TABLE_AS_SELECT" : "CREATE_" + object(second);
      case "DROP" -> "DROP_" + object(second);
      case "ALTER" -> "ALTER_TABLE";
      case "MSCK" -> "MSCK_REPAIR_TABLE";
      case "SHOW" -> "SHOW_" + (second.equals("CREATE") ? "CREATE_TABLE" : second);
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

  private static boolean ctas(String sql, List<Token> lead) {
    if (!lead.getFirst().is("create") || !lead.get(1).is("table")) {
      return false;
    }
    try {
      return Lexer.trino(sql).stream().anyMatch(t -> t.is("select"));
    } catch (SqlFailure e) {
      return false;
    }
  }

  private static List<Token> lead(String sql) {
    try {
      return Lexer.lead(sql, 3);
    } catch (SqlFailure e) {
      return List.of(
          new Token(Token.Kind.END, "", sql.length(), sql.length()),
          new Token(Token.Kind.END, "", sql.length(), sql.length()));
    }
  }
}

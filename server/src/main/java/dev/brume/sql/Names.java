package dev.brume.sql;

/// How names and texts are written into DuckDB's SQL.
final class Names {
  private Names() {}

  static String quote(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }

  static String text(String value) {
    return "'" + value.replace("'", "''") + "'";
  }
}

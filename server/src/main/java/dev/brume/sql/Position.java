package dev.brume.sql;

/// A place in a statement.
///
/// @param line from 1
/// @param column from 1
record Position(int line, int column) {
  static Position of(String sql, int offset) {
    int line = 1;
    int start = 0;
    int end = Math.min(offset, sql.length());
    for (int i = 0; i < end; i++) {
      if (sql.charAt(i) == '\n') {
        line++;
        start = i + 1;
      }
    }
    return new Position(line, end - start + 1);
  }

  @Override
  public String toString() {
    return "line " + line + ":" + column;
  }
}

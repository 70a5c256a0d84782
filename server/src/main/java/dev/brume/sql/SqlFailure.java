package dev.brume.sql;

/// A statement that fails: its message is the reason that Athena shows in `StateChangeReason`, e.g.
/// `TABLE_NOT_FOUND: line 1:15: Table 'awsdatacatalog.db.t' does not exist`.
public final class SqlFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SqlFailure(String reason) {
    super(reason, null, false, false);
  }

  /// The reason, never null.
  public String reason() {
    return String.valueOf(getMessage());
  }

  static SqlFailure at(String code, Position position, String text) {
    return new SqlFailure(code + ": " + position + ": " + text);
  }

  static SqlFailure notSupported(String what) {
    return new SqlFailure("NOT_SUPPORTED: " + what);
  }

  /// Hive's execution errors, as Athena passes them on.
  static SqlFailure execution(String text) {
    return new SqlFailure(
        "FAILED: Execution Error, return code 1 from"
            + " org.apache.hadoop.hive.ql.exec.DDLTask. "
            + text);
  }

  static SqlFailure semantic(String text) {
    return new SqlFailure("FAILED: SemanticException " + text);
  }
}

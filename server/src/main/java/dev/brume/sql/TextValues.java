package dev.brume.sql;

/// How a text becomes a value of its column's type: what does not fit is NULL.
final class TextValues {
  private TextValues() {}

  static String expression(String text, HiveType type, String serde) {
    if (!(type instanceof HiveType.Simple(String name, _))) {
      return "TRY_CAST(CAST(" + text + " AS JSON) AS " + type.duck() + ")";
    }
    boolean csv = serde.equals(Formats.OPEN_CSV);
    return switch (name) {
      case "string", "varchar", "char" -> text;
      case "binary" -> "TRY(from_base64(" + text + "))";
      case "date" ->
          csv
              ? "coalesce(TRY_CAST(%s AS DATE), DATE '1970-01-01' + TRY_CAST(%s AS INTEGER))"
                  .formatted(text, text)
              : "TRY_CAST(" + text + " AS DATE)";
      case "timestamp" ->
          csv
              ? "coalesce(TRY_CAST(%s AS TIMESTAMP), epoch_ms(TRY_CAST(%s AS BIGINT)))"
                  .formatted(text, text)
              : "TRY_CAST(" + text + " AS TIMESTAMP)";
      default -> "TRY_CAST(" + text + " AS " + type.duck() + ")";
    };
  }
}

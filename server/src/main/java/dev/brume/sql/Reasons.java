package dev.brume.sql;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.sql.SQLException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// DuckDB's errors as Athena words them.
final class Reasons {
  private static final Pattern NEAR = Pattern.compile("at or near \"(.*)\"$", Pattern.DOTALL);

  private Reasons() {}

  /// @param tree what `json_serialize_sql` answers to a text that it cannot read
  static SqlFailure parse(JsonNode tree, Translation translation) {
    String message = tree.path("error_message").asText();
    if (tree.path("error_type").asText().equals("not implemented")) {
      return SqlFailure.notSupported("line 1:1: this statement is not supported");
    }
    return syntax(message, tree.path("position").asLong(), translation);
  }

  private static SqlFailure syntax(String message, long position, Translation translation) {
    Matcher near = NEAR.matcher(message);
    String text =
        near.find()
            ? "mismatched input '" + near.group(1) + "'"
            : message.contains("end of input") ? "mismatched input '<EOF>'" : message;
    return SqlFailure.at("SYNTAX_ERROR", translation.origin(position), text);
  }

  static SqlFailure of(SQLException e, Translation translation) {
    String raw = String.valueOf(e.getMessage());
    int start = raw.indexOf('{');
    JsonNode error = Json.object();
    if (start >= 0) {
      try {
        error = Json.parse(raw.substring(start));
      } catch (JsonProcessingException notJson) {
        return new SqlFailure("GENERIC_USER_ERROR: " + notJson.getOriginalMessage() + ": " + raw);
      }
    }
    String type = error.path("exception_type").asText();
    String message = error.path("exception_message").asText(raw).lines().findFirst().orElse(raw);
    Position position = translation.origin(error.path("position").asLong());
    String name = error.path("name").asText().toLowerCase(Locale.ROOT);
    return switch (error.path("error_subtype").asText()) {
      case "COLUMN_NOT_FOUND" ->
          SqlFailure.at(
              "COLUMN_NOT_FOUND",
              position,
              "Column '"
                  + name
                  + "' cannot be resolved or requester is not authorized to access requested"
                  + " resources");
      case "MISSING_ENTRY" ->
          error.path("type").asText().contains("Function")
              ? SqlFailure.at(
                  "FUNCTION_NOT_FOUND", position, "Function '" + name + "' not registered")
              : SqlFailure.at("TABLE_NOT_FOUND", position, "Table '" + name + "' does not exist");
      case "NO_MATCHING_FUNCTION" ->
          SqlFailure.at(
              "FUNCTION_NOT_FOUND",
              position,
              "Unexpected parameters for function " + error.path("call").asText(name));
      default -> byType(type, message, position, error, translation);
    };
  }

  private static SqlFailure byType(
      String type, String message, Position position, JsonNode error, Translation translation) {
    return switch (type) {
      case "Parser" -> syntax(message, error.path("position").asLong(), translation);
      case "Conversion" -> new SqlFailure("INVALID_CAST_ARGUMENT: " + message);
      case "Out of Memory" ->
          new SqlFailure(
              "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded its memory limit: " + message);
      case "Out of Range" -> new SqlFailure("NUMERIC_VALUE_OUT_OF_RANGE: " + message);
      case "Invalid Input" ->
          new SqlFailure(
              message.startsWith("INVALID_") ? message : "INVALID_FUNCTION_ARGUMENT: " + message);
      case "Binder" ->
          message.contains("must appear in the GROUP BY")
              ? SqlFailure.at(
                  "EXPRESSION_NOT_AGGREGATE",
                  position,
                  message.replaceFirst(
                      "column \"(.*?)\" must.*",
                      "'$1' must be an aggregate expression or appear in GROUP BY clause"))
              : SqlFailure.at(
                  message.contains("Cannot compare") || message.contains("type")
                      ? "TYPE_MISMATCH"
                      : "SYNTAX_ERROR",
                  position,
                  message);
      case "INTERRUPT", "Interrupt" -> new SqlFailure("Query cancelled by user");
      case "Permission" ->
          new SqlFailure("PERMISSION_DENIED: Access to files is not allowed in queries");
      default -> new SqlFailure("GENERIC_USER_ERROR: " + message);
    };
  }
}

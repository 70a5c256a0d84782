package dev.brume.sql;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Presto's encoding of a view in the catalog: base64 of JSON in a comment.
final class ViewText {
  private static final Pattern ENCODED =
      Pattern.compile("/\\* Presto View: ([A-Za-z0-9+/=]+) \\*/");

  private ViewText() {}

  /// The query of a view in Trino's dialect.
  static String sql(Table view) {
    return decode(view).path("originalSql").asText();
  }

  /// The database that names without one mean.
  static String database(Table view) {
    return decode(view).path("schema").asText(view.database());
  }

  private static JsonNode decode(Table view) {
    Matcher matcher = ENCODED.matcher(view.viewText() == null ? "" : view.viewText());
    if (!matcher.find()) {
      throw new SqlFailure("INVALID_VIEW: Hive views are not supported: " + view.fullName());
    }
    return Json.parseOwn(
        new String(Base64.getDecoder().decode(matcher.group(1)), StandardCharsets.UTF_8));
  }
}

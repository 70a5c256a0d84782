package dev.brume.sql;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/// One DuckDB in memory, for one statement: shut in with the files of one folder, no extensions to
/// load, no setting to change, a bounded memory.
final class Duck implements AutoCloseable {
  static final String OWN_SCHEMA = "awsdatacatalog.\"$brume\"";
  private static final ObjectMapper TREES =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(2000).build())
                  .build())
          .build();

  private final Connection connection;
  private final Translation translation;

  Duck(Path folder, int memoryMegabytes, String database, Translation translation) {
    this.translation = translation;
    var properties = new Properties();
    properties.setProperty("threads", "2");
    properties.setProperty("memory_limit", memoryMegabytes + "MB");
    properties.setProperty("temp_directory", folder.resolve("spill").toString());
    properties.setProperty("max_temp_directory_size", "4GB");
    properties.setProperty("autoinstall_known_extensions", "false");
    properties.setProperty("autoload_known_extensions", "false");
    properties.setProperty("jdbc_stream_results", "true");
    NativeCopy.removed();
    try {
      connection = DriverManager.getConnection("jdbc:duckdb:", properties);
    } catch (SQLException e) {
      throw failure(e);
    }
    String schema = "awsdatacatalog." + Names.quote(database);
    for (String sql :
        List.of(
            "ATTACH ':memory:' AS awsdatacatalog",
            "CREATE SCHEMA " + OWN_SCHEMA,
            "CREATE SCHEMA IF NOT EXISTS " + schema,
            "SET search_path=" + Names.text(schema + "," + OWN_SCHEMA),
            "SET TimeZone='UTC'",
            "SET integer_division=true",
            "SET errors_as_json=true",
            "SET allowed_directories=[" + Names.text(folder.toString()) + "]",
            "SET enable_external_access=false",
            "SET lock_configuration=true")) {
      run(sql);
    }
  }

  Statement statement() throws SQLException {
    return connection.createStatement();
  }

  /// Runs Brume's own SQL.
  void run(String sql) {
    try (Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(sql);
      if (rows) {
        statement.getResultSet().close();
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /// The first column of a query, as text.
  List<String> column(String sql) throws SQLException {
    var values = new ArrayList<String>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
    }
    return values;
  }

  /// The syntax tree of a query. Throws [SqlFailure] for what is not exactly one query.
  JsonNode parse(String sql) {
    JsonNode tree;
    try {
      String json =
          column("SELECT CAST(json_serialize_sql(" + Names.text(sql) + ") AS VARCHAR)").getFirst();
      tree = TREES.readTree(json);
    } catch (SQLException e) {
      throw failure(e);
    } catch (JsonProcessingException e) {
      throw new SqlFailure("STACK_OVERFLOW: Query is too complex");
    }
    if (tree.path("error").asBoolean()) {
      throw Reasons.parse(tree, translation);
    }
    if (tree.path("statements").size() != 1) {
      throw SqlFailure.notSupported("line 1:1: one query is expected");
    }
    return tree.path("statements").path(0);
  }

  /// The text of a syntax tree.
  String text(JsonNode statement) throws SQLException {
    String json = "{\"error\":false,\"statements\":[" + statement + "]}";
    return column("SELECT json_deserialize_sql(CAST(" + Names.text(json) + " AS JSON))").getFirst();
  }

  SqlFailure failure(SQLException e) {
    return Reasons.of(e, translation);
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(e);
    }
  }
}

package dev.brume.sql;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/// What a query refers to, read from DuckDB's own syntax tree of it: its tables, with the
/// conditions that bear on each, and its functions. Refuses everything that is not a plain query.
final class QueryTree {
  private static final Set<String> RELATIONS =
      Set.of("BASE_TABLE", "SUBQUERY", "JOIN", "TABLE_FUNCTION", "EXPRESSION_LIST", "EMPTY");
  private static final Set<String> PRESERVES_LEFT = Set.of("INNER", "LEFT", "SEMI", "ANTI");
  private static final Set<String> PRESERVES_RIGHT = Set.of("INNER", "RIGHT");

  /// A table in a FROM clause.
  ///
  /// @param catalog lower case, empty if not given
  /// @param database lower case, empty if not given
  /// @param table lower case
  /// @param alias what its columns are qualified with
  /// @param offset in the translated text
  /// @param conditions every one must hold for a row of this table to count
  record TableRef(
      String catalog,
      String database,
      String table,
      String alias,
      long offset,
      List<JsonNode> conditions,
      JsonNode node) {}

  private final Translation translation;
  private final List<TableRef> tables = new ArrayList<>();
  private final Set<String> functions = new LinkedHashSet<>();

  private QueryTree(Translation translation) {
    this.translation = translation;
  }

  /// @param statement the statement as `json_serialize_sql` gives it
  static QueryTree of(JsonNode statement, Translation translation) {
    var tree = new QueryTree(translation);
    tree.walk(statement.path("node"), Set.of());
    return tree;
  }

  List<TableRef> tables() {
    return tables;
  }

  /// Lower case names of the functions it calls.
  Set<String> functions() {
    return functions;
  }

  private void walk(JsonNode node, Set<String> scope) {
    if (node.isArray()) {
      node.forEach(child -> walk(child, scope));
      return;
    }
    if (!node.isObject()) {
      return;
    }
    switch (node.path("type").asText()) {
      case "CTE_NODE" -> {
        walk(node.path("query"), scope);
        walk(node.path("child"), plus(scope, node.path("cte_name").asText()));
      }
      case "RECURSIVE_CTE_NODE" -> children(node, plus(scope, node.path("cte_name").asText()));
      case "SELECT_NODE" -> select(node, withCtes(node, scope));
      case "SET_OPERATION_NODE" -> children(node, withCtes(node, scope));
      default -> {
        check(node);
        children(node, scope);
      }
    }
  }

  private void children(JsonNode node, Set<String> scope) {
    for (var field : node.properties()) {
      if (!field.getKey().equals("cte_map")) {
        walk(field.getValue(), scope);
      }
    }
  }

  private Set<String> withCtes(JsonNode node, Set<String> scope) {
    Set<String> inner = scope;
    for (JsonNode entry : node.path("cte_map").path("map")) {
      walk(entry.path("value").path("query").path("node"), inner);
      inner = plus(inner, entry.path("key").asText());
    }
    return inner;
  }

  private void select(JsonNode node, Set<String> scope) {
    var conditions = new ArrayList<JsonNode>();
    conjuncts(node.path("where_clause"), conditions);
    from(node.path("from_table"), scope, conditions);
    for (var field : node.properties()) {
      if (!field.getKey().equals("cte_map") && !field.getKey().equals("from_table")) {
        walk(field.getValue(), scope);
      }
    }
  }

  /// @param conditions those of WHERE; none for the side of an outer join that may be missing
  private void from(JsonNode node, Set<String> scope, List<JsonNode> conditions) {
    String type = node.path("type").asText();
    if (type.isEmpty()) {
      return;
    }
    if (!RELATIONS.contains(type)) {
      throw SqlFailure.notSupported(
          "line 1:1: this statement is not supported: " + type.toLowerCase(Locale.ROOT));
    }
    switch (type) {
      case "JOIN" -> {
        String join = node.path("join_type").asText();
        from(node.path("left"), scope, PRESERVES_LEFT.contains(join) ? conditions : List.of());
        from(node.path("right"), scope, PRESERVES_RIGHT.contains(join) ? conditions : List.of());
        walk(node.path("condition"), scope);
      }
      case "BASE_TABLE" -> table(node, scope, conditions);
      case "SUBQUERY" -> walk(node.path("subquery").path("node"), scope);
      default -> {
        check(node);
        children(node, scope);
      }
    }
  }

  private void table(JsonNode node, Set<String> scope, List<JsonNode> conditions) {
    String database = lower(node.path("schema_name"));
    String name = lower(node.path("table_name"));
    if (database.isEmpty() && scope.contains(name)) {
      return;
    }
    String alias = lower(node.path("alias"));
    tables.add(
        new TableRef(
            lower(node.path("catalog_name")),
            database,
            name,
            alias.isEmpty() ? name : alias,
            node.path("query_location").asLong(),
            conditions,
            node));
  }

  private void check(JsonNode node) {
    String type = node.path("type").asText();
    if (type.equals("BASE_TABLE")) {
      throw new IllegalStateException("a table outside FROM");
    }
    if (type.equals("SHOW_REF") || type.equals("PIVOT")) {
      throw SqlFailure.notSupported("line 1:1: this statement is not supported");
    }
    if (type.equals("TABLE_FUNCTION")) {
      String name = lower(node.path("function").path("function_name"));
      if (!name.equals("unnest")) {
        throw notFound(node, name);
      }
    }
    if (node.has("function_name")) {
      String name = lower(node.path("function_name"));
      boolean operator =
          node.path("is_operator").asBoolean() || !Character.isLetter((name + "?").charAt(0));
      if (!operator && !Functions.known(name)) {
        throw notFound(node, name);
      }
      functions.add(name);
    }
  }

  private SqlFailure notFound(JsonNode node, String name) {
    return SqlFailure.at(
        "FUNCTION_NOT_FOUND",
        translation.origin(node.path("query_location").asLong()),
        "Function '" + name + "' not registered");
  }

  private static void conjuncts(JsonNode node, List<JsonNode> into) {
    if (node.path("type").asText().equals("CONJUNCTION_AND")) {
      node.path("children").forEach(child -> conjuncts(child, into));
    } else if (node.isObject()) {
      into.add(node);
    }
  }

  private static Set<String> plus(Set<String> scope, String name) {
    var all = new HashSet<>(scope);
    all.add(name.toLowerCase(Locale.ROOT));
    return all;
  }

  private static String lower(JsonNode name) {
    return name.asText().toLowerCase(Locale.ROOT);
  }
}

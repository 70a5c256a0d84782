package dev.brume.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A type as the catalog writes it, e.g. `map<string,struct<a:int>>`.
sealed interface HiveType {
  /// The type as DuckDB writes it.
  String duck();

  /// The type as the catalog writes it, without spaces.
  String text();

  /// @param name lower case, e.g. `bigint`
  /// @param arguments e.g. `(10,2)`, empty if none
  record Simple(String name, String arguments) implements HiveType {
    @Override
    public String duck() {
      return switch (name) {
        case "tinyint" -> "TINYINT";
        case "smallint" -> "SMALLINT";
        case "int", "integer" -> "INTEGER";
        case "bigint" -> "BIGINT";
        case "boolean" -> "BOOLEAN";
        case "float", "real" -> "FLOAT";
        case "double" -> "DOUBLE";
        case "decimal", "numeric" -> "DECIMAL" + (arguments.isEmpty() ? "(10,0)" : arguments);
        case "date" -> "DATE";
        case "timestamp" -> "TIMESTAMP";
        case "binary" -> "BLOB";
        default -> "VARCHAR";
      };
    }

    @Override
    public String text() {
      return (name.equals("integer") ? "int" : name) + arguments;
    }

    boolean integer() {
      return switch (name) {
        case "tinyint", "smallint", "int", "integer", "bigint" -> true;
        default -> false;
      };
    }
  }

  record ArrayOf(HiveType element) implements HiveType {
    @Override
    public String duck() {
      return element.duck() + "[]";
    }

    @Override
    public String text() {
      return "array<" + element.text() + ">";
    }
  }

  record MapOf(HiveType key, HiveType value) implements HiveType {
    @Override
    public String duck() {
      return "MAP(" + key.duck() + ", " + value.duck() + ")";
    }

    @Override
    public String text() {
      return "map<" + key.text() + "," + value.text() + ">";
    }
  }

  record StructOf(List<Field> fields) implements HiveType {
    @Override
    public String duck() {
      return fields.stream()
          .map(f -> Names.quote(f.name()) + " " + f.type().duck())
          .collect(Collectors.joining(", ", "STRUCT(", ")"));
    }

    @Override
    public String text() {
      return fields.stream()
          .map(f -> f.name() + ":" + f.type().text())
          .collect(Collectors.joining(",", "struct<", ">"));
    }
  }

  record Field(String name, HiveType type) {}

  /// Reads a type as the catalog has it. Throws [SqlFailure] for one that does not exist.
  static HiveType parse(String text) {
    var cursor = new Cursor(text, Lexer.hive(text));
    HiveType type = read(cursor);
    if (!cursor.atEnd()) {
      throw new SqlFailure(
          "HIVE_INVALID_METADATA: Error: type expected but '" + text + "' is found");
    }
    return type;
  }

  /// Reads a type from the tokens of a statement.
  static HiveType read(Cursor cursor) {
    return read(cursor, 0);
  }

  private static HiveType read(Cursor cursor, int depth) {
    if (depth > 64) {
      throw cursor.unexpected("column type: nested too deep");
    }
    String name = cursor.name("type").toLowerCase(Locale.ROOT);
    switch (name) {
      case "array" -> {
        cursor.expect("<");
        HiveType element = read(cursor, depth + 1);
        cursor.expect(">");
        return new ArrayOf(element);
      }
      case "map" -> {
        cursor.expect("<");
        HiveType key = read(cursor, depth + 1);
        cursor.expect(",");
        HiveType value = read(cursor, depth + 1);
        cursor.expect(">");
        return new MapOf(key, value);
      }
      case "struct" -> {
        return struct(cursor, depth);
      }
      case "tinyint",
          "smallint",
          "int",
          "integer",
          "bigint",
          "boolean",
          "float",
          "real",
          "double" -> {
        return new Simple(name, "");
      }
      case "string", "date", "timestamp", "binary" -> {
        return new Simple(name, "");
      }
      case "decimal", "numeric", "varchar", "char" -> {
        return new Simple(name, arguments(cursor));
      }
      default -> throw cursor.unexpectedBefore("column type");
    }
  }

  private static HiveType struct(Cursor cursor, int depth) {
    cursor.expect("<");
    var fields = new ArrayList<Field>();
    do {
      String name = cursor.name("field").toLowerCase(Locale.ROOT);
      cursor.expect(":");
      fields.add(new Field(name, read(cursor, depth + 1)));
      if (cursor.accept("COMMENT")) {
        cursor.text();
      }
    } while (cursor.acceptSymbol(","));
    cursor.expect(">");
    return new StructOf(List.copyOf(fields));
  }

  private static String arguments(Cursor cursor) {
    if (!cursor.acceptSymbol("(")) {
      return "";
    }
    var numbers = new ArrayList<String>();
    do {
      numbers.add(cursor.number());
    } while (cursor.acceptSymbol(","));
    cursor.expect(")");
    return "(" + String.join(",", numbers) + ")";
  }
}

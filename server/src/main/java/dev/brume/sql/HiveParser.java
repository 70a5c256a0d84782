package dev.brume.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the statements of Hive's dialect that Athena takes. Throws [SqlFailure] with Hive's
/// `FAILED: ParseException line 1:0 …` for what it cannot read.
final class HiveParser {
  private final Cursor cursor;

  private HiveParser(String sql) {
    cursor = new Cursor(sql, Lexer.hive(sql));
  }

  static Ddl parse(String sql) {
    var parser = new HiveParser(sql);
    Ddl ddl = parser.statement();
    parser.cursor.end();
    return ddl;
  }

  private Ddl statement() {
    if (cursor.accept("CREATE")) {
      return create();
    }
    if (cursor.accept("DROP")) {
      return drop();
    }
    if (cursor.accept("ALTER", "TABLE")) {
      return alter(name());
    }
    if (cursor.accept("MSCK", "REPAIR", "TABLE")) {
      return new Ddl.Repair(name());
    }
    if (cursor.accept("SHOW")) {
      return show();
    }
    if (cursor.accept("DESCRIBE") || cursor.accept("DESC")) {
      boolean formatted = cursor.accept("FORMATTED") || cursor.accept("EXTENDED");
      return new Ddl.Describe(name(), formatted);
    }
    throw cursor.unexpected("statement");
  }

  private Ddl create() {
    if (cursor.accept("DATABASE") || cursor.accept("SCHEMA")) {
      return createDatabase();
    }
    if (cursor.accept("OR", "REPLACE", "VIEW")) {
      return view(true);
    }
    if (cursor.accept("VIEW")) {
      return view(false);
    }
    if (cursor.accept("EXTERNAL")) {
      cursor.expect("TABLE");
      return new CreateTableParser(cursor).parse();
    }
    if (cursor.accept("TABLE")) {
      throw SqlFailure.notSupported(
          "CREATE TABLE without EXTERNAL makes an Iceberg table; only external tables are supported");
    }
    throw cursor.unexpected("create statement");
  }

  private Ddl createDatabase() {
    boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
    String name = lower(cursor.name("database name"));
    String comment = cursor.accept("COMMENT") ? cursor.text() : null;
    String location = cursor.accept("LOCATION") ? cursor.text() : null;
    Map<String, String> properties =
        cursor.accept("WITH", "DBPROPERTIES") ? properties(cursor) : Map.of();
    return new Ddl.CreateDatabase(new Database(name, comment, location, properties), ifNotExists);
  }

  private Ddl view(boolean orReplace) {
    Ddl.TableName name = name();
    cursor.expect("AS");
    return new Ddl.CreateView(name, orReplace, cursor.rest());
  }

  private Ddl drop() {
    if (cursor.accept("DATABASE") || cursor.accept("SCHEMA")) {
      boolean ifExists = cursor.accept("IF", "EXISTS");
      String name = lower(cursor.name("database name"));
      boolean cascade = cursor.accept("CASCADE");
      if (!cascade) {
        cursor.accept("RESTRICT");
      }
      return new Ddl.DropDatabase(name, ifExists, cascade);
    }
    boolean view = cursor.accept("VIEW");
    if (!view) {
      cursor.expect("TABLE");
    }
    boolean ifExists = cursor.accept("IF", "EXISTS");
    Ddl.TableName name = name();
    cursor.accept("PURGE");
    return new Ddl.DropTable(name, ifExists, view);
  }

  private Ddl alter(Ddl.TableName name) {
    if (cursor.accept("ADD")) {
      if (cursor.accept("COLUMNS")) {
        return new Ddl.AddColumns(name, columns(cursor), false);
      }
      boolean ifNotExists = cursor.accept("IF", "NOT", "EXISTS");
      var specs = new ArrayList<Ddl.Spec>();
      do {
        cursor.expect("PARTITION");
        Map<String, String> values = spec();
        specs.add(new Ddl.Spec(values, cursor.accept("LOCATION") ? cursor.text() : null));
        cursor.acceptSymbol(",");
      } while (cursor.peek().is("PARTITION"));
      return new Ddl.AddPartitions(name, ifNotExists, specs);
    }
    if (cursor.accept("REPLACE", "COLUMNS")) {
      return new Ddl.AddColumns(name, columns(cursor), true);
    }
    if (cursor.accept("DROP")) {
      return dropPartitions(name);
    }
    if (cursor.accept("SET", "LOCATION")) {
      return new Ddl.SetLocation(name, Map.of(), cursor.text());
    }
    if (cursor.accept("SET", "TBLPROPERTIES")) {
      return new Ddl.SetProperties(name, properties(cursor));
    }
    if (cursor.accept("PARTITION")) {
      Map<String, String> values = spec();
      if (cursor.accept("RENAME", "TO", "PARTITION")) {
        return new Ddl.RenamePartition(name, values, spec());
      }
      cursor.expect("SET");
      cursor.expect("LOCATION");
      return new Ddl.SetLocation(name, values, cursor.text());
    }
    throw cursor.unexpected("alter table statement");
  }

  private Ddl dropPartitions(Ddl.TableName name) {
    boolean ifExists = cursor.accept("IF", "EXISTS");
    var conditions = new ArrayList<List<Ddl.Condition>>();
    do {
      cursor.expect("PARTITION");
      cursor.expect("(");
      var one = new ArrayList<Ddl.Condition>();
      do {
        String key = lower(cursor.name("partition key"));
        String operator = cursor.next().text();
        if (!List.of("=", "<>", "!=", "<", "<=", ">", ">=").contains(operator)) {
          throw cursor.unexpectedBefore("partition condition");
        }
        one.add(new Ddl.Condition(key, operator.equals("!=") ? "<>" : operator, constant()));
      } while (cursor.acceptSymbol(","));
      cursor.expect(")");
      conditions.add(one);
    } while (cursor.acceptSymbol(","));
    return new Ddl.DropPartitions(name, ifExists, conditions);
  }

  private Ddl show() {
    if (cursor.accept("DATABASES") || cursor.accept("SCHEMAS")) {
      return new Ddl.ShowDatabases(pattern());
    }
    if (cursor.accept("TABLES")) {
      return new Ddl.ShowTables(in(), pattern(), false);
    }
    if (cursor.accept("VIEWS")) {
      return new Ddl.ShowTables(in(), pattern(), true);
    }
    if (cursor.accept("PARTITIONS")) {
      return new Ddl.ShowPartitions(name());
    }
    if (cursor.accept("COLUMNS")) {
      if (!cursor.accept("IN")) {
        cursor.expect("FROM");
      }
      Ddl.TableName name = name();
      String database = in();
      return new Ddl.ShowColumns(
          database.isEmpty() ? name : new Ddl.TableName(database, name.name()));
    }
    if (cursor.accept("CREATE", "TABLE") || cursor.accept("CREATE", "VIEW")) {
      return new Ddl.ShowCreateTable(name());
    }
    if (cursor.accept("TBLPROPERTIES")) {
      Ddl.TableName name = name();
      String property = null;
      if (cursor.acceptSymbol("(")) {
        property = cursor.text();
        cursor.expect(")");
      }
      return new Ddl.ShowProperties(name, property);
    }
    throw cursor.unexpected("show statement");
  }

  private String in() {
    return cursor.accept("IN") || cursor.accept("FROM") ? lower(cursor.name("database name")) : "";
  }

  private @Nullable String pattern() {
    cursor.accept("LIKE");
    return cursor.peek().kind() == Token.Kind.STRING ? cursor.text() : null;
  }

  private Ddl.TableName name() {
    return tableName(cursor);
  }

  private Map<String, String> spec() {
    cursor.expect("(");
    var values = new LinkedHashMap<String, String>();
    do {
      String key = lower(cursor.name("partition key"));
      cursor.expect("=");
      values.put(key, constant());
    } while (cursor.acceptSymbol(","));
    cursor.expect(")");
    return values;
  }

  /// A constant, quoted or not; a number keeps its leading zeros.
  private String constant() {
    cursor.accept("DATE");
    Token token = cursor.peek();
    if (token.symbol("-")) {
      cursor.next();
      return "-" + cursor.number();
    }
    if (token.kind() == Token.Kind.STRING
        || token.kind() == Token.Kind.NUMBER
        || token.is("true")
        || token.is("false")) {
      return cursor.next().text();
    }
    throw cursor.unexpected("constant");
  }

  static Ddl.TableName tableName(Cursor cursor) {
    String first = lower(cursor.name("table name"));
    if (!cursor.acceptSymbol(".")) {
      return new Ddl.TableName("", first);
    }
    String second = lower(cursor.name("table name"));
    if (!cursor.acceptSymbol(".")) {
      return new Ddl.TableName(first, second);
    }
    return new Ddl.TableName(second, lower(cursor.name("table name")));
  }

  static Map<String, String> properties(Cursor cursor) {
    cursor.expect("(");
    var properties = new LinkedHashMap<String, String>();
    do {
      String key = cursor.text();
      cursor.expect("=");
      properties.put(key, cursor.text());
    } while (cursor.acceptSymbol(","));
    cursor.expect(")");
    return properties;
  }

  static List<Column> columns(Cursor cursor) {
    cursor.expect("(");
    var columns = new ArrayList<Column>();
    do {
      String name = lower(cursor.name("column name"));
      String type = HiveType.read(cursor).text();
      columns.add(new Column(name, type, cursor.accept("COMMENT") ? cursor.text() : null));
    } while (cursor.acceptSymbol(","));
    cursor.expect(")");
    return List.copyOf(columns);
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}

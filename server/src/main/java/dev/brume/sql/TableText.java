package dev.brume.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Tables in words: `DESCRIBE` and `SHOW CREATE TABLE`.
final class TableText {
  private TableText() {}

  /// One line per column, padded as Hive does: name, type, comment.
  static List<String> describe(Table table, boolean formatted) {
    var lines = new ArrayList<String>();
    if (formatted) {
      lines.add(row("# col_name", "data_type", "comment"));
      lines.add(row("", "", ""));
    }
    table.columns().forEach(c -> lines.add(row(c)));
    if (table.partitioned()) {
      if (!formatted) {
        table.partitionKeys().forEach(c -> lines.add(row(c)));
      }
      lines.add(row("", "", ""));
      lines.add(row("# Partition Information", "", ""));
      lines.add(row("# col_name", "data_type", "comment"));
      lines.add(row("", "", ""));
      table.partitionKeys().forEach(c -> lines.add(row(c)));
    }
    if (formatted) {
      details(table, lines);
    }
    return lines;
  }

  private static void details(Table table, List<String> lines) {
    Storage storage = table.storage();
    lines.add(row("", "", ""));
    lines.add(row("# Detailed Table Information", "", ""));
    lines.add(row("Database:", table.database(), ""));
    lines.add(row("Location:", storage.location(), ""));
    lines.add(row("Table Type:", table.type(), ""));
    lines.add(row("Table Parameters:", "", ""));
    new TreeMap<>(table.parameters()).forEach((k, v) -> lines.add(row("", k, v)));
    lines.add(row("", "", ""));
    lines.add(row("# Storage Information", "", ""));
    lines.add(row("SerDe Library:", storage.serde(), ""));
    lines.add(row("InputFormat:", storage.inputFormat(), ""));
    lines.add(row("OutputFormat:", storage.outputFormat(), ""));
    lines.add(row("Storage Desc Params:", "", ""));
    new TreeMap<>(storage.serdeParameters()).forEach((k, v) -> lines.add(row("", k, v)));
  }

  private static String row(Column column) {
    return row(column.name(), column.type(), column.comment() == null ? "" : column.comment());
  }

  private static String row(String name, String type, String comment) {
    return pad(name) + "\t" + pad(type) + "\t" + pad(comment);
  }

  private static String pad(String text) {
    return text.length() >= 20 ? text : text + " ".repeat(20 - text.length());
  }

  /// The statement that would make this table.
  static List<String> create(Table table) {
    Storage storage = table.storage();
    var lines = new ArrayList<String>();
    lines.add("CREATE EXTERNAL TABLE `" + table.fullName() + "`(");
    columns(table.columns(), lines);
    if (table.comment() != null) {
      lines.add("COMMENT " + quoted(table.comment()));
    }
    if (table.partitioned()) {
      lines.add("PARTITIONED BY ( ");
      columns(table.partitionKeys(), lines);
    }
    lines.add("ROW FORMAT SERDE ");
    lines.add("  " + quoted(storage.serde()) + " ");
    if (!storage.serdeParameters().isEmpty()) {
      lines.add("WITH SERDEPROPERTIES ( ");
      properties(new TreeMap<>(storage.serdeParameters()), lines);
    }
    lines.add("STORED AS INPUTFORMAT ");
    lines.add("  " + quoted(storage.inputFormat()) + " ");
    lines.add("OUTPUTFORMAT ");
    lines.add("  " + quoted(storage.outputFormat()));
    lines.add("LOCATION");
    lines.add("  " + quoted(storage.location()));
    var parameters = new TreeMap<>(table.parameters());
    parameters.remove("EXTERNAL");
    if (!parameters.isEmpty()) {
      lines.add("TBLPROPERTIES (");
      properties(parameters, lines);
    }
    return lines;
  }

  private static void columns(List<Column> columns, List<String> lines) {
    for (int i = 0; i < columns.size(); i++) {
      Column column = columns.get(i);
      String comment = column.comment() == null ? "" : " COMMENT " + quoted(column.comment());
      String end = i == columns.size() - 1 ? ")" : ", ";
      lines.add("  `" + column.name() + "` " + column.type() + comment + end);
    }
  }

  private static void properties(TreeMap<String, String> properties, List<String> lines) {
    int left = properties.size();
    for (var property : properties.entrySet()) {
      String end = --left == 0 ? ") " : ", ";
      lines.add("  " + quoted(property.getKey()) + "=" + quoted(property.getValue()) + end);
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\t", "\\t") + "'";
  }
}

package dev.brume.sql;

import java.math.BigDecimal;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What Hive's statements do to partitions.
final class Partitions {
  private final Catalog catalog;
  private final ObjectSource objects;

  Partitions(Catalog catalog, ObjectSource objects) {
    this.catalog = catalog;
    this.objects = objects;
  }

  void add(Table table, Ddl.AddPartitions it) {
    var fresh = new LinkedHashMap<List<String>, Partition>();
    for (Ddl.Spec spec : it.specs()) {
      List<String> values = values(table, spec.values());
      boolean exists = fresh.containsKey(values) || catalog.partition(table, values) != null;
      if (exists && !it.ifNotExists()) {
        throw SqlFailure.execution(
            "AlreadyExistsException(message:Partition already exists: "
                + name(table, values).replace("/", ", ")
                + ")");
      }
      if (!exists) {
        String location = spec.location() == null ? locationOf(table, values) : spec.location();
        fresh.put(values, new Partition(values, table.storage().at(location)));
      }
    }
    if (!fresh.isEmpty()) {
      catalog.addPartitions(table, List.copyOf(fresh.values()));
    }
  }

  void drop(Table table, Ddl.DropPartitions it) {
    for (List<Ddl.Condition> conditions : it.conditions()) {
      conditions.forEach(c -> key(table, c.key()));
      List<Partition> matching =
          catalog.partitions(table).stream()
              .filter(p -> conditions.stream().allMatch(c -> matches(table, p, c)))
              .toList();
      if (matching.isEmpty() && !it.ifExists()) {
        throw SqlFailure.semantic("[Error 10006]: Partition not found " + text(conditions));
      }
      matching.forEach(p -> catalog.dropPartition(table, p.values()));
    }
  }

  void rename(Table table, Ddl.RenamePartition it) {
    Partition old = existing(table, it.from());
    catalog.addPartitions(table, List.of(new Partition(values(table, it.to()), old.storage())));
    catalog.dropPartition(table, old.values());
  }

  void setLocation(Table table, Map<String, String> spec, String location) {
    Partition old = existing(table, spec);
    catalog.updatePartition(table, new Partition(old.values(), old.storage().at(location)));
  }

  /// `year=2025/month=01`, one per partition.
  List<String> show(Table table) {
    requirePartitioned(table, null);
    return catalog.partitions(table).stream().map(p -> name(table, p.values())).sorted().toList();
  }

  /// Adds every `key=value/…` folder under the table that is no partition yet.
  List<String> repair(Table table) {
    requirePartitioned(table, null);
    String root = folder(table.storage().location());
    var found = new LinkedHashSet<List<String>>();
    objects.list(
        root,
        item -> {
          List<String> values = valuesInPath(table, item.uri().substring(root.length()));
          if (values != null) {
            found.add(values);
          }
        });
    var known = new HashSet<List<String>>();
    catalog.partitions(table).forEach(p -> known.add(p.values()));
    var lines = new ArrayList<String>();
    var fresh = new ArrayList<Partition>();
    for (List<String> values : found) {
      if (known.add(values)) {
        fresh.add(new Partition(values, table.storage().at(locationOf(table, values))));
        lines.add(
            "Repair: Added partition to metastore " + table.name() + ":" + name(table, values));
      }
    }
    if (fresh.isEmpty()) {
      return List.of();
    }
    catalog.addPartitions(table, fresh);
    lines.addFirst(
        "Partitions not in metastore:\t"
            + String.join(
                "\t",
                fresh.stream().map(p -> table.name() + ":" + name(table, p.values())).toList()));
    return lines;
  }

  private static @Nullable List<String> valuesInPath(Table table, String path) {
    String[] folders = path.split("/", -1);
    if (folders.length <= table.partitionKeys().size()) {
      return null;
    }
    var values = new ArrayList<String>();
    for (int i = 0; i < table.partitionKeys().size(); i++) {
      int equals = folders[i].indexOf('=');
      if (equals < 0
          || !folders[i]
              .substring(0, equals)
              .equalsIgnoreCase(table.partitionKeys().get(i).name())) {
        return null;
      }
      values.add(
          URLDecoder.decode(
              folders[i].substring(equals + 1).replace("+", "%2B"), StandardCharsets.UTF_8));
    }
    return values;
  }

  private Partition existing(Table table, Map<String, String> spec) {
    Partition partition = catalog.partition(table, values(table, spec));
    if (partition == null) {
      throw SqlFailure.semantic("[Error 10006]: Partition not found " + spec);
    }
    return partition;
  }

  /// The values in the order of the table's keys, checked against their types.
  private static List<String> values(Table table, Map<String, String> spec) {
    requirePartitioned(table, spec);
    spec.keySet().forEach(k -> key(table, k));
    var values = new ArrayList<String>();
    for (Column key : table.partitionKeys()) {
      String value = spec.get(key.name());
      if (value == null) {
        throw SqlFailure.semantic(
            "partition spec "
                + spec
                + " doesn't contain all ("
                + table.partitionKeys().size()
                + ") partition columns");
      }
      values.add(typed(key, value));
    }
    return List.copyOf(values);
  }

  /// A number's own form for a numeric key: `01` is 1 there, and stays `01` for a string.
  private static String typed(Column key, String value) {
    if (!(HiveType.parse(key.type()) instanceof HiveType.Simple simple) || !simple.integer()) {
      return value;
    }
    try {
      return Long.toString(Long.parseLong(value.strip()));
    } catch (NumberFormatException e) {
      throw SqlFailure.semantic(
          "[Error 10248]: Cannot add partition column "
              + key.name()
              + " of type string as it cannot be converted to type "
              + key.type());
    }
  }

  private static void requirePartitioned(Table table, @Nullable Map<String, String> spec) {
    if (!table.partitioned()) {
      throw spec == null
          ? SqlFailure.execution("Table " + table.fullName() + " is not a partitioned table")
          : new SqlFailure(
              "FAILED: ValidationFailureSemanticException table is not partitioned but partition"
                  + " spec exists: "
                  + spec);
    }
  }

  private static Column key(Table table, String name) {
    return table.partitionKeys().stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                SqlFailure.semantic(
                    "[Error 10098]: Non-Partition column appears in the partition specification: "
                        + name));
  }

  private static boolean matches(Table table, Partition partition, Ddl.Condition condition) {
    Column key = key(table, condition.key());
    String value = partition.values().get(table.partitionKeys().indexOf(key));
    int order = compare(key, value, condition.value());
    return switch (condition.operator()) {
      case "=" -> order == 0;
      case "<>" -> order != 0;
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  private static int compare(Column key, String left, String right) {
    if (HiveType.parse(key.type()) instanceof HiveType.Simple simple && simple.integer()) {
      try {
        return new BigDecimal(left).compareTo(new BigDecimal(right));
      } catch (NumberFormatException e) {
        return left.compareTo(right);
      }
    }
    return left.compareTo(right);
  }

  private static String text(Collection<Ddl.Condition> conditions) {
    return String.join(
        ", ",
        conditions.stream().map(c -> c.key() + " " + c.operator() + " " + c.value()).toList());
  }

  private static String name(Table table, List<String> values) {
    var parts = new ArrayList<String>();
    for (int i = 0; i < values.size(); i++) {
      parts.add(table.partitionKeys().get(i).name() + "=" + escape(values.get(i)));
    }
    return String.join("/", parts);
  }

  private static String locationOf(Table table, List<String> values) {
    return folder(table.storage().location()) + name(table, values) + "/";
  }

  static String folder(String location) {
    return location.endsWith("/") ? location : location + "/";
  }

  /// Hive's escapes for names of folders.
  private static String escape(String value) {
    var text = new StringBuilder();
    for (char c : Objects.requireNonNull(value).toCharArray()) {
      if (c < ' ' || "\"#%'*/:=?\\{[]^".indexOf(c) >= 0 || c == 0x7F) {
        text.append(String.format("%%%02X", (int) c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }
}

package dev.brume.services.dynamodb;

import dev.brume.model.dynamodb.ConsumedCapacity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Consumed capacity: 4 KiB a read unit, half for eventually consistent reads; 1 KiB a write unit,
/// again for every index.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html>
final class Capacity {
  private Capacity() {}

  static @Nullable ConsumedCapacity read(
      @Nullable String wanted, Table table, int bytes, boolean consistent) {
    double units = Math.max(1, (bytes + 4095) / 4096) * (consistent ? 1 : 0.5);
    return capacity(wanted, table, units);
  }

  static @Nullable ConsumedCapacity written(@Nullable String wanted, Write.Outcome outcome) {
    return capacity(wanted, outcome.table(), writeUnits(outcome));
  }

  static @Nullable List<ConsumedCapacity> all(
      @Nullable String wanted, List<Write.Outcome> outcomes) {
    if (off(wanted)) {
      return null;
    }
    var units = new LinkedHashMap<Table, Double>();
    outcomes.forEach(outcome -> units.merge(outcome.table(), writeUnits(outcome), Double::sum));
    var all = new ArrayList<ConsumedCapacity>();
    units.forEach(
        (table, sum) -> all.add(new ConsumedCapacity().tableName(table.name()).capacityUnits(sum)));
    return all;
  }

  private static double writeUnits(Write.Outcome outcome) {
    double units = Math.max(1, (outcome.bytes() + 1023) / 1024);
    for (Table.Index index : outcome.table().indexes()) {
      var before =
          outcome.before() == null ? null : outcome.table().projected(index, outcome.before());
      var after =
          outcome.after() == null ? null : outcome.table().projected(index, outcome.after());
      units +=
          before == null && after == null
              ? 0
              : Math.max(
                  1,
                  (Math.max(
                              before == null ? 0 : Values.size(before),
                              after == null ? 0 : Values.size(after))
                          + 1023)
                      / 1024);
    }
    return units;
  }

  private static @Nullable ConsumedCapacity capacity(
      @Nullable String wanted, Table table, double units) {
    if (off(wanted)) {
      return null;
    }
    var capacity = new ConsumedCapacity().tableName(table.name()).capacityUnits(units);
    if ("INDEXES".equals(wanted)) {
      capacity.table(new dev.brume.model.dynamodb.Capacity().capacityUnits(units));
    }
    return capacity;
  }

  private static boolean off(@Nullable String wanted) {
    return wanted == null || wanted.equals("NONE");
  }
}

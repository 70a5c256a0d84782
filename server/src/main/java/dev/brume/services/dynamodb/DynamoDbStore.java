package dev.brume.services.dynamodb;

import dev.brume.model.Call;
import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import dev.brume.time.Timers;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows: tables by name, items by table id and key, index entries by index key, and per table its
/// item count and size.
final class DynamoDbStore {
  static final String TTL_TIMER = "dynamodb.ttl";
  private static final Row<Table> TABLE = Row.of(Table.class);
  private static final Row<Statistics> STATISTICS = Row.of(Statistics.class);

  /// @param bytes of all items as AWS counts them
  record Statistics(long items, long bytes) {}

  private final Timers timers;

  DynamoDbStore(Timers timers) {
    this.timers = timers;
  }

  static Key tables(Call call) {
    return Key.of("dynamodb", call.account(), call.region(), "table");
  }

  @Nullable Table table(Reader reader, Call call, String name) {
    byte[] row = reader.get(tables(call).then(name));
    return row == null ? null : TABLE.read(row);
  }

  Table read(byte[] row) {
    return TABLE.read(row);
  }

  /// The table that a data operation names, by name or ARN. Throws ResourceNotFoundException.
  Table needed(Reader reader, Call call, String nameOrArn) {
    String name =
        nameOrArn.startsWith("arn:")
            ? nameOrArn.substring(nameOrArn.lastIndexOf('/') + 1)
            : nameOrArn;
    Table table = table(reader, call, name);
    if (table == null) {
      throw DynamoDbErrors.notFound();
    }
    return table;
  }

  void put(Tx tx, Call call, Table table) {
    tx.put(tables(call).then(table.name()), TABLE.write(table));
  }

  void delete(Tx tx, Call call, Table table) {
    tx.delete(tables(call).then(table.name()));
    for (Key rows :
        new Key[] {items(table), entries(table), Key.of("dynamodb-statistics", table.id())}) {
      tx.scan(
          rows,
          (key, _) -> {
            tx.delete(key);
            return true;
          });
    }
  }

  Statistics statistics(Reader reader, Table table) {
    byte[] row = reader.get(Key.of("dynamodb-statistics", table.id()));
    return row == null ? new Statistics(0, 0) : STATISTICS.read(row);
  }

  static Key items(Table table) {
    return Key.of("dynamodb-item", table.id());
  }

  private static Key entries(Table table) {
    return Key.of("dynamodb-index", table.id());
  }

  static Key entries(Table table, Table.Index index) {
    return entries(table).then(index.name());
  }

  static Key item(Table table, Map<String, AttributeValue> keyOrItem) {
    return keyed(items(table), table.key(), keyOrItem);
  }

  /// Index entries end with the item's own key: index keys need not be unique.
  static Key entry(Table table, Table.Index index, Map<String, AttributeValue> item) {
    Key own = keyed(entries(table, index), index.key(), item);
    return keyed(own, table.key(), item);
  }

  private static Key keyed(Key prefix, Table.KeySchema schema, Map<String, AttributeValue> item) {
    Key key = prefix;
    for (String name : schema.names()) {
      AttributeValue value = item.get(name);
      if (value == null) {
        throw DynamoDbErrors.keySchemaMismatch();
      }
      key = key.then(Table.element(value));
    }
    return key;
  }

  @Nullable Map<String, AttributeValue> get(
      Reader reader, Table table, Map<String, AttributeValue> key) {
    byte[] row = reader.get(item(table, key));
    return row == null ? null : Values.read(row);
  }

  /// Replaces an item and everything derived from it. Null for `before` or `after` means there was
  /// or is none.
  void replace(
      Tx tx,
      Call call,
      Table table,
      @Nullable Map<String, AttributeValue> before,
      @Nullable Map<String, AttributeValue> after) {
    for (Table.Index index : table.indexes()) {
      if (before != null && table.projected(index, before) != null) {
        tx.delete(entry(table, index, before));
      }
    }
    if (after != null) {
      tx.put(item(table, after), Values.write(after));
      for (Table.Index index : table.indexes()) {
        Map<String, AttributeValue> projected = table.projected(index, after);
        if (projected != null) {
          tx.put(entry(table, index, after), Values.write(projected));
        }
      }
    } else if (before != null) {
      tx.delete(item(table, before));
    }
    count(tx, table, before, after);
    expire(tx, call, table, before, after);
  }

  private void count(
      Tx tx,
      Table table,
      @Nullable Map<String, AttributeValue> before,
      @Nullable Map<String, AttributeValue> after) {
    Statistics old = statistics(tx, table);
    long items = old.items() + (after == null ? 0 : 1) - (before == null ? 0 : 1);
    long bytes =
        old.bytes()
            + (after == null ? 0 : Values.size(after))
            - (before == null ? 0 : Values.size(before));
    tx.put(
        Key.of("dynamodb-statistics", table.id()), STATISTICS.write(new Statistics(items, bytes)));
  }

  private void expire(
      Tx tx,
      Call call,
      Table table,
      @Nullable Map<String, AttributeValue> before,
      @Nullable Map<String, AttributeValue> after) {
    if (table.ttlAttribute() == null) {
      return;
    }
    Instant due = after == null ? null : expiry(table, after);
    Map<String, AttributeValue> present = after != null ? after : before;
    if (present == null) {
      return;
    }
    String id = timerId(table, present);
    if (due == null) {
      timers.cancel(tx, TTL_TIMER, id);
      return;
    }
    String where = call.account() + "/" + call.region() + "/" + table.name() + "/";
    byte[] key = Values.write(table.keyOf(present));
    byte[] prefix = where.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[prefix.length + key.length];
    System.arraycopy(prefix, 0, payload, 0, prefix.length);
    System.arraycopy(key, 0, payload, prefix.length, key.length);
    timers.schedule(tx, TTL_TIMER, id, due, payload);
  }

  /// When an item expires: its time to live attribute is a number of seconds since 1970, at most
  /// five years ago.
  /// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/howitworks-ttl.html>
  static @Nullable Instant expiry(Table table, Map<String, AttributeValue> item) {
    AttributeValue value = table.ttlAttribute() == null ? null : item.get(table.ttlAttribute());
    if (value == null || value.n() == null) {
      return null;
    }
    BigDecimal seconds = new BigDecimal(value.n());
    boolean sane =
        seconds.signum() > 0 && seconds.compareTo(BigDecimal.valueOf(253_402_300_799L)) < 0;
    return sane ? Instant.ofEpochSecond(seconds.longValue()) : null;
  }

  private static String timerId(Table table, Map<String, AttributeValue> item) {
    return table.id()
        + "/"
        + Base64.getEncoder().encodeToString(Values.write(new LinkedHashMap<>(table.keyOf(item))));
  }
}

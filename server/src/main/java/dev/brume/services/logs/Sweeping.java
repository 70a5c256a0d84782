package dev.brume.services.logs;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;

/// Removes events that nobody can reach any more: those of deleted groups and streams, and those
/// older than their group's retention, once a day.
final class Sweeping {
  private static final String DELETED = "logs.deleted";
  private static final String RETENTION = "logs.retention";
  private static final int ROWS_PER_TRANSACTION = 1000;
  private static final Row<Owner> OWNER = Row.of(Owner.class);
  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final LogsStore store;

  private record Owner(String account, String region, String group, String groupId) {}

  Sweeping(Kv kv, Clock clock, Timers timers, LogsStore store) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.store = store;
    timers.handle(DELETED, (_, _, payload) -> sweep(Key.ofBytes(payload)));
    timers.handle(RETENTION, (_, due, payload) -> expire(due, OWNER.read(payload)));
  }

  /// Sweeps everything under this key after the transaction.
  void deleted(Tx tx, Call call, Key prefix) {
    timers.schedule(
        tx, DELETED, HexFormat.of().formatHex(prefix.bytes()), call.now(), prefix.bytes());
  }

  /// Plans the next day's sweep, or none when the group keeps its events.
  void plan(Tx tx, Call call, GroupRow group) {
    if (group.retentionDays() == null) {
      timers.cancel(tx, RETENTION, group.id());
      return;
    }
    var owner = new Owner(call.account(), call.region(), group.name(), group.id());
    timers.schedule(
        tx, RETENTION, group.id(), call.now().plus(Duration.ofDays(1)), OWNER.write(owner));
  }

  void forget(Tx tx, GroupRow group) {
    timers.cancel(tx, RETENTION, group.id());
  }

  private void sweep(Key prefix) {
    sweep(prefix, prefix.end());
  }

  private void sweep(Key from, Key to) {
    boolean more = true;
    while (more) {
      more =
          kv.tx(
              tx -> {
                var keys = new ArrayList<Key>();
                tx.scan(
                    from,
                    to,
                    (key, _) -> {
                      keys.add(key);
                      return keys.size() < ROWS_PER_TRANSACTION;
                    });
                keys.forEach(tx::delete);
                return keys.size() == ROWS_PER_TRANSACTION;
              });
    }
  }

  private void expire(Instant due, Owner owner) {
    GroupRow group =
        kv.read(reader -> store.find(reader, owner.account(), owner.region(), owner.group()));
    if (group == null || !group.id().equals(owner.groupId()) || group.retentionDays() == null) {
      return;
    }
    long before = group.expiredBeforeMillis(clock.millis());
    Key events = store.events(owner.account(), owner.region(), group.id());
    for (StreamRow stream :
        kv.read(reader -> store.streams(reader, owner.account(), owner.region(), group))) {
      if (stream.firstMillis() != null && stream.firstMillis() < before) {
        sweep(events.then(stream.id()), events.then(stream.id(), before));
      }
    }
    kv.tx(
        tx -> {
          GroupRow present = store.find(tx, owner.account(), owner.region(), owner.group());
          if (present != null
              && present.id().equals(owner.groupId())
              && present.retentionDays() != null) {
            timers.schedule(
                tx, RETENTION, group.id(), due.plus(Duration.ofDays(1)), OWNER.write(owner));
          }
          return 0;
        });
  }
}

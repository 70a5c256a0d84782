package dev.brume.services.kms;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import dev.brume.time.Timers;
import java.time.Duration;
import java.time.Instant;

/// What happens to keys later: new material by rotation, and their end.
final class KeyCalendar {
  private static final String DELETION = "kms.deletion";
  private static final String ROTATION = "kms.rotation";
  private static final Row<Owner> OWNER = Row.of(Owner.class);
  private final Kv kv;
  private final Timers timers;
  private final Ids ids;
  private final KmsStore store;

  private record Owner(String account, String region, String keyId) {
    Call call(Instant now) {
      return new Call(account, region, new Principal.Root(account), "", now, "");
    }
  }

  KeyCalendar(Kv kv, Timers timers, Ids ids, KmsStore store) {
    this.kv = kv;
    this.timers = timers;
    this.ids = ids;
    this.store = store;
    timers.handle(DELETION, (_, due, payload) -> delete(due, OWNER.read(payload)));
    timers.handle(ROTATION, (_, due, payload) -> rotate(due, OWNER.read(payload)));
  }

  KeyRow.Material material(Instant now, boolean onDemand) {
    return new KeyRow.Material(ids.hex(64), ids.bytes(32), now.toEpochMilli(), onDemand);
  }

  /// Stores the key and plans by it.
  void put(Tx tx, Call call, KeyRow key) {
    store.put(tx, call, key);
    byte[] owner = OWNER.write(new Owner(call.account(), call.region(), key.id()));
    if (key.deletionMillis() == null) {
      timers.cancel(tx, DELETION, key.id());
    } else {
      timers.schedule(tx, DELETION, key.id(), Instant.ofEpochMilli(key.deletionMillis()), owner);
    }
    if (key.nextRotationMillis() == null) {
      timers.cancel(tx, ROTATION, key.id());
    } else {
      timers.schedule(
          tx, ROTATION, key.id(), Instant.ofEpochMilli(key.nextRotationMillis()), owner);
    }
  }

  private void delete(Instant due, Owner owner) {
    Call call = owner.call(due);
    kv.tx(
        tx -> {
          KeyRow key = store.find(tx, call, owner.keyId());
          if (key == null
              || key.deletionMillis() == null
              || key.deletionMillis() > due.toEpochMilli()) {
            return 0;
          }
          store.delete(tx, call, key);
          timers.cancel(tx, ROTATION, key.id());
          for (KmsStore.Alias alias : store.aliases(tx, call)) {
            if (alias.keyId().equals(key.id())) {
              store.delete(tx, call, alias);
            }
          }
          return 0;
        });
  }

  private void rotate(Instant due, Owner owner) {
    Call call = owner.call(due);
    KeyRow.Material material = material(due, false);
    kv.tx(
        tx -> {
          KeyRow key = store.find(tx, call, owner.keyId());
          if (key == null
              || key.rotationDays() == null
              || key.nextRotationMillis() == null
              || key.nextRotationMillis() > due.toEpochMilli()) {
            return 0;
          }
          long next = due.plus(Duration.ofDays(key.rotationDays())).toEpochMilli();
          KeyRow planned = key.withRotation(key.rotationDays(), next);
          put(tx, call, key.state().equals("Enabled") ? planned.with(material) : planned);
          return 0;
        });
  }
}

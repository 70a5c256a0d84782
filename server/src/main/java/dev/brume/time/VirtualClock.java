package dev.brume.time;

import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/// The wall clock, moved forward by an offset or standing still. Offset and standstill are durable:
/// an advanced clock is still advanced after a restart.
public final class VirtualClock implements Clock {
  private static final Key KEY = Key.of("time", "clock");
  private static final Row<Setting> ROW = Row.of(Setting.class);

  /// @param offsetMillis ahead of the wall clock
  /// @param frozenAtMillis where it stands still, 0 when it runs
  record Setting(long offsetMillis, long frozenAtMillis) {}

  private final Kv kv;
  private final InstantSource wall;
  private volatile Setting setting;

  public VirtualClock(Kv kv, InstantSource wall) {
    this.kv = kv;
    this.wall = wall;
    byte[] stored = kv.<byte[]>read(reader -> reader.get(KEY));
    setting = stored == null ? new Setting(0, 0) : ROW.read(stored);
  }

  @Override
  public Instant instant() {
    Setting now = setting;
    if (now.frozenAtMillis() != 0) {
      return Instant.ofEpochMilli(now.frozenAtMillis());
    }
    return wall.instant().plusMillis(now.offsetMillis());
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  boolean frozen() {
    return setting.frozenAtMillis() != 0;
  }

  void freeze() {
    if (!frozen()) {
      set(new Setting(setting.offsetMillis(), instant().toEpochMilli()));
    }
  }

  void resume() {
    if (frozen()) {
      set(new Setting(setting.frozenAtMillis() - wall.millis(), 0));
    }
  }

  /// Stands still at an instant, in memory only: while [DurableTimers] steps through what comes
  /// due.
  void stepTo(Instant instant) {
    setting = new Setting(setting.offsetMillis(), instant.toEpochMilli());
  }

  /// Ends the steps at an instant, durably; runs on from there unless it is to stand still.
  void settle(Instant instant, boolean frozen) {
    set(
        new Setting(
            Duration.between(wall.instant(), instant).toMillis(),
            frozen ? instant.toEpochMilli() : 0));
  }

  private void set(Setting next) {
    kv.tx(
        tx -> {
          tx.put(KEY, ROW.write(next));
          tx.afterCommit(() -> setting = next);
          return 0;
        });
  }
}

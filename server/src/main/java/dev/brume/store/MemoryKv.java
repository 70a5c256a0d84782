package dev.brume.store;

import java.util.Iterator;
import java.util.Map;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A [Kv] that forgets everything at its end: for `--memory` and for tests. Transactions behave as
/// those of [RocksKv].
public final class MemoryKv implements Kv {
  private final Memory memory;
  private final Committer committer;

  public MemoryKv() {
    this(new Memory());
  }

  private MemoryKv(Memory memory) {
    this.memory = memory;
    this.committer = new Committer(memory, failure -> {});
  }

  @Override
  public <T> T tx(Function<Tx, T> closure) {
    return committer.tx(closure);
  }

  @Override
  public <T> T read(Function<Reader, T> closure) {
    try (Engine.View view = memory.snapshot()) {
      return closure.apply(new SnapshotReader(view));
    }
  }

  /// What a process finds that starts after this one was killed: every committed transaction,
  /// whole.
  /// This store ends; transactions that wait get [StoreClosed], and none of theirs is found unless
  /// its append had begun.
  public MemoryKv afterCrash() {
    Memory found = memory.crash();
    committer.close();
    return new MemoryKv(found);
  }

  @Override
  public void close() {
    committer.close();
  }

  /// Readers hold the shared side of a lock while they read, so that they see whole transactions.
  private static final class Memory implements Engine {
    private final NavigableMap<Key, byte[]> entries = new ConcurrentSkipListMap<>();
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean crashed;

    Memory crash() {
      var found = new Memory();
      lock.writeLock().lock();
      try {
        crashed = true;
        found.entries.putAll(entries);
      } finally {
        lock.writeLock().unlock();
      }
      return found;
    }

    @Override
    public void append(NavigableMap<Key, byte[]> writes) {
      lock.writeLock().lock();
      try {
        if (crashed) {
          throw new IllegalStateException("crashed");
        }
        writes.forEach(
            (key, value) -> {
              if (value == Overlay.DELETED) {
                entries.remove(key);
              } else {
                entries.put(key, value);
              }
            });
      } finally {
        lock.writeLock().unlock();
      }
    }

    @Override
    public View latest() {
      return new MapView(entries, () -> {});
    }

    @Override
    public View snapshot() {
      lock.readLock().lock();
      return new MapView(entries, lock.readLock()::unlock);
    }

    @Override
    public void close() {}
  }

  private record MapView(NavigableMap<Key, byte[]> entries, Runnable onClose)
      implements Engine.View {
    @Override
    public byte @Nullable [] get(Key key) {
      return entries.get(key);
    }

    @Override
    public Engine.Cursor cursor(Key from, Key to, boolean backward) {
      NavigableMap<Key, byte[]> range = entries.subMap(from, true, to, false);
      return new MapCursor((backward ? range.descendingMap() : range).entrySet().iterator());
    }

    @Override
    public void close() {
      onClose.run();
    }
  }

  private static final class MapCursor implements Engine.Cursor {
    private final Iterator<Map.Entry<Key, byte[]>> entries;
    private Map.@Nullable Entry<Key, byte[]> entry;

    MapCursor(Iterator<Map.Entry<Key, byte[]>> entries) {
      this.entries = entries;
      next();
    }

    @Override
    public @Nullable Key key() {
      return entry == null ? null : entry.getKey();
    }

    @Override
    public byte[] value() {
      if (entry == null) {
        throw new IllegalStateException("after the last entry");
      }
      return entry.getValue();
    }

    @Override
    public void next() {
      entry = entries.hasNext() ? entries.next() : null;
    }

    @Override
    public void close() {}
  }
}

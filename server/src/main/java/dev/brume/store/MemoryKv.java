package dev.brume.store;

import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A store that is gone with the process: `--memory`, and tests. The same transactions as on disk.
public final class MemoryKv implements Kv {
  private final TreeMap<Key, byte[]> entries = new TreeMap<>();
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Committer committer;

  public MemoryKv() {
    committer =
        new Committer(
            new Entries(),
            failure -> {
              throw new IllegalStateException(failure);
            });
  }

  @Override
  public <T> T tx(Function<Tx, T> closure) {
    return committer.run(closure);
  }

  @Override
  public <T> T read(Function<Reader, T> closure) {
    lock.readLock().lock();
    try {
      return closure.apply(new Entries());
    } finally {
      lock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    committer.close();
  }

  private final class Entries implements Committer.Disk {
    @Override
    public byte @Nullable [] get(Key key) {
      return entries.get(key);
    }

    @Override
    public void scan(Key from, Key to, Visitor visitor) {
      visit(entries.subMap(from, true, to, false), visitor);
    }

    @Override
    public void scanBack(Key from, Key to, Visitor visitor) {
      visit(entries.subMap(from, true, to, false).descendingMap(), visitor);
    }

    private static void visit(NavigableMap<Key, byte[]> range, Visitor visitor) {
      for (var entry : range.entrySet()) {
        if (!visitor.visit(entry.getKey(), entry.getValue())) {
          return;
        }
      }
    }

    @Override
    public void write(Overlay group) {
      lock.writeLock().lock();
      try {
        group
            .writes()
            .forEach(
                (key, value) ->
                    value.ifPresentOrElse(
                        bytes -> entries.put(key, bytes), () -> entries.remove(key)));
      } finally {
        lock.writeLock().unlock();
      }
    }
  }
}

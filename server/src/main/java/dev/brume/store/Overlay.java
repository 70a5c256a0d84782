package dev.brume.store;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A transaction being run: its own writes over those of the transactions of the same batch over
/// what is durable.
final class Overlay implements Tx {
  /// Marks a key as removed; told by identity, so that an empty value stays a value.
  static final byte[] DELETED = new byte[0];

  private final Engine.View durable;
  private final NavigableMap<Key, byte[]> batch;
  private final NavigableMap<Key, byte[]> own = new TreeMap<>();
  private final List<Runnable> afterCommit = new ArrayList<>();
  private boolean ended;

  Overlay(Engine.View durable, NavigableMap<Key, byte[]> batch) {
    this.durable = durable;
    this.batch = batch;
  }

  /// Ends the transaction: from here on it refuses every use.
  void end() {
    ended = true;
  }

  NavigableMap<Key, byte[]> writes() {
    return own;
  }

  List<Runnable> actions() {
    return afterCommit;
  }

  @Override
  public void put(Key key, byte[] value) {
    requireRunning();
    own.put(key, value.length == 0 ? new byte[0] : value);
  }

  @Override
  public void delete(Key key) {
    requireRunning();
    own.put(key, DELETED);
  }

  @Override
  public void afterCommit(Runnable action) {
    requireRunning();
    afterCommit.add(action);
  }

  @Override
  public byte @Nullable [] get(Key key) {
    requireRunning();
    byte[] value = own.get(key);
    if (value == null) {
      value = batch.get(key);
    }
    if (value == null) {
      return durable.get(key);
    }
    return value == DELETED ? null : value;
  }

  @Override
  public void scan(Key from, Key to, Visitor visitor) {
    walk(from, to, false, visitor);
  }

  @Override
  public void scanBack(Key from, Key to, Visitor visitor) {
    walk(from, to, true, visitor);
  }

  // The three layers are asked for their next entry after the last key that was visited, so a
  // visitor may write while it walks.
  private void walk(Key from, Key to, boolean backward, Visitor visitor) {
    requireRunning();
    if (from.compareTo(to) >= 0) {
      return;
    }
    try (Engine.Cursor cursor = durable.cursor(from, to, backward)) {
      Key last = null;
      while (true) {
        Map.Entry<Key, byte[]> first = next(own, from, to, last, backward);
        first = nearer(first, next(batch, from, to, last, backward), backward);
        Key stored = cursor.key();
        if (stored != null && (first == null || before(stored, first.getKey(), backward))) {
          first = Map.entry(stored, cursor.value());
        }
        if (first == null) {
          return;
        }
        last = first.getKey();
        if (stored != null && last.equals(stored)) {
          cursor.next();
        }
        if (first.getValue() != DELETED && !visitor.visit(last, first.getValue())) {
          return;
        }
      }
    }
  }

  private static Map.@Nullable Entry<Key, byte[]> next(
      NavigableMap<Key, byte[]> layer, Key from, Key to, @Nullable Key last, boolean backward) {
    Map.Entry<Key, byte[]> entry;
    if (backward) {
      entry = layer.lowerEntry(last == null ? to : last);
      return entry == null || entry.getKey().compareTo(from) < 0 ? null : entry;
    }
    entry = last == null ? layer.ceilingEntry(from) : layer.higherEntry(last);
    return entry == null || entry.getKey().compareTo(to) >= 0 ? null : entry;
  }

  private static Map.@Nullable Entry<Key, byte[]> nearer(
      Map.@Nullable Entry<Key, byte[]> upper,
      Map.@Nullable Entry<Key, byte[]> lower,
      boolean backward) {
    if (upper == null) {
      return lower;
    }
    return lower != null && before(lower.getKey(), upper.getKey(), backward) ? lower : upper;
  }

  private static boolean before(Key one, Key other, boolean backward) {
    int order = Arrays.compareUnsigned(one.bytes(), other.bytes());
    return backward ? order > 0 : order < 0;
  }

  private void requireRunning() {
    if (ended) {
      throw new IllegalStateException("the transaction has ended");
    }
  }
}

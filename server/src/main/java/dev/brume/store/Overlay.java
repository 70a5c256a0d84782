package dev.brume.store;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A transaction's writes over what lies below: another overlay or the disk. An empty value is a
/// deletion.
final class Overlay implements Tx {
  private final Reader below;
  private final TreeMap<Key, Optional<byte[]>> writes = new TreeMap<>();
  private final List<Runnable> actions = new ArrayList<>();

  Overlay(Reader below) {
    this.below = below;
  }

  NavigableMap<Key, Optional<byte[]>> writes() {
    return writes;
  }

  List<Runnable> actions() {
    return actions;
  }

  /// Takes over the writes and actions of a transaction that ran on top of this one.
  void absorb(Overlay finished) {
    writes.putAll(finished.writes);
    actions.addAll(finished.actions);
  }

  @Override
  public byte @Nullable [] get(Key key) {
    Optional<byte[]> written = writes.get(key);
    return written == null ? below.get(key) : written.orElse(null);
  }

  @Override
  public void put(Key key, byte[] value) {
    writes.put(key, Optional.of(value));
  }

  @Override
  public void delete(Key key) {
    writes.put(key, Optional.empty());
  }

  @Override
  public void afterCommit(Runnable action) {
    actions.add(action);
  }

  @Override
  public void scan(Key from, Key to, Visitor visitor) {
    merge(writes.subMap(from, true, to, false), from, to, visitor, true);
  }

  @Override
  public void scanBack(Key from, Key to, Visitor visitor) {
    merge(writes.subMap(from, true, to, false).descendingMap(), from, to, visitor, false);
  }

  // Walks what lies below and slips the own writes in where they belong. The visitor may write: the
  // writes of the range are copied first.
  private void merge(
      NavigableMap<Key, Optional<byte[]>> range,
      Key from,
      Key to,
      Visitor visitor,
      boolean forward) {
    var own =
        new ArrayList<>(
            range.entrySet().stream().map(e -> new Entry(e.getKey(), e.getValue())).toList());
    var state = new MergeState(own, visitor, forward);
    if (forward) {
      below.scan(from, to, state::below);
    } else {
      below.scanBack(from, to, state::below);
    }
    state.rest();
  }

  private record Entry(Key key, Optional<byte[]> value) {}

  private static final class MergeState {
    private final List<Entry> own;
    private final Visitor visitor;
    private final boolean forward;
    private int next;
    private boolean open = true;

    MergeState(List<Entry> own, Visitor visitor, boolean forward) {
      this.own = own;
      this.visitor = visitor;
      this.forward = forward;
    }

    boolean below(Key key, byte[] value) {
      while (open && next < own.size()) {
        Entry entry = own.get(next);
        int order = forward ? entry.key().compareTo(key) : key.compareTo(entry.key());
        if (order > 0) {
          break;
        }
        next++;
        visit(entry);
        if (order == 0) {
          return open;
        }
      }
      open = open && visitor.visit(key, value);
      return open;
    }

    void rest() {
      while (open && next < own.size()) {
        visit(own.get(next++));
      }
    }

    private void visit(Entry entry) {
      if (entry.value().isPresent()) {
        open = visitor.visit(entry.key(), entry.value().get());
      }
    }
  }
}

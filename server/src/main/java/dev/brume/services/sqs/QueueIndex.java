package dev.brume.services.sqs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Which messages of one queue can be received, are in flight or are delayed; in memory, in step
/// with what is committed. Also where receivers wait.
///
/// A message is taken here before the receive is durable, so that nobody else gets it; its lock is
/// never held during a transaction.
final class QueueIndex {
  /// A message that was taken, and what its state is now.
  record Taken(long sequence, ReceiveState state) {}

  /// @param received for the receiver
  /// @param dead received too often: to be moved to the dead-letter queue
  record Taking(List<Taken> received, List<Long> dead) {
    boolean isEmpty() {
      return received.isEmpty() && dead.isEmpty();
    }
  }

  /// @param visible can be received now
  record Counts(int visible, int inFlight, int delayed) {}

  /// What a receive wants.
  ///
  /// @param receiveCountMax messages received this often are dead, 0 for no limit, −1 for all
  record Want(int messagesMax, long nowMillis, long visibleMillis, int receiveCountMax) {}

  private static final class Entry {
    final long sequence;
    final long sentMillis;
    final @Nullable String groupId;
    ReceiveState state;
    boolean hidden;

    Entry(long sequence, long sentMillis, @Nullable String groupId, ReceiveState state) {
      this.sequence = sequence;
      this.sentMillis = sentMillis;
      this.groupId = groupId;
      this.state = state;
    }

    long visibleMillis() {
      return state.visibleMillis();
    }
  }

  private final boolean fifo;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<Long, Entry> entries = new HashMap<>();
  private final TreeMap<Long, Entry> ready = new TreeMap<>();
  private final TreeSet<Entry> hidden =
      new TreeSet<>(
          Comparator.comparingLong(Entry::visibleMillis).thenComparingLong(e -> e.sequence));
  private final Map<String, Integer> lockedGroups = new HashMap<>();
  private int delayed;
  private int waiting;
  private boolean closed;

  QueueIndex(boolean fifo) {
    this.fifo = fifo;
  }

  /// Adds a committed message.
  void add(long sequence, StoredMessage message, ReceiveState state, long nowMillis) {
    lock.lock();
    try {
      var entry = new Entry(sequence, message.sentMillis(), message.groupId(), state);
      entries.put(sequence, entry);
      if (state.visibleMillis() > nowMillis) {
        hide(entry);
        // Whoever waits must learn when it becomes visible.
        changed.signalAll();
      } else {
        ready.put(sequence, entry);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes what can be received and hides it.
  Taking take(Want want) {
    lock.lock();
    try {
      promote(want.nowMillis());
      if (!ready.isEmpty() && hidden.size() - delayed >= SqsLimits.IN_FLIGHT_MAX) {
        throw SqsErrors.tooManyInFlight();
      }
      var received = new ArrayList<Taken>();
      var dead = new ArrayList<Long>();
      for (Entry entry : choose(want.messagesMax())) {
        ReceiveState old = entry.state;
        ready.remove(entry.sequence);
        if (want.receiveCountMax() != 0 && old.count() >= want.receiveCountMax()) {
          dead.add(entry.sequence);
          entry.state =
              new ReceiveState(old.count(), old.firstMillis(), old.lastMillis(), Long.MAX_VALUE);
        } else {
          long first = old.count() == 0 ? want.nowMillis() : old.firstMillis();
          entry.state =
              new ReceiveState(old.count() + 1, first, want.nowMillis(), want.visibleMillis());
          received.add(new Taken(entry.sequence, entry.state));
        }
        hide(entry);
      }
      if (!ready.isEmpty()) {
        changed.signal();
      }
      return new Taking(received, dead);
    } finally {
      lock.unlock();
    }
  }

  // In order of sending. Of a FIFO queue only groups that have nothing in flight, except through
  // this very receive.
  private List<Entry> choose(int max) {
    var chosen = new ArrayList<Entry>();
    if (!fifo) {
      for (Entry entry : ready.values()) {
        if (chosen.size() == max) {
          break;
        }
        chosen.add(entry);
      }
      return chosen;
    }
    int seen = 0;
    for (Entry entry : ready.values()) {
      if (chosen.size() == max || seen++ == SqsLimits.FIFO_LOOK_AHEAD) {
        break;
      }
      if (!lockedGroups.containsKey(String.valueOf(entry.groupId))) {
        chosen.add(entry);
      }
    }
    return chosen;
  }

  /// Waits until something may be there to take. Returns false when the time is over.
  ///
  /// @param nowMillis the virtual clock's
  /// @param onHidden told when the next hidden message becomes visible; arranges for [#wake] then
  boolean await(long nanos, LongSupplier nowMillis, LongConsumer onHidden) {
    long left = nanos;
    lock.lock();
    try {
      waiting++;
      while (!closed) {
        promote(nowMillis.getAsLong());
        if (!choose(1).isEmpty()) {
          return true;
        }
        if (left <= 0) {
          return false;
        }
        if (!hidden.isEmpty()) {
          onHidden.accept(hidden.first().visibleMillis());
        }
        left = changed.awaitNanos(left);
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting--;
      lock.unlock();
    }
  }

  void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Ends every wait: the queue is deleted or the process stops.
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The message's state, null when it is gone.
  @Nullable ReceiveState state(long sequence) {
    lock.lock();
    try {
      Entry entry = entries.get(sequence);
      return entry == null ? null : entry.state;
    } finally {
      lock.unlock();
    }
  }

  /// Sets when the message of this receive becomes visible. Returns its state before, null when the
  /// message is gone or was received again since.
  @Nullable ReceiveState changeVisibility(
      ReceiptHandle handle, long visibleMillis, long nowMillis) {
    lock.lock();
    try {
      promote(nowMillis);
      Entry entry = entries.get(handle.sequence());
      if (entry == null || entry.state.count() != handle.receiveCount()) {
        return null;
      }
      ReceiveState old = entry.state;
      if (entry.hidden && old.visibleMillis() != Long.MAX_VALUE) {
        show(entry);
        entry.state =
            new ReceiveState(old.count(), old.firstMillis(), old.lastMillis(), visibleMillis);
        place(entry, nowMillis);
      }
      return old;
    } finally {
      lock.unlock();
    }
  }

  /// Takes the message of this receive out. Returns false when it is gone, or was received again
  /// since by somebody else.
  boolean remove(ReceiptHandle handle) {
    lock.lock();
    try {
      Entry entry = entries.get(handle.sequence());
      if (entry == null || entry.state.count() != handle.receiveCount()) {
        return false;
      }
      remove(entry);
      return true;
    } finally {
      lock.unlock();
    }
  }

  void remove(long sequence) {
    lock.lock();
    try {
      Entry entry = entries.get(sequence);
      if (entry != null) {
        remove(entry);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Undoes the reservation of a dead message that could not be moved.
  void release(long sequence, long nowMillis) {
    lock.lock();
    try {
      Entry entry = entries.get(sequence);
      if (entry != null) {
        show(entry);
        ReceiveState old = entry.state;
        entry.state = new ReceiveState(old.count(), old.firstMillis(), old.lastMillis(), 0);
        place(entry, nowMillis);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Takes out every message up to this sequence and returns them.
  List<Long> removeThrough(long sequence) {
    return removeIf(entry -> entry.sequence <= sequence);
  }

  /// Takes out every message sent at or before this time and returns them.
  List<Long> removeSentUntil(long millis) {
    return removeIf(entry -> entry.sentMillis <= millis);
  }

  private List<Long> removeIf(Predicate<Entry> gone) {
    lock.lock();
    try {
      List<Entry> found = entries.values().stream().filter(gone).toList();
      found.forEach(this::remove);
      return found.stream().map(entry -> entry.sequence).toList();
    } finally {
      lock.unlock();
    }
  }

  /// When the oldest message was sent, −1 without any.
  long oldestSentMillis() {
    lock.lock();
    try {
      return entries.values().stream().mapToLong(entry -> entry.sentMillis).min().orElse(-1);
    } finally {
      lock.unlock();
    }
  }

  /// Takes the first messages that are visible, for moving them elsewhere.
  List<Long> takeAll(int max, long nowMillis) {
    return take(new Want(max, nowMillis, Long.MAX_VALUE, -1)).dead();
  }

  Counts counts(long nowMillis) {
    lock.lock();
    try {
      promote(nowMillis);
      return new Counts(ready.size(), hidden.size() - delayed, delayed);
    } finally {
      lock.unlock();
    }
  }

  private void remove(Entry entry) {
    entries.remove(entry.sequence);
    if (entry.hidden) {
      show(entry);
      if (fifo) {
        changed.signal();
      }
    } else {
      ready.remove(entry.sequence);
    }
  }

  private void place(Entry entry, long nowMillis) {
    if (entry.state.visibleMillis() > nowMillis) {
      hide(entry);
    } else {
      ready.put(entry.sequence, entry);
      changed.signal();
    }
  }

  private void promote(long nowMillis) {
    boolean any = false;
    while (!hidden.isEmpty() && hidden.first().visibleMillis() <= nowMillis) {
      Entry entry = hidden.first();
      show(entry);
      ready.put(entry.sequence, entry);
      any = true;
    }
    if (any && waiting > 1) {
      changed.signal();
    }
  }

  private void hide(Entry entry) {
    entry.hidden = true;
    hidden.add(entry);
    if (entry.state.count() == 0) {
      delayed++;
    } else if (entry.groupId != null) {
      lockedGroups.merge(entry.groupId, 1, Integer::sum);
    }
  }

  private void show(Entry entry) {
    entry.hidden = false;
    hidden.remove(entry);
    if (entry.state.count() == 0) {
      delayed--;
    } else if (entry.groupId != null) {
      lockedGroups.computeIfPresent(entry.groupId, (_, count) -> count == 1 ? null : count - 1);
    }
  }
}

package dev.brume.time;

import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Timers as rows by due time, with what is due next in memory; one thread waits for it, handlers
/// run on virtual threads.
public final class DurableTimers implements Timers, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("brume.timers");
  private static final int IN_FLIGHT_PER_KIND_MAX = 64;
  private static final int[] RETRY_SECONDS = {1, 2, 5, 10, 30, 60};

  /// One entry of the index. Durable ones name their row, others carry their action.
  private record Due(
      long dueMillis,
      long order,
      String kind,
      String id,
      int attempt,
      @Nullable Runnable action,
      long atMillis)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atMillis, other.atMillis);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Kv kv;
  private final VirtualClock clock;
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final Map<String, Semaphore> permits = new ConcurrentHashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Condition idle = lock.newCondition();
  private final PriorityQueue<Due> queue = new PriorityQueue<>();
  private final ReentrantLock advancing = new ReentrantLock();
  private int running;
  private long order;
  private boolean started;
  private boolean stepping;
  private boolean closed;

  public DurableTimers(Kv kv, VirtualClock clock) {
    this.kv = kv;
    this.clock = clock;
  }

  /// Begins to fire, once every handler is registered. What came due earlier fires now.
  public void start() {
    kv.read(
        reader -> {
          reader.scan(
              Key.of("timer"),
              (key, _) -> {
                var elements = key.elements();
                long due = (Long) elements.get(1);
                add(due, (String) elements.get(2), (String) elements.get(3), 0, null, due);
                return true;
              });
          return 0;
        });
    lock.lock();
    try {
      started = true;
    } finally {
      lock.unlock();
    }
    Thread.ofPlatform().name("timers").daemon(true).start(this::loop);
  }

  @Override
  public void handle(String kind, Handler handler) {
    if (handlers.putIfAbsent(kind, handler) != null) {
      throw new IllegalStateException("two handlers for timers of kind " + kind);
    }
  }

  @Override
  public void schedule(Tx tx, String kind, String id, Instant due, byte[] payload) {
    cancel(tx, kind, id);
    long dueMillis = due.toEpochMilli();
    tx.put(row(dueMillis, kind, id), payload);
    tx.put(index(kind, id), ByteBuffer.allocate(8).putLong(dueMillis).array());
    tx.afterCommit(
        () -> {
          if (isStarted()) {
            add(dueMillis, kind, id, 0, null, dueMillis);
          }
        });
  }

  @Override
  public void cancel(Tx tx, String kind, String id) {
    byte[] due = tx.get(index(kind, id));
    if (due != null) {
      tx.delete(row(ByteBuffer.wrap(due).getLong(), kind, id));
      tx.delete(index(kind, id));
    }
  }

  @Override
  public Cancellable after(Instant due, Runnable action) {
    long dueMillis = due.toEpochMilli();
    Due entry = add(dueMillis, "", "", 0, action, dueMillis);
    return () -> {
      lock.lock();
      try {
        queue.remove(entry);
      } finally {
        lock.unlock();
      }
    };
  }

  @Override
  public void advance(Duration by) {
    advancing.lock();
    try {
      boolean frozen = clock.frozen();
      Instant target = clock.instant().plus(by);
      step(true);
      clock.stepTo(clock.instant());
      while (true) {
        Instant next = fireUntil(target);
        if (next == null) {
          break;
        }
        clock.stepTo(next.isAfter(clock.instant()) ? next : clock.instant());
      }
      clock.settle(target, frozen);
    } finally {
      step(false);
      advancing.unlock();
    }
  }

  @Override
  public void freeze() {
    clock.freeze();
    signal();
  }

  @Override
  public void resume() {
    clock.resume();
    signal();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Fires what is due now, waits until its handlers are done, and returns when the next timer up
  /// to the target is due, null if there is none.
  private @Nullable Instant fireUntil(Instant target) {
    while (true) {
      lock.lock();
      try {
        long now = clock.millis();
        fireDue(now);
        while (running > 0) {
          idle.awaitUninterruptibly();
        }
        Due next = queue.peek();
        if (next == null || next.atMillis() > target.toEpochMilli()) {
          return null;
        }
        if (next.atMillis() > now) {
          return Instant.ofEpochMilli(next.atMillis());
        }
      } finally {
        lock.unlock();
      }
    }
  }

  private void loop() {
    lock.lock();
    try {
      while (!closed) {
        if (stepping) {
          changed.awaitUninterruptibly();
          continue;
        }
        long now = clock.millis();
        fireDue(now);
        Due next = queue.peek();
        if (next == null || clock.frozen()) {
          changed.awaitUninterruptibly();
        } else if (next.atMillis() > now) {
          await(next.atMillis() - now);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void await(long millis) {
    try {
      // Bounded, so that a wall clock that is set back or forward is noticed.
      boolean signalled = changed.await(Math.min(millis, 60_000), TimeUnit.MILLISECONDS);
      LOG.log(System.Logger.Level.TRACE, "woken {0}", signalled);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      closed = true;
    }
  }

  private void fireDue(long now) {
    while (!queue.isEmpty() && queue.peek().atMillis() <= now) {
      Due due = queue.remove();
      running++;
      Thread.ofVirtual()
          .name("timer")
          .start(
              () -> {
                try {
                  fire(due);
                } finally {
                  done();
                }
              });
    }
  }

  private void done() {
    lock.lock();
    try {
      running--;
      if (running == 0) {
        idle.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void fire(Due due) {
    if (due.action() != null) {
      due.action().run();
      return;
    }
    Handler handler = handlers.get(due.kind());
    byte[] payload =
        kv.<byte[]>read(reader -> reader.get(row(due.dueMillis(), due.kind(), due.id())));
    if (payload == null) {
      return;
    }
    if (handler == null) {
      LOG.log(System.Logger.Level.WARNING, "nobody handles timers of kind {0}", due.kind());
      return;
    }
    Semaphore permit =
        permits.computeIfAbsent(due.kind(), _ -> new Semaphore(IN_FLIGHT_PER_KIND_MAX));
    permit.acquireUninterruptibly();
    try {
      handler.fire(due.id(), Instant.ofEpochMilli(due.dueMillis()), payload);
      remove(due);
    } catch (RuntimeException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "timer " + due.kind() + " " + due.id() + " failed, will fire again",
          e);
      int attempt = Math.min(due.attempt(), RETRY_SECONDS.length - 1);
      add(
          due.dueMillis(),
          due.kind(),
          due.id(),
          due.attempt() + 1,
          null,
          clock.millis() + RETRY_SECONDS[attempt] * 1000L);
    } finally {
      permit.release();
    }
  }

  private void remove(Due due) {
    kv.tx(
        tx -> {
          Key row = row(due.dueMillis(), due.kind(), due.id());
          if (tx.get(row) != null) {
            cancel(tx, due.kind(), due.id());
          }
          return 0;
        });
  }

  private Due add(
      long dueMillis,
      String kind,
      String id,
      int attempt,
      @Nullable Runnable action,
      long atMillis) {
    lock.lock();
    try {
      var entry = new Due(dueMillis, order++, kind, id, attempt, action, atMillis);
      queue.add(entry);
      if (queue.peek() == entry) {
        changed.signalAll();
      }
      return entry;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStarted() {
    lock.lock();
    try {
      return started;
    } finally {
      lock.unlock();
    }
  }

  private void step(boolean on) {
    lock.lock();
    try {
      stepping = on;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void signal() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static Key row(long dueMillis, String kind, String id) {
    return Key.of("timer", dueMillis, kind, id);
  }

  private static Key index(String kind, String id) {
    return Key.of("timer-of", kind, id);
  }
}

package dev.brume.store;

import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one thread through which every write passes. It takes the transactions that wait, runs them
/// one after the other, appends what they wrote with a single forced write, runs their
/// [Tx#afterCommit] actions in order, and wakes their callers. While it waits for the disk the next
/// transactions gather: the slower the disk, the larger the groups.
final class Committer {
  private static final System.Logger LOG = System.getLogger(Committer.class.getName());
  private static final int GROUP_MAX = 1024;
  private static final int GROUP_BYTES_MAX = 4 << 20;

  private final Engine engine;
  private final Consumer<Throwable> onFailure;
  private final BlockingQueue<Job<?>> waiting = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closing;
  private volatile boolean stopped;
  private volatile @Nullable Throwable failure;

  /// @param onFailure told when a durable append failed; from then on nothing is accepted. The
  ///   process should stop: what is in memory may be ahead of the disk
  Committer(Engine engine, Consumer<Throwable> onFailure) {
    this.engine = engine;
    this.onFailure = onFailure;
    this.thread = Thread.ofPlatform().name("store-committer").daemon().unstarted(this::run);
    thread.start();
  }

  <T> T tx(Function<Tx, T> closure) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a transaction inside a transaction");
    }
    var job = new Job<T>(closure, Thread.currentThread());
    waiting.add(job);
    if (stopped) {
      // The committer may have made its last round before it saw the job.
      rejectWaiting();
    }
    return job.await();
  }

  /// Finishes what waits and stops.
  void close() {
    closing = true;
    waiting.add(new Job<Boolean>(tx -> true, thread));
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    var group = new ArrayList<Job<?>>();
    try {
      while (failure == null && !(closing && waiting.isEmpty())) {
        group.clear();
        group.add(waiting.take());
        runGroup(group);
      }
    } catch (InterruptedException e) {
      failure = e;
    } finally {
      stopped = true;
      rejectWaiting();
    }
  }

  private void runGroup(List<Job<?>> group) {
    var batch = new TreeMap<Key, byte[]>();
    var actions = new ArrayList<Runnable>();
    Throwable failed = null;
    try (Engine.View durable = engine.latest()) {
      long bytes = 0;
      Job<?> next = group.getFirst();
      while (next != null) {
        bytes += next.run(durable, batch, actions);
        next = group.size() < GROUP_MAX && bytes < GROUP_BYTES_MAX ? waiting.poll() : null;
        if (next != null) {
          group.add(next);
        }
      }
      if (!batch.isEmpty()) {
        engine.append(batch);
      }
    } catch (Throwable e) {
      // Nothing of the group may be acknowledged: it is unknown what reached the disk.
      failed = e;
    }
    if (failed == null) {
      actions.forEach(Committer::act);
    } else {
      failure = failed;
      LOG.log(Level.ERROR, "A durable append failed; the store stops", failed);
    }
    for (Job<?> job : group) {
      job.finish(failed);
    }
    if (failed != null) {
      onFailure.accept(failed);
    }
  }

  private static void act(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "An action after a commit threw; it must not", e);
    }
  }

  private void rejectWaiting() {
    for (Job<?> job = waiting.poll(); job != null; job = waiting.poll()) {
      job.reject(new StoreClosed(failure));
    }
  }

  /// A transaction and the thread that waits for it.
  private static final class Job<T> {
    private final Function<Tx, T> closure;
    private final Thread caller;
    private @Nullable T result;
    private @Nullable Throwable thrown;
    private volatile boolean done;

    Job(Function<Tx, T> closure, Thread caller) {
      this.closure = closure;
      this.caller = caller;
    }

    // Returns how many bytes it wrote. A closure that throws leaves no trace in batch and actions.
    long run(Engine.View durable, NavigableMap<Key, byte[]> batch, List<Runnable> actions) {
      var tx = new Overlay(durable, batch);
      try {
        result = closure.apply(tx);
      } catch (Throwable e) {
        thrown = e;
        return 0;
      } finally {
        tx.end();
      }
      long bytes = 0;
      for (var write : tx.writes().entrySet()) {
        batch.put(write.getKey(), write.getValue());
        bytes += write.getKey().bytes().length + write.getValue().length;
      }
      actions.addAll(tx.actions());
      return bytes;
    }

    void finish(@Nullable Throwable failed) {
      if (failed != null) {
        thrown = new StoreClosed(failed);
      }
      done = true;
      LockSupport.unpark(caller);
    }

    void reject(StoreClosed closed) {
      thrown = closed;
      done = true;
      LockSupport.unpark(caller);
    }

    // Not interruptible: the writes happen whether the caller waits or not.
    @SuppressWarnings("NullAway") // a closure whose T admits null may return it
    T await() {
      boolean interrupted = false;
      while (!done) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      switch (thrown) {
        case null -> {
          return result;
        }
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        case Throwable e -> throw new IllegalStateException(e);
      }
    }
  }
}

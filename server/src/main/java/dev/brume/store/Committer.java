package dev.brume.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The one thread that runs transactions: it takes every closure that waits, runs them one after
/// the other on an overlay, has the overlay written with one fsync, and wakes their callers. The
/// more callers wait, the more share an fsync.
final class Committer {
  private static final int GROUP_MAX = 512;

  /// What lies below: reads for transactions, and the durable write of a group.
  interface Disk extends Reader {
    /// Returns when the writes are durable, all or none.
    void write(Overlay group);
  }

  private static final class Waiting<T> {
    final Function<Tx, T> closure;
    final Thread caller = Thread.currentThread();
    @Nullable T result;
    @Nullable Throwable failure;
    volatile boolean done;

    Waiting(Function<Tx, T> closure) {
      this.closure = closure;
    }

    void run(Overlay group) {
      var tx = new Overlay(group);
      try {
        result = closure.apply(tx);
        group.absorb(tx);
      } catch (RuntimeException | Error e) {
        failure = e;
      }
    }

    void wake() {
      done = true;
      LockSupport.unpark(caller);
    }
  }

  private final Disk disk;
  private final java.util.function.Consumer<Throwable> failStop;
  private final LinkedBlockingQueue<Waiting<?>> queue = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /// @param failStop called when a group could not be made durable or an after-commit action
  ///   failed: memory and disk may differ, so the process must stop
  Committer(Disk disk, java.util.function.Consumer<Throwable> failStop) {
    this.disk = disk;
    this.failStop = failStop;
    thread = Thread.ofPlatform().name("store-committer").daemon(true).start(this::loop);
  }

  <T> T run(Function<Tx, T> closure) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException("a transaction inside a transaction");
    }
    var waiting = new Waiting<T>(closure);
    if (closed) {
      throw new IllegalStateException("the store is closed");
    }
    queue.add(waiting);
    boolean interrupted = false;
    while (!waiting.done) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    switch (waiting.failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(waiting.failure);
    }
    @SuppressWarnings("NullAway") // null only when the closure returned null
    T result = waiting.result;
    return result;
  }

  /// Runs what still waits, then ends the thread.
  void close() {
    closed = true;
    queue.add(new Waiting<>(_ -> 0));
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void loop() {
    var group = new ArrayList<Waiting<?>>();
    try {
      while (!closed || !queue.isEmpty()) {
        group.add(queue.take());
        queue.drainTo(group, GROUP_MAX - 1);
        commit(group);
        group.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException | Error e) {
      failStop.accept(e);
      group.forEach(waiting -> waiting.failure = e);
      group.forEach(Waiting::wake);
    }
  }

  private void commit(List<Waiting<?>> group) {
    var overlay = new Overlay(disk);
    for (Waiting<?> waiting : group) {
      waiting.run(overlay);
    }
    if (!overlay.writes().isEmpty()) {
      disk.write(overlay);
    }
    for (Runnable action : overlay.actions()) {
      action.run();
    }
    group.forEach(Waiting::wake);
  }
}

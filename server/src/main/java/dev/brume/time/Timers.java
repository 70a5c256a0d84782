package dev.brume.time;

import dev.brume.store.Tx;
import java.time.Duration;
import java.time.Instant;

/// Everything that happens later, on the virtual clock and in order of due time.
public interface Timers {
  /// Handles the due timers of a kind. Called on a virtual thread of its own, at least once per
  /// timer: the row is deleted after the handler returns, unless the handler already did so in its
  /// own transaction with [#cancel].
  /// An exception is logged and the timer fires again with back-off.
  void handle(String kind, Handler handler);

  /// Writes a durable timer with the transaction. A timer of the same kind and id is replaced. What
  /// came due while the process was down fires at start.
  ///
  /// @param kind who handles it, e.g. `events.rule`
  /// @param id unique within the kind
  /// @param payload for the handler
  void schedule(Tx tx, String kind, String id, Instant due, byte[] payload);

  /// Removes a durable timer with the transaction; nothing happens if there is none.
  void cancel(Tx tx, String kind, String id);

  /// A timer that does not outlive the process: for wake-ups of in-memory indexes that are rebuilt
  /// at start. The action is short and does not throw.
  Cancellable after(Instant due, Runnable action);

  /// Moves the clock by this much, firing on the way, in order, every timer that comes due, and
  /// waits until their handlers are done.
  void advance(Duration by);

  /// Stops the clock where it is; [#resume] lets it run on from there.
  void freeze();

  void resume();

  interface Handler {
    void fire(String id, Instant due, byte[] payload);
  }

  interface Cancellable {
    void cancel();
  }
}

package dev.brume.events;

import dev.brume.store.Tx;

/// Delivers events to ARNs. [#send] writes the event to the outbox in the transaction of its cause;
/// after the commit it is delivered, retried with back-off on the virtual clock, and at last
/// dead-lettered. At least once.
public interface Targets {
  /// Registers who receives for an ARN's service, e.g. `sqs` for `arn:aws:sqs:…`. Called once per
  /// service while wiring.
  void receive(String arnService, Receiver receiver);

  /// Hands an event over with the transaction.
  void send(Tx tx, Event event);

  /// Delivers an event at once and once, without the outbox: to find out, while somebody still
  /// waits for the answer, whether a target is there and takes it. Targets without receivers take
  /// everything.
  default void probe(Event event) throws DeliveryFailed {}

  /// One service's receiving end.
  interface Receiver {
    /// Takes the event durably before it returns. Called on a virtual thread; at least once per
    /// event ([Event#id] tells repeats).
    /// Throws [DeliveryFailed] when it cannot; any other exception counts as one that may be
    /// retried.
    void deliver(Event event) throws DeliveryFailed;
  }

  /// A delivery that failed.
  final class DeliveryFailed extends Exception {
    private static final long serialVersionUID = 1L;
    private final String code;
    private final boolean retryable;

    /// @param code AWS's error code, e.g. `AWS.SimpleQueueService.NonExistentQueue`; goes to the
    ///   dead letter's attributes
    public DeliveryFailed(String code, String message, boolean retryable) {
      super(message);
      this.code = code;
      this.retryable = retryable;
    }

    public String code() {
      return code;
    }

    public boolean retryable() {
      return retryable;
    }
  }
}

package dev.brume.model;

import java.io.IOException;

/// The events of an operation's answer, sent while they happen.
@FunctionalInterface
public interface EventStream {
  /// Sends every event in order, on the calling thread, and returns after the last one. Throws
  /// [ServiceError], but only before the first event, when the operation fails after all.
  void sendTo(Sink sink) throws IOException;

  /// Takes the events.
  interface Sink {
    /// @param event a value of the stream's union: exactly one member is set
    void send(Struct event) throws IOException;
  }
}

package dev.brume.store;

import java.util.function.Function;

/// Ordered keys and values, durable. Every write goes through [#tx]: all closures pass one
/// committer that groups them into one batch and one fsync, and the caller returns after that
/// fsync.
public interface Kv extends AutoCloseable {
  /// Runs the closure serially with every other transaction of the store, and returns its result
  /// once its writes are on disk. An exception thrown by the closure reaches the caller and writes
  /// nothing.
  ///
  /// A closure may be run again, so it is pure but for the transaction. It is short: no I/O, no
  /// locks that a transaction's caller may hold, no [#tx] inside.
  <T> T tx(Function<Tx, T> closure);

  /// Reads a consistent snapshot of what is durable, without passing the committer.
  <T> T read(Function<Reader, T> closure);

  @Override
  void close();
}

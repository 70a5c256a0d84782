package dev.brume.store;

/// One transaction: reads see its own writes.
public interface Tx extends Reader {
  void put(Key key, byte[] value);

  void delete(Key key);

  /// Runs the action on the committer's behalf once this transaction is durable, in commit order
  /// and before [Kv#tx] returns: for in-memory indexes and wake-ups. Short; does not throw; must
  /// not call [Kv#tx].
  void afterCommit(Runnable action);
}

package dev.brume.store;

import org.jspecify.annotations.Nullable;

/// Reading access to the store; valid only inside the closure it was handed to.
public interface Reader {
  byte @Nullable [] get(Key key);

  /// Visits the entries whose keys are at or after `from` and before `to`, in key order, until the
  /// visitor returns false.
  void scan(Key from, Key to, Visitor visitor);

  /// Visits the entries with the key before `to` and at or after `from`, from the last to the
  /// first, until the visitor returns false.
  void scanBack(Key from, Key to, Visitor visitor);

  /// Visits every entry whose key starts with the elements of `prefix`.
  default void scan(Key prefix, Visitor visitor) {
    scan(prefix, prefix.end(), visitor);
  }

  /// Receives one entry; returns whether to go on.
  interface Visitor {
    boolean visit(Key key, byte[] value);
  }
}

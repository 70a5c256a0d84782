package dev.brume.store;

import java.io.IOException;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/// What [Committer] needs of a storage engine: one atomic, durable append and ordered reads.
interface Engine extends AutoCloseable {
  /// Writes all of it or nothing, and returns once it is on disk. Called by the committer only.
  void append(NavigableMap<Key, byte[]> writes) throws IOException;

  /// What is durable, as the committer sees it: not frozen, for use between two appends.
  View latest();

  /// What is durable now, frozen until closed.
  View snapshot();

  @Override
  void close();

  /// Ordered reading access.
  interface View extends AutoCloseable {
    byte @Nullable [] get(Key key);

    /// The entries at or after `from` and before `to`, forward or from the last to the first.
    Cursor cursor(Key from, Key to, boolean backward);

    @Override
    void close();
  }

  /// A position in a range; starts at its first entry.
  interface Cursor extends AutoCloseable {
    /// The entry's key, null after the last one.
    @Nullable Key key();

    byte[] value();

    void next();

    @Override
    void close();
  }
}

package dev.brume.store;

import java.io.IOException;
import java.util.NavigableMap;

/// An engine whose disk is full.
final class FailingEngine implements Engine {
  @Override
  public void append(NavigableMap<Key, byte[]> writes) throws IOException {
    throw new IOException("disk full");
  }

  @Override
  public View latest() {
    return snapshot();
  }

  @Override
  public View snapshot() {
    return new View() {
      @Override
      public byte[] get(Key key) {
        return null;
      }

      @Override
      public Cursor cursor(Key from, Key to, boolean backward) {
        throw new UnsupportedOperationException();
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {}
}

package dev.brume.store;

import org.jspecify.annotations.Nullable;

/// A [Reader] on a frozen view.
final class SnapshotReader implements Reader {
  private final Engine.View view;

  SnapshotReader(Engine.View view) {
    this.view = view;
  }

  @Override
  public byte @Nullable [] get(Key key) {
    return view.get(key);
  }

  @Override
  public void scan(Key from, Key to, Visitor visitor) {
    walk(from, to, false, visitor);
  }

  @Override
  public void scanBack(Key from, Key to, Visitor visitor) {
    walk(from, to, true, visitor);
  }

  private void walk(Key from, Key to, boolean backward, Visitor visitor) {
    if (from.compareTo(to) >= 0) {
      return;
    }
    try (Engine.Cursor cursor = view.cursor(from, to, backward)) {
      for (Key key = cursor.key(); key != null; key = cursor.key()) {
        if (!visitor.visit(key, cursor.value())) {
          return;
        }
        cursor.next();
      }
    }
  }
}

package dev.brume.model;

import org.jspecify.annotations.Nullable;

/// A structure value without a generated class: for shapes that only tests or generic code touch.
public final class UntypedStruct implements Struct {
  private final Shape shape;
  private final @Nullable Object[] values;

  public UntypedStruct(Shape shape) {
    this.shape = shape;
    this.values = new Object[shape.members().size()];
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public @Nullable Object get(int member) {
    return values[member];
  }

  @Override
  public void set(int member, @Nullable Object value) {
    values[member] = value;
  }
}

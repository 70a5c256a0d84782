package dev.brume.store;

import org.jspecify.annotations.Nullable;

/// The store takes no more work: it was closed, or a durable append failed. A transaction that ends
/// with this may or may not have been written.
public final class StoreClosed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreClosed(@Nullable Throwable cause) {
    super(cause == null ? "The store is closed" : "The store failed: " + cause.getMessage(), cause);
  }
}

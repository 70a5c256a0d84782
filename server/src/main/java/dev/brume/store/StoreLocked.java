package dev.brume.store;

/// The data folder belongs to another running process.
public final class StoreLocked extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public StoreLocked(String message) {
    super(message, null, false, false);
  }
}

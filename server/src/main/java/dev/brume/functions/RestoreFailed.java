package dev.brume.functions;

/// A snapshot of a function that did not come back: a hook of the function's failed, or took longer
/// than it may.
public final class RestoreFailed extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean timeout;

  RestoreFailed(boolean timeout, String type) {
    super(type);
    this.timeout = timeout;
  }

  /// Whether it took too long.
  public boolean timeout() {
    return timeout;
  }
}

package dev.brume.functions;

/// A function cannot be run here: no interpreter for its runtime, no sandbox where one is required,
/// or no room for another environment.
public final class RuntimeUnavailable extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final boolean busy;

  RuntimeUnavailable(String message, boolean busy) {
    super(message);
    this.busy = busy;
  }

  /// Whether it is only for now: every environment is taken.
  public boolean busy() {
    return busy;
  }
}

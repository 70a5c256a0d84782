package dev.brume.model;

import java.io.IOException;

/// A streamed body that turned out wrong while it was read: carries the answer that its sender
/// gets.
public final class BodyError extends IOException {
  private static final long serialVersionUID = 1L;
  private final transient ServiceError error;

  public BodyError(ServiceError error) {
    super(error.getMessage());
    this.error = error;
  }

  public ServiceError error() {
    return error;
  }
}

package dev.brume.services.cloudformation;

import dev.brume.model.ServiceError;

/// A custom resource answered that it failed; it may have made something all the same.
final class CustomResourceFailed extends ServiceError {
  private static final long serialVersionUID = 1L;
  private final String physicalId;

  CustomResourceFailed(String message, String physicalId) {
    super("CustomResourceFailed", message, 400);
    this.physicalId = physicalId;
  }

  String physicalId() {
    return physicalId;
  }
}

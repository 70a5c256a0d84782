package dev.brume.services.cloudformation;

import org.jspecify.annotations.Nullable;

/// A stack event. Its time is its key, strictly increasing within a stack.
record EventRow(
    String operationId,
    String logicalId,
    @Nullable String physicalId,
    String type,
    String status,
    @Nullable String reason,
    @Nullable String properties,
    @Nullable String token,
    long millis) {

  EventRow at(long time) {
    return new EventRow(
        operationId, logicalId, physicalId, type, status, reason, properties, token, time);
  }
}

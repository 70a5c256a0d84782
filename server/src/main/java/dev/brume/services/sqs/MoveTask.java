package dev.brume.services.sqs;

import org.jspecify.annotations.Nullable;

/// A task that moves the messages of a dead-letter queue back or elsewhere: its row.
///
/// @param destinationArn null for the queues that the messages came from
/// @param perSecond messages moved per second
/// @param status `RUNNING`, `COMPLETED`, `CANCELLING`, `CANCELLED` or `FAILED`
record MoveTask(
    long number,
    String handle,
    String sourceArn,
    @Nullable String destinationArn,
    @Nullable Integer perSecond,
    String status,
    long moved,
    long toMove,
    @Nullable String failureReason,
    long startedMillis) {

  boolean running() {
    return status.equals("RUNNING");
  }

  MoveTask progress(int more) {
    return new MoveTask(
        number,
        handle,
        sourceArn,
        destinationArn,
        perSecond,
        status,
        moved + more,
        toMove,
        failureReason,
        startedMillis);
  }

  MoveTask ended(String endStatus, @Nullable String reason) {
    return new MoveTask(
        number,
        handle,
        sourceArn,
        destinationArn,
        perSecond,
        endStatus,
        moved,
        toMove,
        reason,
        startedMillis);
  }
}

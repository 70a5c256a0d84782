package dev.brume.services.sqs;

/// What receiving has changed about a message: the small row beside the message's own.
///
/// @param count how often it was received
/// @param firstMillis when for the first time
/// @param lastMillis when for the last time
/// @param visibleMillis not to be received again before
record ReceiveState(int count, long firstMillis, long lastMillis, long visibleMillis) {}

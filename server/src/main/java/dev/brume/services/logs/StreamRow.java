package dev.brume.services.logs;

import org.jspecify.annotations.Nullable;

/// A log stream.
///
/// @param id of this stream, and of no later one with the same name
/// @param firstMillis time of the earliest event, null before the first
/// @param lastMillis time of the latest event
/// @param ingestedMillis when the last batch came
/// @param nextSequence number of the next event
record StreamRow(
    String name,
    String id,
    long createdMillis,
    @Nullable Long firstMillis,
    @Nullable Long lastMillis,
    @Nullable Long ingestedMillis,
    long nextSequence,
    long storedBytes) {

  static StreamRow of(String name, String id, long nowMillis) {
    return new StreamRow(name, id, nowMillis, null, null, null, 0, 0);
  }

  StreamRow with(long first, long last, long count, long bytes, long nowMillis) {
    return new StreamRow(
        name,
        id,
        createdMillis,
        firstMillis == null ? first : Math.min(firstMillis, first),
        lastMillis == null ? last : Math.max(lastMillis, last),
        nowMillis,
        nextSequence + count,
        storedBytes + bytes);
  }
}

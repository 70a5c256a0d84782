package dev.brume.http;

import java.time.Duration;

/// What a client may ask of the listener.
///
/// @param headerBytesMax all header fields of a request together
/// @param requestLineBytesMax method, target and version
/// @param idle how long a connection may stay open between requests, or take to send the head of
///   one
/// @param stall how long a client may send nothing of a body that is waited for, or take nothing of
///   a response
/// @param drainBytesMax how much of a body that nobody read is swallowed to keep the connection
public record Limits(
    int headerBytesMax,
    int requestLineBytesMax,
    Duration idle,
    Duration stall,
    long drainBytesMax) {
  public static final Limits DEFAULT =
      new Limits(16 << 10, 16 << 10, Duration.ofSeconds(120), Duration.ofSeconds(60), 1L << 20);
}

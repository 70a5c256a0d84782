package dev.brume.services.logs;

import java.math.BigInteger;

/// A stored event.
///
/// @param millis its own time
/// @param sequence its number in the stream: orders events of the same time
record LogEvent(StreamRow stream, long millis, long sequence, long ingestedMillis, String message) {

  /// 56 digits, the same at every reading.
  String eventId() {
    BigInteger streamNumber = new BigInteger(stream.id(), 36).mod(BigInteger.TEN.pow(24));
    return String.format("3%014d%024d%017d", millis, streamNumber, sequence);
  }
}

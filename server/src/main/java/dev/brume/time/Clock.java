package dev.brume.time;

import java.time.InstantSource;

/// The one source of time. Virtual: it runs with the wall clock from an offset, can be frozen, and
/// can be advanced (through [Timers], which fires on the way everything that comes due).
public interface Clock extends InstantSource {
  /// Monotonic nanoseconds of the real machine, for measuring durations only.
  long nanoTime();
}

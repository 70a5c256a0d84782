package dev.brume.functions;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// How long to wait before something that died by itself is started again: almost nothing, but
/// twice as long each time when it dies soon again and again.
///
/// @param <K> what dies
final class BackOff<K> {
  private static final long FIRST_MILLIS = 100;
  private static final long LONGEST_MILLIS = 30_000;
  private static final long SOON_NANOS = Duration.ofSeconds(10).toNanos();
  private final Map<K, Integer> soon = new ConcurrentHashMap<>();

  /// @param livedNanos how old it has become
  /// @return how long to wait, in milliseconds
  long died(K what, long livedNanos) {
    if (livedNanos > SOON_NANOS) {
      soon.remove(what);
      return FIRST_MILLIS;
    }
    int times = soon.merge(what, 1, (before, one) -> Math.min(before + one, 30));
    return Math.min(LONGEST_MILLIS, FIRST_MILLIS << (times - 1));
  }
}

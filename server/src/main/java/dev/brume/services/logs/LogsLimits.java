package dev.brume.services.logs;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/// Documented numbers.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html>
final class LogsLimits {
  /// Of a batch: the messages in UTF-8 and [#EVENT_OVERHEAD_BYTES] for each.
  static final int BATCH_BYTES_MAX = 1_048_576;

  static final int EVENT_OVERHEAD_BYTES = 26;
  static final long BATCH_SPAN_MILLIS_MAX = Duration.ofHours(24).toMillis();
  static final long PAST_MILLIS_MAX = Duration.ofDays(14).toMillis();
  static final long FUTURE_MILLIS_MAX = Duration.ofHours(2).toMillis();

  /// Of one answer.
  static final int PAGE_EVENTS_MAX = 10_000;

  static final int PAGE_BYTES_MAX = 1_048_576;

  /// How many events one FilterLogEvents looks at before it answers a page, maybe an empty one.
  static final int PAGE_SEARCHED_MAX = 100_000;

  static final int DESCRIBE_MAX = 50;
  static final int TAGS_MAX = 50;

  static final Set<Integer> RETENTION_DAYS =
      new TreeSet<>(
          Set.of(
              1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557,
              2922, 3288, 3653));

  private LogsLimits() {}
}

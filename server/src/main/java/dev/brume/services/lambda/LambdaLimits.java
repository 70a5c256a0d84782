package dev.brume.services.lambda;

import java.time.Duration;

/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
final class LambdaLimits {
  static final int MEMORY_DEFAULT_MEGABYTES = 128;
  static final int MEMORY_MAX_MEGABYTES = 10_240;
  static final int TIMEOUT_DEFAULT_SECONDS = 3;
  static final int TIMEOUT_MAX_SECONDS = 900;
  static final int STORAGE_DEFAULT_MEGABYTES = 512;
  static final int ENVIRONMENT_BYTES_MAX = 4096;
  static final int LAYERS_MAX = 5;
  static final long ZIP_BYTES_MAX = 52_428_800;
  static final long REQUEST_BYTES_MAX = 70_167_211;
  static final long UNPACKED_BYTES_MAX = 262_144_000;
  static final long CODE_BYTES_MAX = 80_530_636_800L;
  static final int SYNCHRONOUS_PAYLOAD_BYTES_MAX = 6_291_456;
  static final int ASYNCHRONOUS_PAYLOAD_BYTES_MAX = 1_048_576;
  static final int CONCURRENT_EXECUTIONS = 1000;
  static final int UNRESERVED_CONCURRENCY_MIN = 100;
  static final int POLICY_BYTES_MAX = 20_480;
  static final int LIST_DEFAULT = 50;
  static final int NAME_LENGTH_MAX = 64;

  /// Attempts after the first one of an asynchronous invocation, and the waits before them.
  static final int RETRIES_DEFAULT = 2;

  static final Duration FIRST_RETRY = Duration.ofMinutes(1);
  static final Duration SECOND_RETRY = Duration.ofMinutes(2);
  static final Duration EVENT_AGE_MAX = Duration.ofHours(6);

  /// Wait before the next try when a function has no room for an asynchronous event: doubles up to
  /// the second value.
  static final Duration THROTTLED_WAIT = Duration.ofSeconds(1);

  static final Duration THROTTLED_WAIT_MAX = Duration.ofMinutes(5);

  static final int QUEUE_BATCH_DEFAULT = 10;
  static final int QUEUE_BATCH_MAX = 10_000;
  static final int QUEUE_BATCH_FIFO_MAX = 10;
  static final int QUEUE_RECEIVE_MAX = 10;
  static final int QUEUE_WAIT_SECONDS = 20;
  static final int QUEUE_POLLERS_MIN = 2;
  static final int QUEUE_POLLERS_DEFAULT_MAX = 200;

  private LambdaLimits() {}
}

package dev.brume.services.sqs;

import java.util.regex.Pattern;

/// The numbers of the developer guide's "Amazon SQS message quotas" and "queue quotas".
final class SqsLimits {
  static final Pattern QUEUE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  static final int QUEUE_NAME_LENGTH_MAX = 80;
  static final Pattern BATCH_ENTRY_ID = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  static final Pattern GROUP_ID = Pattern.compile("[\\x21-\\x7E]{1,128}");
  static final Pattern ATTRIBUTE_NAME = Pattern.compile("[A-Za-z0-9_.-]{1,256}");

  static final int MESSAGE_BYTES_MIN = 1024;
  static final int MESSAGE_BYTES_MAX = 1 << 20;
  static final int MESSAGE_ATTRIBUTES_MAX = 10;
  static final int BATCH_ENTRIES_MAX = 10;
  static final int RECEIVE_MESSAGES_MAX = 10;
  static final int IN_FLIGHT_MAX = 120_000;

  static final int VISIBILITY_SECONDS_DEFAULT = 30;
  static final int VISIBILITY_SECONDS_MAX = 43_200;
  static final int DELAY_SECONDS_MAX = 900;
  static final int WAIT_SECONDS_MAX = 20;
  static final int RETENTION_SECONDS_DEFAULT = 345_600;
  static final int RETENTION_SECONDS_MIN = 60;
  static final int RETENTION_SECONDS_MAX = 1_209_600;
  static final int RECEIVE_COUNT_MAX = 1000;
  static final int DEDUPLICATION_SECONDS = 300;
  static final int PURGE_INTERVAL_SECONDS = 60;

  static final int TAGS_MAX = 50;
  static final int LIST_RESULTS_MAX = 1000;
  static final int MOVE_TASKS_LISTED_MAX = 10;
  static final int MOVE_PER_SECOND_MAX = 500;

  /// How far into a FIFO queue a receive looks for a message group that is free.
  static final int FIFO_LOOK_AHEAD = 20_000;

  private SqsLimits() {}
}

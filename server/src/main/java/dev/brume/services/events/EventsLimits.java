package dev.brume.services.events;

/// Documented numbers. <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html>
final class EventsLimits {
  static final int TARGETS_PER_RULE_MAX = 5;
  static final int ENTRIES_MAX = 10;
  static final int ENTRIES_BYTES_MAX = 256 * 1024;
  static final int RETRY_ATTEMPTS_DEFAULT = 185;
  static final int EVENT_AGE_SECONDS_DEFAULT = 86_400;
  static final int PAGE_MAX = 100;

  private EventsLimits() {}
}

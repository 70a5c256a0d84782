package dev.brume.services.cloudformation;

import java.time.Duration;

/// Documented numbers.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html>
final class CloudFormationLimits {
  static final int TEMPLATE_BODY_BYTES_MAX = 51_200;
  static final int TEMPLATE_URL_BYTES_MAX = 1_048_576;
  static final int CUSTOM_RESPONSE_BYTES_MAX = 4096 * 4;
  static final long CUSTOM_TIMEOUT_SECONDS_DEFAULT = 3600;
  static final int PAGE = 100;

  /// How long an answer waits for the operation it began, on the real clock: below the clients'
  /// read
  /// timeouts (60 s).
  static final Duration HOLD = Duration.ofSeconds(20);

  /// How long DescribeStacks of a busy stack waits: shorter, so that clients still show progress.
  static final Duration HOLD_DESCRIBE = Duration.ofSeconds(4);

  private CloudFormationLimits() {}
}

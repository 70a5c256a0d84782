package dev.brume.services.cloudtrail;

/// Documented numbers.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html>
final class CloudTrailLimits {
  static final int LOOKUP_ATTRIBUTES_MAX = 1;

  private CloudTrailLimits() {}
}

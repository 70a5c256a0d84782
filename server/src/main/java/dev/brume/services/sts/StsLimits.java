package dev.brume.services.sts;

/// Documented numbers. <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
final class StsLimits {
  static final int SESSION_SECONDS_DEFAULT = 3600;
  static final int SESSION_TOKEN_SECONDS_DEFAULT = 43_200;

  private StsLimits() {}
}

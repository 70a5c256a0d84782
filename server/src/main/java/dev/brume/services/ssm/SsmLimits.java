package dev.brume.services.ssm;

/// Documented numbers. <https://docs.aws.amazon.com/general/latest/gr/ssm.html>
final class SsmLimits {
  static final int STANDARD_BYTES_MAX = 4096;
  static final int ADVANCED_BYTES_MAX = 8192;
  static final int LEVELS_MAX = 15;
  static final int VERSIONS_MAX = 100;
  static final int PATH_PAGE_DEFAULT = 10;
  static final int DESCRIBE_PAGE_DEFAULT = 50;

  private SsmLimits() {}
}

package dev.brume.services.kms;

/// Documented numbers. <https://docs.aws.amazon.com/kms/latest/developerguide/limits.html>
final class KmsLimits {
  static final int PENDING_DAYS_DEFAULT = 30;
  static final int PENDING_DAYS_MIN = 7;
  static final int PENDING_DAYS_MAX = 30;
  static final int ROTATION_DAYS_DEFAULT = 365;
  static final int KEYS_PAGE_DEFAULT = 100;
  static final int ALIASES_PAGE_DEFAULT = 50;
  static final int TAGS_MAX = 50;

  private KmsLimits() {}
}

package dev.brume.services.iam;

/// Documented numbers. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
final class IamLimits {
  static final int TRUST_POLICY_CHARACTERS_MAX = 2048;
  static final int INLINE_POLICIES_CHARACTERS_MAX = 10_240;
  static final int MANAGED_POLICY_CHARACTERS_MAX = 6144;
  static final int ATTACHED_POLICIES_MAX = 10;
  static final int POLICY_VERSIONS_MAX = 5;
  static final int TAGS_MAX = 50;
  static final int SESSION_SECONDS_DEFAULT = 3600;
  static final int PAGE_DEFAULT = 100;

  private IamLimits() {}
}

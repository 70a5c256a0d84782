package dev.brume.services.ecr;

/// Documented numbers.
/// <https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_DescribeRepositories.html>
final class EcrLimits {
  static final int PAGE_DEFAULT = 100;

  private EcrLimits() {}
}

package dev.brume.services.glue;

/// <https://docs.aws.amazon.com/general/latest/gr/glue.html> and the model's page sizes.
final class GlueLimits {
  static final int PAGE_MAX = 100;
  static final int PARTITION_PAGE_MAX = 1000;
  static final int BATCH_CREATE_PARTITIONS_MAX = 100;
  static final int BATCH_DELETE_PARTITIONS_MAX = 25;
  static final int TABLE_VERSIONS_MAX = 100;
  static final int TAGS_MAX = 50;

  private GlueLimits() {}
}

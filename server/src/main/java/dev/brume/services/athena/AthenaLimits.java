package dev.brume.services.athena;

/// <https://docs.aws.amazon.com/athena/latest/ug/service-limits.html>
final class AthenaLimits {
  /// Bytes of a statement's text.
  static final int QUERY_BYTES_MAX = 262_144;

  /// Rows of one page of results, also the default.
  static final int RESULT_PAGE_MAX = 1000;

  static final int PAGE_MAX = 50;
  static final int BATCH_MAX = 50;

  /// Days for which finished executions are kept.
  static final int HISTORY_DAYS = 45;

  /// Queries that run at once on this machine; the others queue.
  static final int RUNNING_MAX = 2;

  /// What one query may use.
  static final int QUERY_MEMORY_MEGABYTES = 512;

  private AthenaLimits() {}
}

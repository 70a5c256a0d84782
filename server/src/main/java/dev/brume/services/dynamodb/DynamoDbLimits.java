package dev.brume.services.dynamodb;

/// Documented numbers.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
final class DynamoDbLimits {
  static final int ITEM_BYTES_MAX = 400 * 1024;
  static final int PARTITION_KEY_BYTES_MAX = 2048;
  static final int SORT_KEY_BYTES_MAX = 1024;
  /// A page of Query or Scan ends when it has read this much.
  static final int PAGE_BYTES_MAX = 1 << 20;
  static final int BATCH_GET_KEYS_MAX = 100;
  static final int BATCH_GET_BYTES_MAX = 16 << 20;
  static final int BATCH_WRITE_ITEMS_MAX = 25;
  static final int TRANSACTION_ITEMS_MAX = 100;
  static final int TRANSACTION_BYTES_MAX = 4 << 20;
  static final int NESTING_MAX = 32;
  static final int EXPRESSION_BYTES_MAX = 4096;
  static final int EXPRESSION_OPERATORS_MAX = 300;
  static final int NUMBER_DIGITS_MAX = 38;
  static final int GLOBAL_INDEXES_MAX = 20;
  static final int LOCAL_INDEXES_MAX = 5;
  static final int TRANSACTION_TOKEN_SECONDS = 600;

  private DynamoDbLimits() {}
}

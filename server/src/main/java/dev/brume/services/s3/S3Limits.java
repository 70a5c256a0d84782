package dev.brume.services.s3;

/// The documented numbers of
/// [S3](https://docs.aws.amazon.com/general/latest/gr/s3.html#limits_s3).
final class S3Limits {
  /// Bodies up to this size are kept inline in the store, larger ones as blobs.
  static final int INLINE_BYTES_MAX = 64 << 10;

  static final int KEY_BYTES_MAX = 1024;
  static final int METADATA_BYTES_MAX = 2048;
  static final int LIST_KEYS_MAX = 1000;
  static final int DELETE_KEYS_MAX = 1000;
  static final int PARTS_MAX = 10_000;
  static final long PART_BYTES_MIN = 5L << 20;
  static final long OBJECT_BYTES_MAX = 50L << 40;
  static final long PUT_BYTES_MAX = 5L << 30;
  static final int OBJECT_TAGS_MAX = 10;
  static final int BUCKET_TAGS_MAX = 50;
  static final int TAG_KEY_CHARACTERS_MAX = 128;
  static final int TAG_VALUE_CHARACTERS_MAX = 256;
  static final int POLICY_BYTES_MAX = 20_480;
  static final int CORS_RULES_MAX = 100;
  static final int CORS_BYTES_MAX = 64 << 10;
  static final int CORS_RULE_ID_CHARACTERS_MAX = 255;

  private S3Limits() {}
}

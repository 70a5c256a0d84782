package dev.brume.services.sns;

import java.util.regex.Pattern;

/// The numbers of [Amazon SNS quotas](https://docs.aws.amazon.com/general/latest/gr/sns.html).
final class SnsLimits {
  static final Pattern TOPIC_NAME = Pattern.compile("[A-Za-z0-9_-]{1,256}");
  static final int TOPIC_NAME_LENGTH_MAX = 256;
  static final Pattern BATCH_ENTRY_ID = Pattern.compile("[A-Za-z0-9_-]{1,80}");
  static final int BATCH_ENTRIES_MAX = 10;
  static final int MESSAGE_BYTES_MAX = 256 << 10;
  static final int SUBJECT_LENGTH_MAX = 100;
  static final int TAGS_MAX = 50;
  static final int LIST_PAGE = 100;
  static final int FILTER_POLICY_BYTES_MAX = 256 << 10;
  static final int FILTER_KEYS_MAX = 5;
  static final int FILTER_COMBINATIONS_MAX = 150;
  static final int TOKEN_LENGTH = 64;

  private SnsLimits() {}
}

package dev.brume.services.s3;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A multipart upload that is not complete.
///
/// @param checksumAlgorithm null when the creator named none
/// @param checksumType `FULL_OBJECT` or `COMPOSITE`, null without an algorithm
record Upload(
    String key,
    String uploadId,
    long createdMillis,
    String storageClass,
    Map<String, String> headers,
    Map<String, String> metadata,
    Map<String, String> tags,
    @Nullable String checksumAlgorithm,
    @Nullable String checksumType,
    Version.Encryption encryption) {

  /// @param etag with quotes
  record Part(
      int number,
      long sizeBytes,
      String etag,
      long modifiedMillis,
      Map<String, String> checksums,
      Content content) {}
}

package dev.brume.services.s3;

import dev.brume.ids.Ids;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One version of an object, or a delete marker.
///
/// @param sequence grows with every version of the key
/// @param versionId `null` (the word) for one made while the bucket was not versioned
/// @param etag with quotes; empty for a delete marker
/// @param headers what the writer gave to be returned: `Content-Type`, `Cache-Control`, …
/// @param metadata user metadata, names in lower case without prefix
/// @param checksums base64 by algorithm name
/// @param checksumType `FULL_OBJECT` or `COMPOSITE`
/// @param contents the body, in order: one, or one per part
/// @param parts of a multipart upload, empty otherwise
record Version(
    String key,
    long sequence,
    String versionId,
    boolean deleteMarker,
    long sizeBytes,
    String etag,
    long modifiedMillis,
    String storageClass,
    Map<String, String> headers,
    Map<String, String> metadata,
    Map<String, String> tags,
    Map<String, String> checksums,
    @Nullable String checksumType,
    Encryption encryption,
    List<Content> contents,
    List<Part> parts) {

  static final String NULL_ID = "null";

  /// How it is encrypted: by KMS, or with nothing but what protects the data folder.
  ///
  /// @param algorithm `AES256` or `aws:kms`
  /// @param kmsKeyId as it was named; of an object that is there, the key's ARN
  /// @param dataKey base64, the object's own key as KMS encrypted it; null without KMS
  record Encryption(
      String algorithm,
      @Nullable String kmsKeyId,
      @Nullable Boolean bucketKey,
      @Nullable String dataKey) {
    static final Encryption AES256 = new Encryption("AES256", null, null, null);

    boolean kms() {
      return algorithm.equals("aws:kms");
    }
  }

  record Part(int number, long sizeBytes, String etag, Map<String, String> checksums) {}

  static String newId(Ids ids) {
    return ids.lower(32);
  }

  static Version marker(String key, long sequence, String versionId, long nowMillis) {
    return new Version(
        key,
        sequence,
        versionId,
        true,
        0,
        "",
        nowMillis,
        "STANDARD",
        Map.of(),
        Map.of(),
        Map.of(),
        Map.of(),
        null,
        Encryption.AES256,
        List.of(),
        List.of());
  }

  Version withTags(Map<String, String> newTags) {
    return new Version(
        key,
        sequence,
        versionId,
        deleteMarker,
        sizeBytes,
        etag,
        modifiedMillis,
        storageClass,
        headers,
        metadata,
        newTags,
        checksums,
        checksumType,
        encryption,
        contents,
        parts);
  }

  Version withSequence(long newSequence) {
    return new Version(
        key,
        newSequence,
        versionId,
        deleteMarker,
        sizeBytes,
        etag,
        modifiedMillis,
        storageClass,
        headers,
        metadata,
        tags,
        checksums,
        checksumType,
        encryption,
        contents,
        parts);
  }

  Version withId(String newVersionId) {
    return new Version(
        key,
        sequence,
        newVersionId,
        deleteMarker,
        sizeBytes,
        etag,
        modifiedMillis,
        storageClass,
        headers,
        metadata,
        tags,
        checksums,
        checksumType,
        encryption,
        contents,
        parts);
  }

  boolean isNull() {
    return versionId.equals(NULL_ID);
  }

  /// As S3 names it in headers: nothing in a bucket that was never versioned.
  @Nullable String shownId(Bucket bucket) {
    return bucket.everVersioned() ? versionId : null;
  }
}

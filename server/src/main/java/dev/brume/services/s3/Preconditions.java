package dev.brume.services.s3;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Conditional requests, in the order of RFC 9110: a tag wins over a time.
record Preconditions(
    @Nullable String ifMatch,
    @Nullable String ifNoneMatch,
    @Nullable Instant ifModifiedSince,
    @Nullable Instant ifUnmodifiedSince) {

  /// Throws 412 or 304 when a read is not wanted.
  void checkRead(String etag, long modifiedMillis) {
    Instant modified = Instant.ofEpochSecond(modifiedMillis / 1000);
    if (ifMatch != null) {
      if (!matches(ifMatch, etag)) {
        throw S3Errors.preconditionFailed("If-Match");
      }
    } else if (ifUnmodifiedSince != null && modified.isAfter(ifUnmodifiedSince)) {
      throw S3Errors.preconditionFailed("If-Unmodified-Since");
    }
    if (ifNoneMatch != null) {
      if (matches(ifNoneMatch, etag)) {
        throw S3Errors.notModified(etag);
      }
    } else if (ifModifiedSince != null && !modified.isAfter(ifModifiedSince)) {
      throw S3Errors.notModified(etag);
    }
  }

  /// Throws 412 when a copy's source is not as wanted.
  void checkCopySource(String etag, long modifiedMillis) {
    Instant modified = Instant.ofEpochSecond(modifiedMillis / 1000);
    if (ifMatch != null && !matches(ifMatch, etag)) {
      throw S3Errors.preconditionFailed("x-amz-copy-source-If-Match");
    }
    if (ifMatch == null && ifUnmodifiedSince != null && modified.isAfter(ifUnmodifiedSince)) {
      throw S3Errors.preconditionFailed("x-amz-copy-source-If-Unmodified-Since");
    }
    if (ifNoneMatch != null && matches(ifNoneMatch, etag)) {
      throw S3Errors.preconditionFailed("x-amz-copy-source-If-None-Match");
    }
    if (ifNoneMatch == null && ifModifiedSince != null && !modified.isAfter(ifModifiedSince)) {
      throw S3Errors.preconditionFailed("x-amz-copy-source-If-Modified-Since");
    }
  }

  /// Throws when a write must not replace what is there.
  ///
  /// @param current null when there is no object
  static void checkWrite(
      @Nullable String ifMatch,
      @Nullable String ifNoneMatch,
      @Nullable Version current,
      String key) {
    boolean exists = current != null && !current.deleteMarker();
    if (ifNoneMatch != null && exists) {
      throw S3Errors.preconditionFailed("If-None-Match");
    }
    if (ifMatch != null) {
      if (current == null || !exists) {
        throw S3Errors.noSuchKey(key);
      }
      if (!matches(ifMatch, current.etag())) {
        throw S3Errors.preconditionFailed("If-Match");
      }
    }
  }

  static boolean matches(String wanted, String etag) {
    for (String one : wanted.split(",")) {
      String tag = one.strip();
      if (tag.equals("*") || unquoted(tag).equals(unquoted(etag))) {
        return true;
      }
    }
    return false;
  }

  private static String unquoted(String tag) {
    return tag.startsWith("\"") && tag.endsWith("\"") && tag.length() > 1
        ? tag.substring(1, tag.length() - 1)
        : tag;
  }
}

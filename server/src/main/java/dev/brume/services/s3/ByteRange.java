package dev.brume.services.s3;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A part of a body.
///
/// @param first offset of the first byte
/// @param last offset of the last byte, inclusive
record ByteRange(long first, long last) {
  private static final Pattern ONE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

  long sizeBytes() {
    return last - first + 1;
  }

  /// As in `Content-Range`.
  String shown(long sizeBytes) {
    return "bytes " + first + "-" + last + "/" + sizeBytes;
  }

  /// Reads a `Range` header; null means the whole body: no range, one that is not well-formed, or
  /// several. Throws InvalidRange when nothing of the body is in it.
  static @Nullable ByteRange parse(@Nullable String header, long sizeBytes) {
    Matcher matcher = header == null ? null : ONE.matcher(header.strip());
    if (header == null || matcher == null || !matcher.matches()) {
      return null;
    }
    String from = matcher.group(1);
    String to = matcher.group(2);
    if (from.isEmpty()) {
      if (to.isEmpty()) {
        return null;
      }
      long count = Math.min(Long.parseLong(to), sizeBytes);
      if (count == 0) {
        throw S3Errors.invalidRange(header, sizeBytes);
      }
      return new ByteRange(sizeBytes - count, sizeBytes - 1);
    }
    long first = Long.parseLong(from);
    long last = to.isEmpty() ? sizeBytes - 1 : Math.min(Long.parseLong(to), sizeBytes - 1);
    if (!to.isEmpty() && Long.parseLong(to) < first) {
      return null;
    }
    if (first >= sizeBytes) {
      throw S3Errors.invalidRange(header, sizeBytes);
    }
    return new ByteRange(first, last);
  }
}

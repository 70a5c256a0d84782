package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import dev.brume.model.ServiceError;
import java.io.InputStream;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A request's body as the codecs get it: `aws-chunked` removed, and everything that the sender
/// declared about it checked when it is read to the end.
public final class Payload {
  private static final Pattern SHA256_HEX = Pattern.compile("[0-9a-fA-F]{64}");
  private static final String STREAMING = "STREAMING-";

  private Payload() {}

  /// Whether the headers announce `aws-chunked` with signed chunks, so that [ChunkSignatures] are
  /// needed to verify it.
  public static boolean hasSignedChunks(Headers headers) {
    String declared = headers.get("x-amz-content-sha256");
    return declared != null && declared.startsWith("STREAMING-AWS4-");
  }

  /// Wraps a body.
  ///
  /// @param contentLength of the message, −1 if unknown
  /// @param signatures verifies signed chunks; null leaves them unverified (nothing is signed)
  public static Body open(
      RequestHead head, InputStream in, long contentLength, @Nullable ChunkSignatures signatures) {
    Headers headers = head.headers();
    String declared = headers.get("x-amz-content-sha256");
    boolean chunked = declared != null && declared.startsWith(STREAMING) || isAwsChunked(headers);
    long length = chunked ? decodedLength(headers) : contentLength;
    ChunkedStream chunks = null;
    ChecksumAlgorithm trailer = null;
    if (chunked) {
      boolean signed = hasSignedChunks(headers);
      boolean trailing = declared != null && declared.endsWith("-TRAILER");
      chunks = new ChunkedStream(in, signed ? signatures : null, trailing);
      trailer = trailer(headers);
    }
    String md5 = headers.get("Content-MD5");
    checkMd5(md5);
    boolean hashed = declared != null && SHA256_HEX.matcher(declared).matches();
    return new Body(
        new CheckedStream(
            chunks == null ? in : chunks,
            new CheckedStream.Expectation(
                length, md5, hashed ? declared : null, declared(head), trailer, chunks)),
        length);
  }

  private static boolean isAwsChunked(Headers headers) {
    for (String encoding : headers.all("Content-Encoding")) {
      if (encoding.contains("aws-chunked")) {
        return true;
      }
    }
    return false;
  }

  private static long decodedLength(Headers headers) {
    String text = headers.get("x-amz-decoded-content-length");
    if (text == null) {
      return -1;
    }
    try {
      long length = Numbers.longInteger(text.strip());
      if (length >= 0) {
        return length;
      }
    } catch (Malformed e) {
      throw new ServiceError("InvalidArgument", e.reason(), 400);
    }
    throw new ServiceError("InvalidArgument", "x-amz-decoded-content-length is negative", 400);
  }

  private static @Nullable ChecksumAlgorithm trailer(Headers headers) {
    String name = headers.get("x-amz-trailer");
    if (name == null) {
      return null;
    }
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      if (algorithm.header().equalsIgnoreCase(name.strip())) {
        return algorithm;
      }
    }
    throw new ServiceError(
        "InvalidRequest", "The value specified in the x-amz-trailer header is not supported", 400);
  }

  private static Map<ChecksumAlgorithm, String> declared(RequestHead head) {
    Headers headers = head.headers();
    var declared = new EnumMap<ChecksumAlgorithm, String>(ChecksumAlgorithm.class);
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      String value = headers.get(algorithm.header());
      if (value != null && !completesUpload(head)) {
        if (length(value) != algorithm.lengthBytes()) {
          throw new ServiceError(
              "InvalidRequest", "Value for " + algorithm.header() + " header is invalid.", 400);
        }
        declared.put(algorithm, value);
      }
    }
    return declared;
  }

  // CompleteMultipartUpload declares the checksum of the object, not of its own message.
  private static boolean completesUpload(RequestHead head) {
    String query = head.rawQuery();
    return head.method().equals("POST") && query != null && query.contains("uploadId=");
  }

  private static int length(String base64) {
    try {
      return Base64.getDecoder().decode(base64).length;
    } catch (IllegalArgumentException e) {
      return -1;
    }
  }

  private static void checkMd5(@Nullable String md5) {
    if (md5 != null && length(md5) != 16) {
      throw new ServiceError("InvalidDigest", "The Content-MD5 you specified was invalid.", 400);
    }
  }
}

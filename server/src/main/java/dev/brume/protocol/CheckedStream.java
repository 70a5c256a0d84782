package dev.brume.protocol;

import dev.brume.model.BodyError;
import dev.brume.model.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A body that checks itself: at its end length, checksums and digests are compared with what the
/// sender declared, and a difference is a [BodyError] instead of the end of the stream.
public final class CheckedStream extends InputStream {
  private final InputStream in;
  private final Expectation expectation;
  private final @Nullable MessageDigest md5;
  private final @Nullable MessageDigest sha256;
  private final Map<ChecksumAlgorithm, ChecksumAlgorithm.Sum> sums =
      new EnumMap<>(ChecksumAlgorithm.class);
  private final Map<ChecksumAlgorithm, String> computed = new EnumMap<>(ChecksumAlgorithm.class);
  private long count;
  private boolean ended;

  /// What the sender said about the body.
  ///
  /// @param lengthBytes decoded; −1 if not given
  /// @param md5 `Content-MD5` in base64, null if not given
  /// @param sha256Hex `x-amz-content-sha256`, null if not given or not a hash
  /// @param checksums declared in headers, base64
  /// @param trailer the checksum that a trailing header will declare, null if none
  /// @param chunks where the trailing headers are, null without
  record Expectation(
      long lengthBytes,
      @Nullable String md5,
      @Nullable String sha256Hex,
      Map<ChecksumAlgorithm, String> checksums,
      @Nullable ChecksumAlgorithm trailer,
      @Nullable ChunkedStream chunks) {}

  CheckedStream(InputStream in, Expectation expectation) {
    this.in = in;
    this.expectation = expectation;
    this.md5 = expectation.md5() == null ? null : ChecksumAlgorithm.digest("MD5");
    this.sha256 = expectation.sha256Hex() == null ? null : ChecksumAlgorithm.digest("SHA-256");
    expectation.checksums().keySet().forEach(this::compute);
    ChecksumAlgorithm trailer = expectation.trailer();
    if (trailer != null) {
      compute(trailer);
    }
  }

  private void compute(ChecksumAlgorithm algorithm) {
    sums.put(algorithm, algorithm.start());
  }

  /// The algorithms of the checksums that the sender declares, before or after the body.
  public Set<ChecksumAlgorithm> declared() {
    return sums.keySet();
  }

  /// The checksums that the sender declared and that were right, base64; complete once the stream
  /// has ended.
  public Map<ChecksumAlgorithm, String> checksums() {
    return computed;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int read = in.read(buffer, offset, length);
    if (read < 0) {
      if (!ended) {
        ended = true;
        check();
      }
      return -1;
    }
    count += read;
    if (md5 != null) {
      md5.update(buffer, offset, read);
    }
    if (sha256 != null) {
      sha256.update(buffer, offset, read);
    }
    for (ChecksumAlgorithm.Sum sum : sums.values()) {
      sum.update(buffer, offset, read);
    }
    return read;
  }

  private void check() throws BodyError {
    if (expectation.lengthBytes() >= 0 && count != expectation.lengthBytes()) {
      throw ChunkedStream.incomplete();
    }
    if (sha256 != null
        && !HexFormat.of().formatHex(sha256.digest()).equalsIgnoreCase(expectation.sha256Hex())) {
      throw new BodyError(
          new ServiceError(
              "XAmzContentSHA256Mismatch",
              "The provided 'x-amz-content-sha256' header does not match what was computed.",
              400));
    }
    if (md5 != null
        && !Base64.getEncoder().encodeToString(md5.digest()).equals(expectation.md5())) {
      throw new BodyError(
          new ServiceError(
              "BadDigest", "The Content-MD5 you specified did not match what we received.", 400));
    }
    checkSums();
  }

  private void checkSums() throws BodyError {
    for (Map.Entry<ChecksumAlgorithm, ChecksumAlgorithm.Sum> entry : sums.entrySet()) {
      ChecksumAlgorithm algorithm = entry.getKey();
      String sum = entry.getValue().finishBase64();
      String declared = expectation.checksums().get(algorithm);
      ChunkedStream chunks = expectation.chunks();
      if (algorithm == expectation.trailer() && chunks != null) {
        String trailing = chunks.trailers().get(algorithm.header());
        if (trailing == null) {
          throw new BodyError(
              new ServiceError(
                  "MalformedTrailerError",
                  "The request contained trailing data that was not well-formed or did not conform"
                      + " to our published schema.",
                  400));
        }
        declared = trailing;
      }
      if (!sum.equals(declared)) {
        throw new BodyError(
            new ServiceError(
                "BadDigest",
                "The " + algorithm + " you specified did not match the calculated checksum.",
                400));
      }
      computed.put(algorithm, sum);
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}

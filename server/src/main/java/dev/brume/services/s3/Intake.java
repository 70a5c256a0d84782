package dev.brume.services.s3;

import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.BodyError;
import dev.brume.model.ServiceError;
import dev.brume.protocol.CheckedStream;
import dev.brume.protocol.ChecksumAlgorithm;
import dev.brume.store.Blobs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import javax.crypto.Cipher;
import org.jspecify.annotations.Nullable;

/// Takes in a body: small ones into memory, large ones straight to a blob, with digests on the way.
/// Nothing is kept unless the body ends as its sender declared.
final class Intake {
  private static final int BUFFER_BYTES = 128 << 10;

  private final Blobs blobs;
  private final Ids ids;

  Intake(Blobs blobs, Ids ids) {
    this.blobs = blobs;
    this.ids = ids;
  }

  /// A body that came in whole.
  ///
  /// @param inline the bytes, null when they are in a blob
  /// @param md5 16 bytes
  /// @param checksums base64 by algorithm
  record Taken(
      Content content, byte @Nullable [] inline, byte[] md5, Map<String, String> checksums) {

    /// With quotes, as in headers.
    String etag() {
      return '"' + HexFormat.of().formatHex(md5) + '"';
    }
  }

  /// Reads a body to its end.
  ///
  /// @param algorithm that the sender named or the object has; null for what the body declares, or
  ///   else CRC-64/NVME, as S3 computes it itself
  /// @param key encrypts it, null to leave it as it is
  Taken take(
      @Nullable Body body,
      @Nullable ChecksumAlgorithm algorithm,
      long bytesMax,
      @Nullable DataKey key) {
    InputStream in = body == null ? InputStream.nullInputStream() : body.stream();
    if (body != null && body.lengthBytes() > bytesMax) {
      throw S3Errors.entityTooLarge(body.lengthBytes());
    }
    try (in) {
      return read(in, algorithms(in, algorithm), bytesMax, key);
    } catch (BodyError e) {
      throw e.error();
    } catch (IOException e) {
      throw new ServiceError(
          "RequestTimeout",
          "Your socket connection to the server was not read from or written to within the timeout"
              + " period.",
          400);
    }
  }

  private static Set<ChecksumAlgorithm> algorithms(
      InputStream in, @Nullable ChecksumAlgorithm algorithm) {
    if (in instanceof CheckedStream checked && !checked.declared().isEmpty()) {
      return checked.declared();
    }
    return Set.of(algorithm == null ? ChecksumAlgorithm.CRC64NVME : algorithm);
  }

  private Taken read(
      InputStream in, Set<ChecksumAlgorithm> algorithms, long bytesMax, @Nullable DataKey key)
      throws IOException {
    var sums = new EnumMap<ChecksumAlgorithm, ChecksumAlgorithm.Sum>(ChecksumAlgorithm.class);
    algorithms.forEach(algorithm -> sums.put(algorithm, algorithm.start()));
    MessageDigest md5 = md5();
    byte[] first = in.readNBytes(S3Limits.INLINE_BYTES_MAX + 1);
    md5.update(first);
    sums.values().forEach(sum -> sum.update(first, 0, first.length));
    String iv = key == null ? null : ids.hex(2 * DataKey.IV_BYTES);
    Cipher cipher = key == null || iv == null ? null : key.cipher(iv, 0);
    encrypt(cipher, first, first.length);
    if (first.length <= S3Limits.INLINE_BYTES_MAX) {
      Content content = new Content(ids.hex(32), true, first.length, iv);
      return new Taken(content, first, md5.digest(), finished(sums));
    }
    long size = first.length;
    try (Blobs.Writer writer = create()) {
      write(writer, first, first.length);
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        int length = count;
        md5.update(buffer, 0, length);
        sums.values().forEach(sum -> sum.update(buffer, 0, length));
        encrypt(cipher, buffer, length);
        write(writer, buffer, length);
        size += length;
        if (size > bytesMax) {
          throw S3Errors.entityTooLarge(size);
        }
      }
      Content content = new Content(finish(writer), false, size, iv);
      return new Taken(content, null, md5.digest(), finished(sums));
    }
  }

  // After the sums, which are of what the sender sent.
  private static void encrypt(@Nullable Cipher cipher, byte[] buffer, int length) {
    if (cipher != null) {
      DataKey.apply(cipher, buffer, 0, length);
    }
  }

  private static Map<String, String> finished(Map<ChecksumAlgorithm, ChecksumAlgorithm.Sum> sums) {
    var finished = new LinkedHashMap<String, String>();
    sums.forEach((algorithm, sum) -> finished.put(algorithm.name(), sum.finishBase64()));
    return finished;
  }

  // The disk's failures are ours, not the sender's.
  private Blobs.Writer create() {
    try {
      return blobs.create();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void write(Blobs.Writer writer, byte[] buffer, int length) {
    try {
      writer.write(buffer, 0, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String finish(Blobs.Writer writer) {
    try {
      return writer.finish();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static MessageDigest md5() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

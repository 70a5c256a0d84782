package dev.brume.protocol;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.jspecify.annotations.Nullable;

/// The checksums that clients send and ask for
/// ([AWS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html)).
public enum ChecksumAlgorithm {
  CRC32,
  CRC32C,
  CRC64NVME,
  SHA1,
  SHA256;

  /// E.g. `x-amz-checksum-crc32`.
  public String header() {
    return "x-amz-checksum-" + name().toLowerCase(Locale.ROOT);
  }

  /// The length of a checksum in bytes.
  public int lengthBytes() {
    return switch (this) {
      case CRC32, CRC32C -> 4;
      case CRC64NVME -> 8;
      case SHA1 -> 20;
      case SHA256 -> 32;
    };
  }

  /// The algorithm that a client named, null for none that S3 knows.
  public static @Nullable ChecksumAlgorithm named(@Nullable String name) {
    for (ChecksumAlgorithm algorithm : values()) {
      if (algorithm.name().equalsIgnoreCase(name)) {
        return algorithm;
      }
    }
    return null;
  }

  /// A new, empty computation.
  public Sum start() {
    return switch (this) {
      case CRC32 -> new Crc(new CRC32(), 4);
      case CRC32C -> new Crc(new CRC32C(), 4);
      case CRC64NVME -> new Crc(new Crc64Nvme(), 8);
      case SHA1 -> new Digest(digest("SHA-1"));
      case SHA256 -> new Digest(digest("SHA-256"));
    };
  }

  static MessageDigest digest(String name) {
    try {
      return MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /// A checksum being computed.
  public interface Sum {
    void update(byte[] bytes, int offset, int length);

    /// The checksum, big-endian. Called once, at the end.
    byte[] finish();

    default String finishBase64() {
      return Base64.getEncoder().encodeToString(finish());
    }
  }

  private record Crc(Checksum checksum, int lengthBytes) implements Sum {
    @Override
    public void update(byte[] bytes, int offset, int length) {
      checksum.update(bytes, offset, length);
    }

    @Override
    public byte[] finish() {
      byte[] bytes = new byte[lengthBytes];
      long value = checksum.getValue();
      for (int i = 0; i < lengthBytes; i++) {
        bytes[i] = (byte) (value >>> 8 * (lengthBytes - 1 - i));
      }
      return bytes;
    }
  }

  private record Digest(MessageDigest digest) implements Sum {
    @Override
    public void update(byte[] bytes, int offset, int length) {
      digest.update(bytes, offset, length);
    }

    @Override
    public byte[] finish() {
      return digest.digest();
    }
  }
}

package dev.brume.services.s3;

import dev.brume.model.ServiceError;
import dev.brume.protocol.ChecksumAlgorithm;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checksums of whole objects made of parts: full object or composite
///
// ([AWS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html)).
final class Checksums {
  static final String FULL_OBJECT = "FULL_OBJECT";
  static final String COMPOSITE = "COMPOSITE";

  private Checksums() {}

  /// The algorithm that a request names; throws InvalidRequest for one that Brume does not compute.
  static @Nullable ChecksumAlgorithm named(@Nullable String name) {
    if (name == null) {
      return null;
    }
    ChecksumAlgorithm algorithm = ChecksumAlgorithm.named(name);
    if (algorithm == null) {
      throw S3Errors.invalidRequest(
          "Checksum algorithm provided is unsupported. Please try again with any of the valid"
              + " types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
    }
    return algorithm;
  }

  /// The type of a multipart upload's checksum where its creator gave none.
  static String defaultType(ChecksumAlgorithm algorithm) {
    return algorithm == ChecksumAlgorithm.CRC64NVME ? FULL_OBJECT : COMPOSITE;
  }

  static void checkType(ChecksumAlgorithm algorithm, String type) {
    boolean full = type.equals(FULL_OBJECT);
    boolean known = full || type.equals(COMPOSITE);
    boolean digest = algorithm == ChecksumAlgorithm.SHA1 || algorithm == ChecksumAlgorithm.SHA256;
    if (!known || full && digest || !full && algorithm == ChecksumAlgorithm.CRC64NVME) {
      throw new ServiceError(
          "InvalidRequest",
          "The "
              + type
              + " checksum type cannot be used with the "
              + algorithm
              + " checksum"
              + " algorithm.",
          400);
    }
  }

  /// The checksum of the parts' checksums, with their number: `abc=-3`.
  static String composite(ChecksumAlgorithm algorithm, List<String> parts) {
    ChecksumAlgorithm.Sum sum = algorithm.start();
    for (String part : parts) {
      byte[] bytes = Base64.getDecoder().decode(part);
      sum.update(bytes, 0, bytes.length);
    }
    return sum.finishBase64() + "-" + parts.size();
  }

  /// The ETag of an object made of parts: the MD5 of their MD5s, with their number.
  static String etag(List<String> partEtags) {
    var md5 = Intake.md5();
    for (String etag : partEtags) {
      md5.update(HexFormat.of().parseHex(etag.replace("\"", "")));
    }
    return '"' + HexFormat.of().formatHex(md5.digest()) + "-" + partEtags.size() + '"';
  }

  /// Throws BadDigest when a value that the client gave is not what was computed.
  static void check(String algorithm, @Nullable String given, Map<String, String> computed) {
    String own = computed.get(algorithm);
    if (given != null && own != null && !given.equals(own)) {
      throw S3Errors.badDigest(algorithm);
    }
  }
}

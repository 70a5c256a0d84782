package dev.brume.services.s3;

import dev.brume.model.Member;
import dev.brume.model.Struct;
import dev.brume.protocol.ChecksumAlgorithm;
import dev.brume.protocol.Parameters;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a writer says about an object besides its bytes: the same members in every operation that
/// writes or reads one.
///
/// @param headers by member name, e.g. `ContentType`
/// @param metadata user metadata
record Attributes(
    Map<String, String> headers,
    Map<String, String> metadata,
    Map<String, String> tags,
    String storageClass,
    Version.Encryption encryption) {

  private static final List<String> HEADERS =
      List.of(
          "CacheControl",
          "ContentDisposition",
          "ContentEncoding",
          "ContentLanguage",
          "ContentType",
          "Expires",
          "WebsiteRedirectLocation");
  private static final Set<String> STORAGE_CLASSES =
      Set.of(
          "STANDARD",
          "REDUCED_REDUNDANCY",
          "STANDARD_IA",
          "ONEZONE_IA",
          "INTELLIGENT_TIERING",
          "GLACIER",
          "DEEP_ARCHIVE",
          "GLACIER_IR");
  private static final List<String> NOT_IMPLEMENTED =
      List.of(
          "SSECustomerAlgorithm",
          "CopySourceSSECustomerAlgorithm",
          "SSEKMSEncryptionContext",
          "ObjectLockMode",
          "ObjectLockLegalHoldStatus",
          "WriteOffsetBytes");

  /// Reads them from a request.
  ///
  /// @param fallback the bucket's default encryption
  static Attributes of(Struct in, Version.Encryption fallback) {
    refuseWhatIsNotThere(in);
    var headers = new LinkedHashMap<String, String>();
    for (String name : HEADERS) {
      String value = text(in, name);
      if (value != null) {
        headers.put(name, value);
      }
    }
    unchunked(headers);
    headers.putIfAbsent("ContentType", "binary/octet-stream");
    String tagging = text(in, "Tagging");
    String storageClass = text(in, "StorageClass");
    return new Attributes(
        headers,
        metadata(in),
        tagging == null ? Map.of() : Tags.parse(tagging),
        storageClass == null ? "STANDARD" : storageClass(storageClass),
        encryption(in, fallback));
  }

  Attributes encrypted(Version.Encryption other) {
    return new Attributes(headers, metadata, tags, storageClass, other);
  }

  private static void refuseWhatIsNotThere(Struct in) {
    for (String name : NOT_IMPLEMENTED) {
      Member member = in.shape().member(name);
      if (member != null && in.get(member.index()) != null) {
        throw S3Errors.notImplemented(name);
      }
    }
  }

  // `aws-chunked` is how the bytes travelled, not what they are.
  private static void unchunked(Map<String, String> headers) {
    String encoding = headers.remove("ContentEncoding");
    if (encoding != null) {
      var kept = new java.util.ArrayList<String>();
      for (String part : encoding.split(",")) {
        if (!part.strip().equals("aws-chunked")) {
          kept.add(part.strip());
        }
      }
      if (!kept.isEmpty()) {
        headers.put("ContentEncoding", String.join(",", kept));
      }
    }
  }

  private static Map<String, String> metadata(Struct in) {
    Member member = in.shape().member("Metadata");
    if (member == null || !(in.get(member.index()) instanceof Map<?, ?> map)) {
      return Map.of();
    }
    var metadata = new LinkedHashMap<String, String>();
    int size = 0;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String name = (String) entry.getKey();
      String value = (String) entry.getValue();
      size += name.length() + value.getBytes(StandardCharsets.UTF_8).length;
      metadata.put(name, value);
    }
    if (size > S3Limits.METADATA_BYTES_MAX) {
      throw S3Errors.metadataTooLarge(size);
    }
    return metadata;
  }

  private static String storageClass(String name) {
    if (!STORAGE_CLASSES.contains(name)) {
      throw new dev.brume.model.ServiceError(
          "InvalidStorageClass", "The storage class you specified is not valid", 400);
    }
    return name;
  }

  private static Version.Encryption encryption(Struct in, Version.Encryption fallback) {
    String algorithm = text(in, "ServerSideEncryption");
    if (algorithm == null) {
      return fallback;
    }
    return switch (algorithm) {
      case "AES256" -> {
        if (text(in, "SSEKMSKeyId") != null) {
          throw S3Errors.invalidArgument(
              "Server Side Encryption with AWS KMS managed key requires HTTP header"
                  + " x-amz-server-side-encryption : aws:kms",
              "x-amz-server-side-encryption",
              algorithm);
        }
        yield Version.Encryption.AES256;
      }
      case "aws:kms" ->
          new Version.Encryption(
              algorithm, text(in, "SSEKMSKeyId"), (Boolean) value(in, "BucketKeyEnabled"), null);
      case "aws:kms:dsse" -> throw S3Errors.notImplemented("dual-layer encryption");
      default ->
          throw S3Errors.invalidArgument(
              "The encryption method specified is not supported",
              "x-amz-server-side-encryption",
              algorithm);
    };
  }

  static @Nullable Object value(Struct struct, String name) {
    Member member = struct.shape().member(name);
    return member == null ? null : struct.get(member.index());
  }

  static @Nullable String text(Struct struct, String name) {
    return (String) value(struct, name);
  }

  /// Sets the member of this name, if the structure has it.
  static void set(Struct struct, String name, @Nullable Object value) {
    Member member = struct.shape().member(name);
    if (member != null) {
      struct.set(member.index(), value);
    }
  }

  /// Copies everything that a read returns about a version.
  static void show(Struct out, Bucket bucket, Version version) {
    version.headers().forEach((name, value) -> set(out, name, value));
    set(out, "Metadata", version.metadata());
    set(out, "ETag", version.etag());
    set(out, "LastModified", Instant.ofEpochSecond(version.modifiedMillis() / 1000));
    set(out, "AcceptRanges", "bytes");
    set(out, "VersionId", version.shownId(bucket));
    if (!version.storageClass().equals("STANDARD")) {
      set(out, "StorageClass", version.storageClass());
    }
    if (!version.tags().isEmpty()) {
      set(out, "TagCount", version.tags().size());
    }
    showEncryption(out, version.encryption());
  }

  static void showEncryption(Struct out, Version.Encryption encryption) {
    set(out, "ServerSideEncryption", encryption.algorithm());
    set(out, "SSEKMSKeyId", encryption.kmsKeyId());
    set(out, "BucketKeyEnabled", encryption.bucketKey());
  }

  static void showChecksums(Struct out, Map<String, String> checksums, @Nullable String type) {
    checksums.forEach((algorithm, value) -> set(out, "Checksum" + algorithm, value));
    if (!checksums.isEmpty()) {
      set(out, "ChecksumType", type);
    }
  }

  /// Compares the checksums that the request states with the computed ones.
  static void checkChecksums(Struct in, Map<String, String> computed) {
    for (ChecksumAlgorithm algorithm : ChecksumAlgorithm.values()) {
      Checksums.check(algorithm.name(), text(in, "Checksum" + algorithm), computed);
    }
  }

  /// Checks a key's length and returns it.
  static String key(String key) {
    int size = key.getBytes(StandardCharsets.UTF_8).length;
    if (size > S3Limits.KEY_BYTES_MAX) {
      throw S3Errors.keyTooLong(size);
    }
    return key;
  }

  /// The bucket, key and version of `x-amz-copy-source`.
  record CopySource(String bucket, String key, @Nullable String versionId) {
    static CopySource parse(String header) {
      String source = header.startsWith("/") ? header.substring(1) : header;
      int question = source.lastIndexOf("?versionId=");
      String versionId = question < 0 ? null : source.substring(question + 11);
      String path = question < 0 ? source : source.substring(0, question);
      String decoded = Parameters.decodePath(path);
      int slash = decoded.indexOf('/');
      if (slash < 1 || slash == decoded.length() - 1) {
        throw S3Errors.invalidArgument(
            "Invalid copy source object key", "x-amz-copy-source", header);
      }
      return new CopySource(decoded.substring(0, slash), decoded.substring(slash + 1), versionId);
    }
  }
}

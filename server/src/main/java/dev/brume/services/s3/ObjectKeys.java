package dev.brume.services.s3;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.kms.DecryptRequest;
import dev.brume.model.kms.DescribeKeyRequest;
import dev.brume.model.kms.GenerateDataKeyRequest;
import dev.brume.model.kms.GenerateDataKeyResponse;
import dev.brume.model.kms.KeyMetadata;
import dev.brume.model.kms.KmsClient;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The keys of objects that KMS protects: each object has one of its own, kept only as KMS
/// encrypted it, so that nobody reads the object who may not use the KMS key.
///
/// [SSE-KMS](https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html).
final class ObjectKeys {
  private static final String OWN_KEY = "alias/aws/s3";

  private final KmsClient kms;

  ObjectKeys(Operations operations) {
    kms = new KmsClient(operations);
  }

  /// An encryption that can be carried out.
  ///
  /// @param key null when KMS has no part in it
  record Sealed(Version.Encryption encryption, @Nullable DataKey key) {}

  /// Makes the key of a new object, on behalf of who writes it.
  Sealed seal(Call call, String bucket, String key, Version.Encryption wanted) {
    if (!wanted.kms()) {
      return new Sealed(wanted, null);
    }
    requireSigned(call);
    String named = wanted.kmsKeyId() == null ? OWN_KEY : wanted.kmsKeyId();
    try {
      GenerateDataKeyResponse made =
          kms.generateDataKey(
              by(call, named),
              new GenerateDataKeyRequest()
                  .keyId(named)
                  .keySpec("AES_256")
                  .encryptionContext(context(bucket, key)));
      var encryption =
          new Version.Encryption(
              wanted.algorithm(),
              made.keyId(),
              wanted.bucketKey(),
              Base64.getEncoder().encodeToString(Objects.requireNonNull(made.ciphertextBlob())));
      return new Sealed(encryption, new DataKey(Objects.requireNonNull(made.plaintext())));
    } catch (ServiceError e) {
      throw refused(e);
    }
  }

  /// The key of an object, for who may use the KMS key; null when KMS has no part in it.
  @Nullable DataKey open(Call call, String bucket, String key, Version.Encryption encryption) {
    String sealed = encryption.dataKey();
    if (sealed == null) {
      return null;
    }
    requireSigned(call);
    try {
      byte[] plain =
          kms.decrypt(
                  by(call, encryption.kmsKeyId()),
                  new DecryptRequest()
                      .keyId(encryption.kmsKeyId())
                      .ciphertextBlob(Base64.getDecoder().decode(sealed))
                      .encryptionContext(context(bucket, key)))
              .plaintext();
      return new DataKey(Objects.requireNonNull(plain));
    } catch (ServiceError e) {
      throw refused(e);
    }
  }

  // S3's own key of an account is for everybody there who may use S3.
  private Call by(Call call, @Nullable String keyId) {
    if (!(call.principal() instanceof Principal.RoleSession) || keyId == null) {
      return call;
    }
    Call owner = call.as(new Principal.Root(call.account()));
    KeyMetadata key = kms.describeKey(owner, new DescribeKeyRequest().keyId(keyId)).keyMetadata();
    return key != null && "AWS".equals(key.keyManager()) ? owner : call;
  }

  private static Map<String, String> context(String bucket, String key) {
    return Map.of("aws:s3:arn", "arn:aws:s3:::" + bucket + "/" + key);
  }

  private static void requireSigned(Call call) {
    if (call.principal() instanceof Principal.Anonymous) {
      throw S3Errors.invalidArgument(
          "Requests specifying Server Side Encryption with AWS KMS managed keys require AWS"
              + " Signature Version 4.",
          "Authorization",
          "null");
    }
  }

  private static ServiceError refused(ServiceError e) {
    return e.code().startsWith("AccessDenied")
        ? new ServiceError("AccessDenied", e.getMessage(), 403)
        : new ServiceError("KMS." + e.code(), e.getMessage(), 400);
  }
}

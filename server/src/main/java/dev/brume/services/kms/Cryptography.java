package dev.brume.services.kms;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.kms.*;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Encryption with stored keys.
final class Cryptography {
  private static final String SYMMETRIC = "SYMMETRIC_DEFAULT";
  private final Ids ids;
  private final Function<KeyName, KeyRow> keys;

  /// A key as a request names it.
  record KeyName(Call call, String name) {}

  /// @param keys finds a key, or throws
  Cryptography(Ids ids, Function<KeyName, KeyRow> keys) {
    this.ids = ids;
    this.keys = keys;
  }

  EncryptResponse encrypt(Call call, EncryptRequest in) {
    KeyRow key = usable(call, in.keyId(), in.encryptionAlgorithm(), in.grantTokens());
    refuseDry(in.dryRun());
    return new EncryptResponse()
        .ciphertextBlob(seal(key, in.plaintext(), in.encryptionContext()))
        .keyId(KmsStore.arn(call, key.id()))
        .encryptionAlgorithm(SYMMETRIC);
  }

  DecryptResponse decrypt(Call call, DecryptRequest in) {
    refuseEnclave(in.recipient());
    byte[] blob = in.ciphertextBlob();
    if (blob == null) {
      throw KmsErrors.badCiphertext();
    }
    Opened opened =
        open(
            call,
            blob,
            in.encryptionContext(),
            in.keyId(),
            in.encryptionAlgorithm(),
            in.grantTokens());
    refuseDry(in.dryRun());
    return new DecryptResponse()
        .plaintext(opened.plaintext())
        .keyId(KmsStore.arn(call, opened.key().id()))
        .encryptionAlgorithm(SYMMETRIC)
        .keyMaterialId(opened.material().id());
  }

  ReEncryptResponse reEncrypt(Call call, ReEncryptRequest in) {
    byte[] blob = in.ciphertextBlob();
    if (blob == null) {
      throw KmsErrors.badCiphertext();
    }
    Opened opened =
        open(
            call,
            blob,
            in.sourceEncryptionContext(),
            in.sourceKeyId(),
            in.sourceEncryptionAlgorithm(),
            in.grantTokens());
    KeyRow key =
        usable(call, in.destinationKeyId(), in.destinationEncryptionAlgorithm(), List.of());
    refuseDry(in.dryRun());
    return new ReEncryptResponse()
        .ciphertextBlob(seal(key, opened.plaintext(), in.destinationEncryptionContext()))
        .sourceKeyId(KmsStore.arn(call, opened.key().id()))
        .keyId(KmsStore.arn(call, key.id()))
        .sourceEncryptionAlgorithm(SYMMETRIC)
        .destinationEncryptionAlgorithm(SYMMETRIC)
        .sourceKeyMaterialId(opened.material().id())
        .destinationKeyMaterialId(key.current().id());
  }

  GenerateDataKeyResponse generateDataKey(Call call, GenerateDataKeyRequest in) {
    refuseEnclave(in.recipient());
    int length = dataKeyBytes(in.keySpec(), in.numberOfBytes());
    KeyRow key = usable(call, in.keyId(), null, in.grantTokens());
    refuseDry(in.dryRun());
    byte[] plaintext = ids.bytes(length);
    return new GenerateDataKeyResponse()
        .plaintext(plaintext)
        .ciphertextBlob(seal(key, plaintext, in.encryptionContext()))
        .keyId(KmsStore.arn(call, key.id()))
        .keyMaterialId(key.current().id());
  }

  GenerateDataKeyWithoutPlaintextResponse generateDataKeyWithoutPlaintext(
      Call call, GenerateDataKeyWithoutPlaintextRequest in) {
    int length = dataKeyBytes(in.keySpec(), in.numberOfBytes());
    KeyRow key = usable(call, in.keyId(), null, in.grantTokens());
    refuseDry(in.dryRun());
    return new GenerateDataKeyWithoutPlaintextResponse()
        .ciphertextBlob(seal(key, ids.bytes(length), in.encryptionContext()))
        .keyId(KmsStore.arn(call, key.id()))
        .keyMaterialId(key.current().id());
  }

  GenerateRandomResponse generateRandom(GenerateRandomRequest in) {
    refuseEnclave(in.recipient());
    if (in.customKeyStoreId() != null) {
      throw KmsErrors.notYet("custom key stores");
    }
    Integer length = in.numberOfBytes();
    if (length == null) {
      throw KmsErrors.invalid("Please specify the number of bytes to generate.");
    }
    return new GenerateRandomResponse().plaintext(ids.bytes(length));
  }

  private static int dataKeyBytes(@Nullable String keySpec, @Nullable Integer numberOfBytes) {
    if (keySpec == null && numberOfBytes != null) {
      return numberOfBytes;
    }
    if (keySpec != null && numberOfBytes == null) {
      return keySpec.equals("AES_128") ? 16 : 32;
    }
    throw KmsErrors.invalid("Please specify either number of bytes or key spec.");
  }

  private record Opened(KeyRow key, KeyRow.Material material, byte[] plaintext) {}

  private Opened open(
      Call call,
      byte[] blob,
      Map<String, String> context,
      @Nullable String named,
      @Nullable String algorithm,
      List<String> grantTokens) {
    Ciphertext ciphertext = Ciphertext.of(blob);
    String keyId = ciphertext.keyId().toString();
    KeyRow key = usable(call, keyId, algorithm, grantTokens);
    if (named != null && !keys.apply(new KeyName(call, named)).id().equals(keyId)) {
      throw KmsErrors.wrongKey();
    }
    byte[] plaintext = ciphertext.open(key, context);
    return new Opened(key, key.materials().get(ciphertext.material()), plaintext);
  }

  private KeyRow usable(
      Call call, String named, @Nullable String algorithm, List<String> grantTokens) {
    if (!grantTokens.isEmpty()) {
      throw KmsErrors.noGrant();
    }
    KeyRow key = keys.apply(new KeyName(call, named));
    if (key.deletionMillis() != null) {
      throw KmsErrors.pendingDeletion(KmsStore.arn(call, key.id()));
    }
    if (!key.enabled()) {
      throw KmsErrors.disabled(KmsStore.arn(call, key.id()));
    }
    if (algorithm != null && !algorithm.equals(SYMMETRIC)) {
      throw KmsErrors.wrongAlgorithm(algorithm);
    }
    return key;
  }

  private byte[] seal(KeyRow key, byte[] plaintext, Map<String, String> context) {
    return Ciphertext.seal(key, ids.bytes(12), plaintext, context).bytes();
  }

  private static void refuseDry(@Nullable Boolean dryRun) {
    if (Boolean.TRUE.equals(dryRun)) {
      throw KmsErrors.dryRun();
    }
  }

  private static void refuseEnclave(@Nullable RecipientInfo recipient) {
    if (recipient != null) {
      throw KmsErrors.notYet("recipients in enclaves");
    }
  }
}

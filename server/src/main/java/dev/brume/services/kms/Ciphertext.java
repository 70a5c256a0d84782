package dev.brume.services.kms;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// What encryption gives: version, key id, number of the material, nonce, and AES-GCM's output with
/// the encryption context as additional data.
///
/// @param sealed AES-GCM's output: the encrypted text and a tag of 16 bytes
record Ciphertext(UUID keyId, int material, byte[] nonce, byte[] sealed) {
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;
  private static final int HEAD_BYTES = 1 + 16 + 4 + NONCE_BYTES;

  /// @param nonce 12 random bytes
  static Ciphertext seal(KeyRow key, byte[] nonce, byte[] plaintext, Map<String, String> context) {
    UUID id = UUID.fromString(key.id());
    int material = key.materials().size() - 1;
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key.current(), nonce, id, context);
      return new Ciphertext(id, material, nonce, cipher.doFinal(plaintext));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The plaintext. Throws InvalidCiphertextException if anything was changed, the context too.
  byte[] open(KeyRow key, Map<String, String> context) {
    if (material < 0 || material >= key.materials().size()) {
      throw KmsErrors.badCiphertext();
    }
    try {
      return cipher(Cipher.DECRYPT_MODE, key.materials().get(material), nonce, keyId, context)
          .doFinal(sealed);
    } catch (AEADBadTagException e) {
      throw KmsErrors.badCiphertext();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Cipher cipher(
      int mode, KeyRow.Material material, byte[] nonce, UUID id, Map<String, String> context)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        mode,
        new SecretKeySpec(material.bytes(), "AES"),
        new GCMParameterSpec(TAG_BYTES * 8, nonce));
    cipher.updateAAD(
        ByteBuffer.allocate(16)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .flip());
    // Lengths in front, so that no two contexts give the same bytes.
    for (var entry : new TreeMap<>(context).entrySet()) {
      additional(cipher, entry.getKey());
      additional(cipher, entry.getValue());
    }
    return cipher;
  }

  private static void additional(Cipher cipher, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    cipher.updateAAD(ByteBuffer.allocate(4 + bytes.length).putInt(bytes.length).put(bytes).flip());
  }

  byte[] bytes() {
    return ByteBuffer.allocate(HEAD_BYTES + sealed.length)
        .put(VERSION)
        .putLong(keyId.getMostSignificantBits())
        .putLong(keyId.getLeastSignificantBits())
        .putInt(material)
        .put(nonce)
        .put(sealed)
        .array();
  }

  /// Reads [#bytes] again. Throws [ServiceError] for anything else.
  static Ciphertext of(byte[] bytes) {
    if (bytes.length < HEAD_BYTES + TAG_BYTES || bytes[0] != VERSION) {
      throw KmsErrors.badCiphertext();
    }
    ByteBuffer in = ByteBuffer.wrap(bytes, 1, bytes.length - 1);
    UUID id = new UUID(in.getLong(), in.getLong());
    int material = in.getInt();
    byte[] nonce = new byte[NONCE_BYTES];
    in.get(nonce);
    byte[] sealed = new byte[in.remaining()];
    in.get(sealed);
    return new Ciphertext(id, material, nonce, sealed);
  }
}

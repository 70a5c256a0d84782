package dev.brume.services.s3;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// A key that bodies are encrypted with: AES-256 in counter mode, so that a range of a body can be
/// read without what is before it.
final class DataKey {
  static final int IV_BYTES = 16;
  private static final int BLOCK_BYTES = 16;

  private final SecretKeySpec key;

  DataKey(byte[] key) {
    this.key = new SecretKeySpec(key, "AES");
  }

  /// Encrypts or decrypts, which is the same, from an offset on.
  ///
  /// @param iv hex, never used for two bodies
  Cipher cipher(String iv, long offset) {
    try {
      BigInteger start =
          new BigInteger(1, HexFormat.of().parseHex(iv))
              .add(BigInteger.valueOf(offset / BLOCK_BYTES));
      byte[] counter = new byte[IV_BYTES];
      for (int i = 0; i < IV_BYTES; i++) {
        counter[IV_BYTES - 1 - i] = start.shiftRight(8 * i).byteValue();
      }
      Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
      cipher.init(Cipher.ENCRYPT_MODE, key, new IvParameterSpec(counter));
      cipher.update(new byte[(int) (offset % BLOCK_BYTES)]);
      return cipher;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Replaces bytes by what the cipher makes of them.
  static void apply(Cipher cipher, byte[] buffer, int offset, int length) {
    try {
      cipher.update(buffer, offset, length, buffer, offset);
    } catch (ShortBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Decrypts what a stream gives.
  ///
  /// @param in starts at the offset
  InputStream decrypted(InputStream in, String iv, long offset) {
    Cipher cipher = cipher(iv, offset);
    return new FilterInputStream(in) {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
      }

      @Override
      public int read(byte[] buffer, int start, int length) throws IOException {
        int count = in.read(buffer, start, length);
        if (count > 0) {
          apply(cipher, buffer, start, count);
        }
        return count;
      }
    };
  }
}

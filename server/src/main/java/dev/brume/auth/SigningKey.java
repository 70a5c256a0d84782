package dev.brume.auth;

import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// A key that signs for one day, region and service.
final class SigningKey {
  private final byte[] key;

  private SigningKey(byte[] key) {
    this.key = key;
  }

  static SigningKey derive(String secret, Signature.V4 scope) {
    byte[] date = hmac("HmacSHA256", Canonical.bytes("AWS4" + secret), scope.scopeDate());
    byte[] region = hmac("HmacSHA256", date, scope.region());
    byte[] service = hmac("HmacSHA256", region, scope.service());
    return new SigningKey(hmac("HmacSHA256", service, "aws4_request"));
  }

  String sign(String text) {
    return HexFormat.of().formatHex(hmac("HmacSHA256", key, text));
  }

  /// Compares without telling by its duration where the difference is.
  static boolean same(String expected, String given) {
    return MessageDigest.isEqual(Canonical.bytes(expected), Canonical.bytes(given));
  }

  static byte[] hmac(String algorithm, byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance(algorithm);
      mac.init(new SecretKeySpec(key, algorithm));
      return mac.doFinal(Canonical.bytes(text));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.brume.ids;

import java.util.HexFormat;
import java.util.Random;
import java.util.UUID;

/// Identifiers and other random values. Constructed once, in `Brume`, on a secure source; tests
/// construct it on a seed.
public final class Ids {
  private static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  private static final String LOWER = "abcdefghijklmnopqrstuvwxyz0123456789";
  private final Random random;

  public Ids(Random random) {
    this.random = random;
  }

  /// A version 4 UUID, e.g. `1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed`.
  public String uuid() {
    byte[] bytes = bytes(16);
    bytes[6] = (byte) (bytes[6] & 0x0F | 0x40);
    bytes[8] = (byte) (bytes[8] & 0x3F | 0x80);
    return new UUID(bits(bytes, 0), bits(bytes, 8)).toString();
  }

  /// Upper-case letters and digits, e.g. the tail of `AROA…`.
  public String upper(int length) {
    return of(UPPER, length);
  }

  /// Lower-case letters and digits, e.g. an API's id.
  public String lower(int length) {
    return of(LOWER, length);
  }

  public String hex(int length) {
    return HexFormat.of().formatHex(bytes((length + 1) / 2)).substring(0, length);
  }

  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /// A number from 0 to `bound` − 1.
  public int below(int bound) {
    return random.nextInt(bound);
  }

  private String of(String alphabet, int length) {
    var text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  private static long bits(byte[] bytes, int from) {
    long value = 0;
    for (int i = from; i < from + 8; i++) {
      value = value << 8 | (bytes[i] & 0xFF);
    }
    return value;
  }
}

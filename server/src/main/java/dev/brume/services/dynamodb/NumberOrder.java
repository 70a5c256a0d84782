package dev.brume.services.dynamodb;

import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;

/// Numbers as bytes whose unsigned order is the numbers' order, for sort keys: sign, exponent,
/// digits; all inverted for negative numbers.
final class NumberOrder {
  private static final int NEGATIVE = 0;
  private static final int ZERO = 1;
  private static final int POSITIVE = 2;

  private NumberOrder() {}

  static byte[] bytes(BigDecimal number) {
    if (number.signum() == 0) {
      return new byte[] {ZERO};
    }
    BigDecimal stripped = number.abs().stripTrailingZeros();
    String digits = stripped.unscaledValue().toString();
    int exponent = digits.length() - stripped.scale() + 200;
    var out = new ByteArrayOutputStream();
    boolean negative = number.signum() < 0;
    out.write(negative ? NEGATIVE : POSITIVE);
    int flip = negative ? 0xFF : 0;
    out.write(exponent >> 8 ^ flip);
    out.write(exponent & 0xFF ^ flip);
    for (int i = 0; i < digits.length(); i++) {
      out.write(digits.charAt(i) ^ flip);
    }
    // Ends a negative number above every longer one with the same digits.
    if (negative) {
      out.write(0xFF);
    }
    return out.toByteArray();
  }
}

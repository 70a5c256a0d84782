package dev.brume.services.sqs;

/// The text that a message may hold.
final class MessageText {
  private MessageText() {}

  /// Throws AWS's error for a character that XML 1.0 does not have.
  static void check(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 0x20 ? c != '\t' && c != '\n' && c != '\r' : c > 0xFFFD) {
        throw SqsErrors.characters();
      }
      if (Character.isSurrogate(c)) {
        if (!Character.isHighSurrogate(c)
            || i + 1 == text.length()
            || !Character.isLowSurrogate(text.charAt(i + 1))) {
          throw SqsErrors.characters();
        }
        i++;
      }
    }
  }

  /// The length in UTF-8.
  static long bytes(String text) {
    long bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Each half of a surrogate pair counts two of the four bytes.
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}

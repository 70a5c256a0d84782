package dev.brume.protocol;

/// A message that does not fit the protocol or the model. Each codec turns it into its protocol's
/// own error.
final class Malformed extends RuntimeException {
  private static final long serialVersionUID = 1L;

  Malformed(String message) {
    super(message, null, false, false);
  }

  /// The reason, never null.
  String reason() {
    String message = getMessage();
    return message == null ? "malformed" : message;
  }
}

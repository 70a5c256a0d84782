package dev.brume.functions;

/// An environment that did not become a function.
final class InitFailed extends Exception {
  private static final long serialVersionUID = 1L;
  private final transient byte[] payload;
  private final String type;

  private InitFailed(String type, String message, byte[] payload) {
    super(message);
    this.type = type;
    this.payload = payload;
  }

  /// What a runtime posted instead of asking for its first event.
  static InitFailed posted(String type, byte[] payload) {
    return new InitFailed(type, type, payload);
  }

  /// What the platform found.
  static InitFailed found(String type, String message) {
    return new InitFailed(type, message, new byte[0]);
  }

  /// Whether the platform has to say it, since the runtime has not.
  boolean found() {
    return payload.length == 0;
  }

  String type() {
    return type;
  }

  /// The error document.
  byte[] payload(String requestId) {
    return found()
        ? Reply.errorDocument(type, "RequestId: " + requestId + " Error: " + getMessage())
        : payload;
  }
}

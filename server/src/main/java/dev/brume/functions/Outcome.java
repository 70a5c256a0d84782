package dev.brume.functions;

/// How an invocation ended.
public sealed interface Outcome {
  /// The function's answer, or the error document.
  byte[] payload();

  Report report();

  /// @param payload what the handler returned, JSON
  /// @param contentType as the runtime sent it, usually `application/json`
  record Success(byte[] payload, String contentType, Report report) implements Outcome {}

  /// @param errorType e.g. `Error`, `Sandbox.Timedout`, `Runtime.ExitError`
  /// @param payload `{"errorType":…,"errorMessage":…,…}`
  record Failed(String errorType, byte[] payload, Report report) implements Outcome {}

  /// The figures of the REPORT line.
  ///
  /// @param durationMillis of the handler
  /// @param initMillis of the environment's start, −1 when it was warm
  /// @param memoryUsedMegabytes the environment's peak
  /// @param logTail the last 4 KB of the log when the invocation asked for them, else empty
  /// @param provisioned whether a provisioned environment took the event
  record Report(
      double durationMillis,
      double initMillis,
      int memoryUsedMegabytes,
      byte[] logTail,
      boolean provisioned) {
    public boolean cold() {
      return initMillis >= 0;
    }
  }
}

package dev.brume.functions;

/// Takes what functions print, line by line and in order. Called on the threads that read the
/// functions' output: must not block.
public interface LogSink {
  /// @param stream the environment's log stream, e.g. `2026/11/23/[$LATEST]5f…`
  /// @param message one record; may have several lines
  void log(String stream, String message);

  /// Drops everything.
  LogSink NONE = (stream, message) -> {};
}

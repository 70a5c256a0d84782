package dev.brume.functions;

/// How a process ended, in Lambda's words.
final class ExitReason {
  static final String NONE = "Runtime exited without providing a reason";
  private static final String ERROR = "Runtime exited with error: ";

  private ExitReason() {}

  /// How a runtime ended.
  ///
  /// @param status of the process as a shell has it: 128 and the signal for one that was killed
  /// @param memory whether it was killed for its memory
  static String of(int status, boolean memory) {
    if (memory) {
      return ERROR + "signal: killed";
    }
    return status == 0 ? NONE : ERROR + words(status);
  }

  /// How any process ended.
  ///
  /// @param status as a shell has it
  static String words(int status) {
    return switch (status) {
      case 134 -> "signal: aborted";
      case 137 -> "signal: killed";
      case 139 -> "signal: segmentation fault";
      case 143 -> "signal: terminated";
      default -> "exit status " + status;
    };
  }
}

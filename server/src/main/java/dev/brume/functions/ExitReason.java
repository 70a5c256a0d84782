package dev.brume.functions;

/// How a runtime's process ended, in Lambda's words.
final class ExitReason {
  static final String NONE = "Runtime exited without providing a reason";
  private static final String ERROR = "Runtime exited with error: ";

  private ExitReason() {}

  /// @param status of the process as a shell has it: 128 and the signal for one that was killed
  /// @param memory whether it was killed for its memory
  static String of(int status, boolean memory) {
    if (memory) {
      return ERROR + "signal: killed";
    }
    return switch (status) {
      case 0 -> NONE;
      case 134 -> ERROR + "signal: aborted";
      case 137 -> ERROR + "signal: killed";
      case 139 -> ERROR + "signal: segmentation fault";
      case 143 -> ERROR + "signal: terminated";
      default -> ERROR + "exit status " + status;
    };
  }
}

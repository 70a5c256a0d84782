package dev.brume.functions;

import java.nio.file.Path;
import java.util.List;

/// A program that runs handlers.
///
/// @param kind what it speaks
/// @param executable the real program, never a version manager's shim
/// @param version e.g. `20.20.2`
/// @param folders what it needs to see of the file system besides the system's own folders
/// @param sdk whether the AWS SDK comes with it (Python: boto3)
record Interpreter(Kind kind, Path executable, String version, List<Path> folders, boolean sdk) {
  enum Kind {
    NODE,
    PYTHON
  }

  /// Lambda's name for a runtime of this version, e.g. `nodejs20.x` or `python3.11`.
  String runtimeName() {
    String[] parts = version.split("\\.");
    return switch (kind) {
      case NODE -> "nodejs" + parts[0] + ".x";
      case PYTHON -> "python" + parts[0] + "." + parts[1];
    };
  }
}

package dev.brume.functions;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A program that runs handlers.
///
/// @param family what it speaks
/// @param executable the real program, never a version manager's shim
/// @param version e.g. `20.20.2`
/// @param folders what it needs to see of the file system besides the system's own folders
/// @param start how it is started, when that depends on the function
record Interpreter(
    RuntimeFamily family, Path executable, String version, List<Path> folders, Start start) {

  /// What processes for some functions have that others have not.
  ///
  /// @param options of the command
  /// @param variables of the environment
  /// @param binds lines `source target` of what has to be there when the process starts, read-only
  /// @param owner the function that alone can use them, null when several can
  record Start(
      List<String> options,
      Map<String, String> variables,
      List<String> binds,
      @Nullable String owner) {
    static final Start PLAIN = new Start(List.of(), Map.of(), List.of(), null);
  }

  Interpreter(RuntimeFamily family, Path executable, String version, List<Path> folders) {
    this(family, executable, version, folders, Start.PLAIN);
  }

  Interpreter with(Start other) {
    return new Interpreter(family, executable, version, folders, other);
  }

  /// Lambda's name for a runtime of this version, e.g. `nodejs20.x` or `python3.11`.
  String runtimeName() {
    return family.runtimeName(version);
  }

  /// As the first line of an environment's log says it, e.g. `nodejs:20.20.2`.
  String runtimeVersion() {
    String name = runtimeName().replaceFirst("[0-9].*", "");
    return version.startsWith(name) ? version : name + ":" + version;
  }
}

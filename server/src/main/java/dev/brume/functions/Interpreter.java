package dev.brume.functions;

import java.nio.file.Path;
import java.util.List;

/// A program that runs handlers.
///
/// @param family what it speaks
/// @param executable the real program, never a version manager's shim
/// @param version e.g. `20.20.2`
/// @param folders what it needs to see of the file system besides the system's own folders
/// @param options with which it is started, when that depends on the function
record Interpreter(
    RuntimeFamily family,
    Path executable,
    String version,
    List<Path> folders,
    List<String> options) {
  Interpreter(RuntimeFamily family, Path executable, String version, List<Path> folders) {
    this(family, executable, version, folders, List.of());
  }

  Interpreter with(List<String> otherOptions) {
    return new Interpreter(family, executable, version, folders, otherOptions);
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

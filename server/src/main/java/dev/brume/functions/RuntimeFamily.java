package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What makes one family of Lambda's runtimes different from the others: which programs of this
/// machine run it, how one of them becomes a waiting process, and what its functions find in their
/// environment.
interface RuntimeFamily {
  /// Whether it runs this runtime, by Lambda's name for it, e.g. `nodejs22.x`.
  boolean runs(String runtime);

  /// Lambda's names for the runtimes of this family that functions are made with today.
  List<String> names();

  /// What has to be on the machine, for people.
  String needs();

  /// The program of this machine for a runtime: of the very version if there is one, else the
  /// nearest. Null when there is none. Called once per runtime.
  @Nullable Interpreter find(String runtime);

  /// The same program, started so that it suits a function. Processes wait for functions with the
  /// same one.
  default Interpreter forFunction(Interpreter interpreter, FunctionSpec spec) {
    return interpreter;
  }

  /// Lambda's name for the runtime of a version, e.g. `nodejs20.x` for `20.20.2`.
  String runtimeName(String version);

  /// Whether the function brings the runtime along: it speaks to the [RuntimeApi], and cannot wait
  /// for its function.
  default boolean isForeign() {
    return false;
  }

  /// Whether programs look at this variable only when they start, so that a waiting process would
  /// not see it.
  default boolean isReadAtStart(String variable) {
    return false;
  }

  /// The same when it says this.
  default boolean isReadAtStart(String variable, String value) {
    return isReadAtStart(variable);
  }

  /// Brume's own inside of an environment: resources of this package. They are seen in
  /// `/var/runtime`.
  List<String> resources();

  /// Puts what functions find beside their code where it belongs. Called once, at start.
  ///
  /// @param codeFolder with all unpacked code
  default void arrange(Path codeFolder) throws IOException {}

  /// Makes sure that what processes need is there; called before each is started.
  default void ensure(Interpreter interpreter) {}

  /// Lines `source target` of what else a process sees, read-only.
  default List<String> binds(Interpreter interpreter) {
    return List.of();
  }

  /// What the program is called in `/var/lang/bin`, where scripts made for Lambda look for it.
  default List<String> languageNames() {
    return List.of();
  }

  /// The command of a process of ours; empty for foreign ones.
  ///
  /// @param folder with the resources
  List<String> command(Interpreter interpreter, String folder);

  /// The command with a door for debuggers on this port of 127.0.0.1.
  default List<String> debugged(List<String> command, int port) {
    return command;
  }

  /// Variables of a waiting process, besides those that all have.
  ///
  /// @param ownRoot whether it has a file system of its own
  default Map<String, String> waitingVariables(
      Interpreter interpreter, boolean ownRoot, Path runtimeFolder) {
    return Map.of();
  }

  /// Variables of a function, besides those that all have; the customer's come over them.
  default Map<String, String> functionVariables(
      FunctionSpec spec, Interpreter interpreter, EnvironmentVariables.Folders folders) {
    return Map.of();
  }

  /// How long a function's initialisation has to take for [#practice].
  default double longStartMillis() {
    return 100;
  }

  /// How to make starts of a function quicker by starting it once more, to its end; null when there
  /// is nothing to gain. Asked for functions that take long to start.
  default @Nullable Practice practice(Interpreter interpreter, FunctionSpec spec) {
    return null;
  }

  /// A start whose result is a file.
  ///
  /// @param interpreter as which it is started
  /// @param file what it leaves in its `/tmp` when it ends
  /// @param memoryMegabytes that it has
  record Practice(Interpreter interpreter, String file, int memoryMegabytes) {}

  /// Takes the file of a practice. The program that later functions get may be another one then.
  default void learnt(Practice practice, FunctionSpec spec, Path file) throws IOException {}

  /// What earlier starts of this function have left, for a process that waits or is about to be
  /// started; null when there is nothing. Asked for functions with a file system of their own.
  default @Nullable StartCache startCache(Interpreter interpreter, FunctionSpec spec) {
    return null;
  }

  /// Makes unpacked code quicker to start, in the background of functions that may run from it
  /// already. Called once per folder and program.
  default void compile(Interpreter interpreter, Path folder) {}

  /// Whether a file of this name is source to look through with [#imports].
  default boolean isSource(String file) {
    return false;
  }

  /// Which parts of the AWS SDK source asks for.
  default Set<String> imports(String source) {
    return Set.of();
  }
}

package dev.brume.functions;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Which program of this machine runs which runtime, found out once, when it is first needed. A
/// function whose exact version is not there runs on the nearest one, and its log says so.
final class Interpreters {
  private final List<RuntimeFamily> families;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Optional<Interpreter>> found = new HashMap<>();

  Interpreters(FunctionsSettings settings) {
    families =
        List.of(
            new NodeFamily(settings),
            new PythonFamily(settings),
            new JavaFamily(settings),
            new RubyFamily(),
            new ProvidedFamily());
  }

  List<RuntimeFamily> families() {
    return families;
  }

  /// Whether Brume has an inside for this runtime, whatever this machine has.
  boolean knows(String runtime) {
    return families.stream().anyMatch(family -> family.runs(runtime));
  }

  /// Why no function of this runtime runs here; null when they do.
  @Nullable String unavailable(String runtime) {
    try {
      of(runtime);
      return null;
    } catch (RuntimeUnavailable e) {
      return e.getMessage();
    }
  }

  /// The program for a function. Throws [RuntimeUnavailable] when there is none.
  Interpreter of(FunctionSpec spec) {
    Interpreter interpreter = of(spec.runtime());
    return interpreter.family().forFunction(interpreter, spec);
  }

  private RuntimeFamily family(String runtime) {
    return families.stream()
        .filter(one -> one.runs(runtime))
        .findFirst()
        .orElseThrow(
            () ->
                new RuntimeUnavailable(
                    "Brume does not run the runtime " + runtime + " yet", false));
  }

  /// Which program serves each runtime. Looks for all of them.
  List<RuntimeEntry> table() {
    return families.stream()
        .flatMap(family -> family.names().stream().map(name -> entry(family, name)))
        .toList();
  }

  /// The same for those that have been asked for so far.
  List<RuntimeEntry> found() {
    Set<String> names;
    lock.lock();
    try {
      names = new TreeSet<>(found.keySet());
    } finally {
      lock.unlock();
    }
    return names.stream().map(name -> entry(family(name), name)).toList();
  }

  private RuntimeEntry entry(RuntimeFamily family, String name) {
    try {
      Interpreter interpreter = of(name);
      return new RuntimeEntry(
          name,
          interpreter.executable().toString(),
          interpreter.version(),
          interpreter.runtimeName().equals(name),
          family.needs());
    } catch (RuntimeUnavailable e) {
      return new RuntimeEntry(name, null, "", false, family.needs());
    }
  }

  /// The program for Lambda's runtime name. Throws [RuntimeUnavailable] when there is none.
  Interpreter of(String runtime) {
    RuntimeFamily family = family(runtime);
    lock.lock();
    try {
      Optional<Interpreter> known = found.getOrDefault(runtime, Optional.empty());
      if (known.isEmpty()) {
        // One that was not there may have been installed since.
        known = Optional.ofNullable(family.find(runtime));
        found.put(runtime, known);
      }
      return known.orElseThrow(
          () ->
              new RuntimeUnavailable(
                  "The runtime " + runtime + " cannot run here: it needs " + family.needs(),
                  false));
    } finally {
      lock.unlock();
    }
  }
}

package dev.brume.runtime;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.TimeZone;

/// Makes a JVM that has started without knowing its function look as if it had been started for it:
/// environment variables, working folder, time zone.
final class Surroundings {
  private Surroundings() {}

  /// @param variables all that there are to be
  static void become(Map<String, String> variables) throws ReflectiveOperationException {
    Map<String, String> before = Map.copyOf(System.getenv());
    String root = variables.get("LAMBDA_TASK_ROOT");
    replaceVariables(variables);
    replaceInProcess(before, variables, root);
    System.setProperty("user.dir", root);
    String temporary = variables.get("TMPDIR");
    if (temporary != null) {
      System.setProperty("java.io.tmpdir", temporary);
    }
    String zone = variables.get("TZ");
    if (zone != null && !zone.equals(before.get("TZ"))) {
      TimeZone.setDefault(TimeZone.getTimeZone(zone.replaceFirst("^:", "")));
    }
  }

  // System.getenv reads the variables once, at start; the JVM is started with the package opened.
  @SuppressWarnings("unchecked")
  private static void replaceVariables(Map<String, String> variables)
      throws ReflectiveOperationException {
    Class<?> environment = Class.forName("java.lang.ProcessEnvironment");
    Method name = valueOf("java.lang.ProcessEnvironment$Variable");
    Method value = valueOf("java.lang.ProcessEnvironment$Value");
    Map<Object, Object> all = new HashMap<>();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      all.put(name.invoke(null, variable.getKey()), value.invoke(null, variable.getValue()));
    }
    Field field = environment.getDeclaredField("theEnvironment");
    field.setAccessible(true);
    var live = (Map<Object, Object>) field.get(null);
    live.clear();
    live.putAll(all);
  }

  private static Method valueOf(String type) throws ReflectiveOperationException {
    Method method = Class.forName(type).getDeclaredMethod("valueOf", String.class);
    method.setAccessible(true);
    return method;
  }

  /// Loads what [#become] needs.
  static void prepare() throws ReflectiveOperationException {
    valueOf("java.lang.ProcessEnvironment$Variable").invoke(null, "A");
    valueOf("java.lang.ProcessEnvironment$Value").invoke(null, "A");
    replaceInProcess(Map.of("BRUME_PRELOAD", ""), Map.of("BRUME_PRELOAD", ""), ".");
  }

  // What child processes inherit, and where names of files begin that are relative. For the C
  // library, which a JVM can call from version 22 on. In an older one children see the variables of
  // a process that waits, and only java.nio finds relative names.
  private static void replaceInProcess(
      Map<String, String> before, Map<String, String> variables, String folder)
      throws ReflectiveOperationException {
    try (CLibrary library = CLibrary.open()) {
      if (library == null) {
        return;
      }
      CLibrary.Call unset = library.unsetenv();
      for (String name : before.keySet()) {
        unset.with(name);
      }
      CLibrary.Call set = library.setenv();
      for (Map.Entry<String, String> variable : variables.entrySet()) {
        set.with(variable.getKey(), variable.getValue());
      }
      if (library.chdir().with(folder) != 0) {
        throw new IllegalStateException("no such folder: " + folder);
      }
    }
  }
}

package dev.brume.runtime;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.security.Security;
import java.util.HashMap;
import java.util.Map;
import java.util.TimeZone;

/// Makes a JVM that has started without knowing its function look as if it had been started for it:
/// environment variables, working folder, time zone.
final class Surroundings {
  private static final String NEGATIVE_TTL = "AWS_LAMBDA_JAVA_NETWORKADDRESS_CACHE_NEGATIVE_TTL";
  private final Map<String, String> before = Map.copyOf(System.getenv());
  private final Map<Object, Object> live;
  private final Method name = valueOf("java.lang.ProcessEnvironment$Variable");
  private final Method value = valueOf("java.lang.ProcessEnvironment$Value");
  private final CLibrary library = CLibrary.open();

  /// Gets everything ready for [#become].
  @SuppressWarnings("unchecked")
  Surroundings() throws ReflectiveOperationException {
    Field field = Class.forName("java.lang.ProcessEnvironment").getDeclaredField("theEnvironment");
    field.setAccessible(true);
    live = (Map<Object, Object>) field.get(null);
    replaceVariables(before);
    replaceInProcess(before, ".");
  }

  /// @param variables all that there are to be
  void become(Map<String, String> variables) throws ReflectiveOperationException {
    String root = variables.get("LAMBDA_TASK_ROOT");
    replaceVariables(variables);
    replaceInProcess(variables, root);
    System.setProperty("user.dir", root);
    String temporary = variables.get("TMPDIR");
    if (temporary != null) {
      System.setProperty("java.io.tmpdir", temporary);
    }
    String zone = variables.get("TZ");
    if (zone != null && !zone.equals(before.get("TZ"))) {
      TimeZone.setDefault(TimeZone.getTimeZone(zone.replaceFirst("^:", "")));
    }
    String ttl = variables.get(NEGATIVE_TTL);
    if (ttl != null) {
      Security.setProperty("networkaddress.cache.negative.ttl", ttl);
    }
  }

  // System.getenv reads the variables once, at start; the JVM is started with the package opened.
  private void replaceVariables(Map<String, String> variables) throws ReflectiveOperationException {
    Map<Object, Object> all = new HashMap<>();
    for (Map.Entry<String, String> variable : variables.entrySet()) {
      all.put(name.invoke(null, variable.getKey()), value.invoke(null, variable.getValue()));
    }
    live.clear();
    live.putAll(all);
  }

  private static Method valueOf(String type) throws ReflectiveOperationException {
    Method method = Class.forName(type).getDeclaredMethod("valueOf", String.class);
    method.setAccessible(true);
    return method;
  }

  // What child processes inherit, and where names of files begin that are relative. For the C
  // library, which a JVM can call from version 22 on. In an older one children see the variables of
  // a process that waits, and only java.nio finds relative names.
  private void replaceInProcess(Map<String, String> variables, String folder) {
    if (library == null) {
      return;
    }
    before.keySet().forEach(library::unsetenv);
    variables.forEach(library::setenv);
    if (!library.chdir(folder)) {
      throw new IllegalStateException("no such folder: " + folder);
    }
  }
}

package dev.brume.runtime;

import java.lang.reflect.Method;

/// The class path of a JVM that was started for one function and has the function's classes on it.
final class ClassPath {
  private ClassPath() {}

  /// Adds a folder, for what is in it beside classes. It cannot be there from the start: a JVM that
  /// has a folder on its class path makes no cache.
  static void append(String folder) throws ReflectiveOperationException {
    ClassLoader loader = ClassLoader.getSystemClassLoader();
    Method append =
        loader.getClass().getDeclaredMethod("appendToClassPathForInstrumentation", String.class);
    append.setAccessible(true);
    append.invoke(loader, folder);
  }
}

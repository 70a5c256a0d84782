package dev.brume.runtime;

import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// The class path of a JVM that was started for one function and has the function's classes on it.
final class ClassPath {
  private ClassPath() {}

  /// Adds a folder at the end, for what is in it beside classes. It cannot be there from the start:
  /// a JVM that has a folder on its class path makes no cache.
  static void append(String folder) throws ReflectiveOperationException {
    ClassLoader loader = ClassLoader.getSystemClassLoader();
    Method append =
        loader.getClass().getDeclaredMethod("appendToClassPathForInstrumentation", String.class);
    append.setAccessible(true);
    append.invoke(loader, folder);
  }

  /// Adds a folder before a jar, which is where Lambda has it: what is in it goes before what is in
  /// the jars. To be called before anything has been taken from there.
  @SuppressWarnings("unchecked")
  static void insert(String folder, String jar) throws IOException, ReflectiveOperationException {
    Class<?> loader = ClassLoader.getSystemClassLoader().getClass();
    Object path = field(loader.getSuperclass(), "ucp").get(ClassLoader.getSystemClassLoader());
    var all = (List<URL>) field(path.getClass(), "path").get(path);
    var closed = (Deque<URL>) field(path.getClass(), "unopenedUrls").get(path);
    var open = (List<Object>) field(path.getClass(), "loaders").get(path);
    int at = 0;
    while (!all.get(at).getPath().equals(jar)) {
      at++;
    }
    URL url = Path.of(folder).toUri().toURL();
    synchronized (closed) {
      if (at < open.size()) {
        Method opens = path.getClass().getDeclaredMethod("getLoader", URL.class);
        opens.setAccessible(true);
        open.add(at, opens.invoke(path, url));
      } else {
        var later = new ArrayList<>(closed);
        later.add(at - open.size(), url);
        closed.clear();
        closed.addAll(later);
      }
      all.add(at, url);
    }
  }

  private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
    Field field = type.getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }
}

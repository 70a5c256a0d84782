package dev.brume.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.util.Optional;

/// Calls the C library by the Foreign Function & Memory API, which this code is compiled without.
final class CLibrary {
  private static final String PACKAGE = "java.lang.foreign.";
  private final Object arena = type("Arena").getMethod("ofAuto").invoke(null);
  private final Method text = type("SegmentAllocator").getMethod("allocateFrom", String.class);
  private final MethodHandle chdir = function("chdir", 1, 0);
  private final MethodHandle unsetenv = function("unsetenv", 1, 0);
  private final MethodHandle setenv = function("setenv", 2, 1);

  private CLibrary() throws ReflectiveOperationException {}

  /// Null on a JVM that cannot.
  static CLibrary open() throws ReflectiveOperationException {
    return Runtime.version().feature() >= 22 ? new CLibrary() : null;
  }

  boolean chdir(String folder) {
    try {
      return (int) chdir.invokeExact(text(folder)) == 0;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void unsetenv(String name) {
    try {
      int unused = (int) unsetenv.invokeExact(text(name));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  void setenv(String name, String value) {
    try {
      int unused = (int) setenv.invokeExact(text(name), text(value), 1);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private Object text(String value) throws ReflectiveOperationException {
    return text.invoke(arena, value);
  }

  // A function that takes texts and then numbers, and gives a number.
  private static MethodHandle function(String name, int texts, int numbers)
      throws ReflectiveOperationException {
    Object linker = type("Linker").getMethod("nativeLinker").invoke(null);
    Object lookup = type("Linker").getMethod("defaultLookup").invoke(linker);
    Class<?> layout = type("MemoryLayout");
    Object number = type("ValueLayout").getField("JAVA_INT").get(null);
    Object arguments = Array.newInstance(layout, texts + numbers);
    MethodType as = MethodType.methodType(int.class);
    for (int i = 0; i < texts + numbers; i++) {
      boolean isText = i < texts;
      Array.set(arguments, i, isText ? type("ValueLayout").getField("ADDRESS").get(null) : number);
      as = as.appendParameterTypes(isText ? Object.class : int.class);
    }
    Object descriptor =
        type("FunctionDescriptor")
            .getMethod("of", layout, arguments.getClass())
            .invoke(null, number, arguments);
    Object options = Array.newInstance(type("Linker$Option"), 0);
    var symbol =
        (Optional<?>) type("SymbolLookup").getMethod("find", String.class).invoke(lookup, name);
    var handle =
        (MethodHandle)
            type("Linker")
                .getMethod(
                    "downcallHandle",
                    type("MemorySegment"),
                    type("FunctionDescriptor"),
                    options.getClass())
                .invoke(linker, symbol.orElseThrow(), descriptor, options);
    return handle.asType(as);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name);
  }
}

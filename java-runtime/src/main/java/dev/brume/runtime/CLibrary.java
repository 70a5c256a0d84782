package dev.brume.runtime;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.util.Optional;

/// Calls the C library by the Foreign Function & Memory API, which this code is compiled without.
final class CLibrary implements AutoCloseable {
  private static final String PACKAGE = "java.lang.foreign.";
  private final Object linker;
  private final Object lookup;
  private final AutoCloseable arena;

  private CLibrary() throws ReflectiveOperationException {
    linker = type("Linker").getMethod("nativeLinker").invoke(null);
    lookup = type("Linker").getMethod("defaultLookup").invoke(linker);
    arena = (AutoCloseable) type("Arena").getMethod("ofConfined").invoke(null);
  }

  /// Null on a JVM that cannot.
  static CLibrary open() throws ReflectiveOperationException {
    return Runtime.version().feature() >= 22 ? new CLibrary() : null;
  }

  /// A function that takes texts, and perhaps a flag after them that is then set, and gives an int.
  final class Call {
    private final MethodHandle handle;
    private final boolean flag;

    private Call(String name, int texts, boolean flag) throws ReflectiveOperationException {
      this.flag = flag;
      Class<?> layout = type("MemoryLayout");
      Object number = type("ValueLayout").getField("JAVA_INT").get(null);
      Object arguments = Array.newInstance(layout, texts + (flag ? 1 : 0));
      for (int i = 0; i < texts; i++) {
        Array.set(arguments, i, type("ValueLayout").getField("ADDRESS").get(null));
      }
      if (flag) {
        Array.set(arguments, texts, number);
      }
      Object descriptor =
          type("FunctionDescriptor")
              .getMethod("of", layout, arguments.getClass())
              .invoke(null, number, arguments);
      Object options = Array.newInstance(type("Linker$Option"), 0);
      var symbol =
          (Optional<?>) type("SymbolLookup").getMethod("find", String.class).invoke(lookup, name);
      handle =
          (MethodHandle)
              type("Linker")
                  .getMethod(
                      "downcallHandle",
                      type("MemorySegment"),
                      type("FunctionDescriptor"),
                      options.getClass())
                  .invoke(linker, symbol.orElseThrow(), descriptor, options);
    }

    int with(String... texts) throws ReflectiveOperationException {
      Object[] arguments = new Object[texts.length + (flag ? 1 : 0)];
      for (int i = 0; i < texts.length; i++) {
        arguments[i] =
            type("SegmentAllocator")
                .getMethod("allocateFrom", String.class)
                .invoke(arena, texts[i]);
      }
      if (flag) {
        arguments[texts.length] = 1;
      }
      try {
        return (int) handle.invokeWithArguments(arguments);
      } catch (Throwable e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Call chdir() throws ReflectiveOperationException {
    return new Call("chdir", 1, false);
  }

  /// Whatever was set before is replaced.
  Call setenv() throws ReflectiveOperationException {
    return new Call("setenv", 2, true);
  }

  Call unsetenv() throws ReflectiveOperationException {
    return new Call("unsetenv", 1, false);
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name);
  }

  @Override
  public void close() throws ReflectiveOperationException {
    try {
      arena.close();
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The few system calls of Linux that the JDK has no method for. Each acts on the thread that calls
/// it or on a descriptor; none is called from a virtual thread where it changes the thread.
/// https://man7.org/linux/man-pages/dir_section_2.html
final class Syscalls {
  static final int SIGCONT = 18;
  static final int SIGSTOP = 19;
  /// For [#seek]: the next data, or the next hole, of a sparse file.
  static final int SEEK_DATA = 3;

  static final int SEEK_HOLE = 4;

  static final long MS_RDONLY = 1;
  static final long MS_NOSUID = 2;
  static final long MS_NODEV = 4;
  static final long MS_NOATIME = 1024;
  private static final int O_RDONLY = 0;
  private static final int O_RDWR = 2;
  private static final int O_CLOEXEC = 0x80000;
  private static final int CLONE_FS = 0x200;
  private static final int CLONE_NEWNS = 0x20000;
  private static final int CLONE_NEWNET = 0x40000000;
  private static final long MS_REMOUNT = 32;
  private static final long MS_BIND = 4096;
  private static final int MNT_DETACH = 2;
  private static final int AF_INET = 2;
  private static final int SOCK_DGRAM = 2;
  private static final short POLLIN = 1;
  private static final int EINTR = 4;
  private static final long POLLFD_EVENTS = 4;
  private static final int SIOCGIFFLAGS = 0x8913;
  private static final int SIOCSIFFLAGS = 0x8914;
  private static final short IFF_UP = 1;
  private static final int PR_SET_SECCOMP = 22;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final long SECCOMP_MODE_FILTER = 2;
  private static final long IFREQ_BYTES = 40;
  private static final long IFREQ_FLAGS = 16;

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private final MethodHandle open;
  private final MethodHandle close;
  private final MethodHandle unshare;
  private final MethodHandle setns;
  private final MethodHandle socket;
  private final MethodHandle ioctl;
  private final MethodHandle kill;
  private final MethodHandle prctl;
  private final MethodHandle mount;
  private final MethodHandle umount2;
  private final MethodHandle lseek;
  private final MethodHandle pipe2;
  private final MethodHandle poll;

  private Syscalls() {
    Linker linker = Linker.nativeLinker();
    var integer = ValueLayout.JAVA_INT;
    var address = ValueLayout.ADDRESS;
    open = handle(linker, "open", 2, address, integer);
    close = handle(linker, "close", -1, integer);
    unshare = handle(linker, "unshare", -1, integer);
    setns = handle(linker, "setns", -1, integer, integer);
    socket = handle(linker, "socket", -1, integer, integer, integer);
    kill = handle(linker, "kill", -1, integer, integer);
    var wide = ValueLayout.JAVA_LONG;
    prctl = handle(linker, "prctl", 1, integer, wide, wide, wide, wide);
    mount = handle(linker, "mount", -1, address, address, address, ValueLayout.JAVA_LONG, address);
    umount2 = handle(linker, "umount2", -1, address, integer);
    ioctl = handle(linker, "ioctl", 2, integer, wide, address);
    pipe2 = handle(linker, "pipe2", -1, address, integer);
    poll = handle(linker, "poll", -1, address, wide, integer);
    lseek = handle(linker, "lseek", -1, FunctionDescriptor.of(wide, integer, wide, integer));
  }

  // Most of them return an int.
  private static MethodHandle handle(
      Linker linker, String name, int firstVariadic, MemoryLayout... arguments) {
    var descriptor = FunctionDescriptor.of(ValueLayout.JAVA_INT, arguments);
    return handle(linker, name, firstVariadic, descriptor);
  }

  @SuppressWarnings("restricted")
  private static MethodHandle handle(
      Linker linker, String name, int firstVariadic, FunctionDescriptor descriptor) {
    var errno = Linker.Option.captureCallState("errno");
    Linker.Option[] options =
        firstVariadic < 0
            ? new Linker.Option[] {errno}
            : new Linker.Option[] {errno, Linker.Option.firstVariadicArg(firstVariadic)};
    return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
  }

  /// Null where there is no Linux, or native access is not allowed.
  static @Nullable Syscalls load() {
    return Loaded.SYSCALLS;
  }

  // They are looked up once.
  private static final class Loaded {
    static final @Nullable Syscalls SYSCALLS = find();
  }

  private static @Nullable Syscalls find() {
    if (!System.getProperty("os.name", "").equals("Linux")) {
      return null;
    }
    try {
      return new Syscalls();
    } catch (RuntimeException | UnsatisfiedLinkError e) {
      return null;
    }
  }

  /// A call that was refused.
  static final class Failed extends IOException {
    private static final long serialVersionUID = 1;
    private final int errno;

    private Failed(String name, int errno) {
      super(name + " failed, errno " + errno);
      this.errno = errno;
    }

    int errno() {
      return errno;
    }
  }

  /// Runs something on a thread of its own that ends afterwards: one that has gone elsewhere does
  /// not come back.
  static <T> T elsewhere(String name, Callable<T> work) throws IOException {
    return elsewhere(name, work, result -> {});
  }

  /// The same with something to do there that nobody has to wait for.
  static <T> T elsewhere(String name, Callable<T> work, Consumer<T> afterwards) throws IOException {
    var result = new CompletableFuture<T>();
    Thread.ofPlatform()
        .name(name)
        .daemon(true)
        .stackSize(256 * 1024)
        .start(
            () -> {
              try {
                T done = work.call();
                result.complete(done);
                afterwards.accept(done);
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              }
            });
    try {
      return result.get();
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// A call with everything that it needs besides.
  private interface Body {
    long run(MemorySegment state, Arena arena) throws Throwable;
  }

  private static int call(String name, Body body) throws IOException {
    return (int) wideCall(name, body);
  }

  private static long wideCall(String name, Body body) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long result = body.run(state, arena);
      if (result < 0) {
        throw new Failed(name, (int) ERRNO.get(state, 0L));
      }
      return result;
    } catch (IOException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  /// A descriptor for reading; the caller closes it.
  int open(String path) throws IOException {
    return open(path, O_RDONLY);
  }

  /// The same for reading and writing.
  int openToWrite(String path) throws IOException {
    return open(path, O_RDWR);
  }

  private int open(String path, int how) throws IOException {
    return call(
        "open " + path,
        (state, arena) -> (int) open.invokeExact(state, arena.allocateFrom(path), how | O_CLOEXEC));
  }

  /// Where a file's next data, or its next hole, begins. Throws IOException behind the last.
  ///
  /// @param what [#SEEK_DATA] or [#SEEK_HOLE]
  long seek(int descriptor, long from, int what) throws IOException {
    return wideCall(
        "lseek", (state, arena) -> (long) lseek.invokeExact(state, descriptor, from, what));
  }

  /// Orders something of a device.
  ///
  /// @param argument of the order's form
  int control(int descriptor, long order, MemorySegment argument) throws IOException {
    return call(
        "ioctl", (state, arena) -> (int) ioctl.invokeExact(state, descriptor, order, argument));
  }

  void close(int descriptor) throws IOException {
    call("close", (state, arena) -> (int) close.invokeExact(state, descriptor));
  }

  /// The ends of a pipe; the caller closes them.
  record Ends(int read, int write) {}

  Ends pipe() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ends = arena.allocate(ValueLayout.JAVA_INT, 2);
      call("pipe2", (state, inner) -> (int) pipe2.invokeExact(state, ends, O_CLOEXEC));
      return new Ends(
          ends.getAtIndex(ValueLayout.JAVA_INT, 0), ends.getAtIndex(ValueLayout.JAVA_INT, 1));
    }
  }

  /// Waits until a descriptor can be read, or will never be.
  void awaitInput(int descriptor) throws IOException {
    while (true) {
      try {
        call(
            "poll",
            (state, arena) -> {
              MemorySegment asked = arena.allocate(8, 4);
              asked.set(ValueLayout.JAVA_INT, 0, descriptor);
              asked.set(ValueLayout.JAVA_SHORT, POLLFD_EVENTS, POLLIN);
              return (int) poll.invokeExact(state, asked, 1L, -1);
            });
        return;
      } catch (Failed e) {
        if (e.errno() != EINTR) {
          throw e;
        }
      }
    }
  }

  /// Sends a signal.
  ///
  /// @param to a process, or a process group as a negative number
  void signal(long to, int signal) throws IOException {
    call("kill", (state, arena) -> (int) kill.invokeExact(state, (int) to, signal));
  }

  /// Gives the calling thread a new, empty network.
  void leaveNetwork() throws IOException {
    call("unshare", (state, arena) -> (int) unshare.invokeExact(state, CLONE_NEWNET));
  }

  /// Puts the calling thread into a network.
  ///
  /// @param descriptor of its `/proc/…/ns/net`
  void enterNetwork(int descriptor) throws IOException {
    call("setns", (state, arena) -> (int) setns.invokeExact(state, descriptor, CLONE_NEWNET));
  }

  /// Puts a filter of system calls before the calling thread and all that it starts, for good.
  ///
  /// @param program instructions of 8 bytes each
  void filterCalls(byte[] program) throws IOException {
    call(
        "prctl no_new_privs",
        (state, arena) -> (int) prctl.invokeExact(state, PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L));
    call(
        "prctl seccomp",
        (state, arena) -> {
          MemorySegment code = arena.allocate(program.length, 8);
          MemorySegment.copy(program, 0, code, ValueLayout.JAVA_BYTE, 0, program.length);
          MemorySegment description = arena.allocate(16, 8);
          description.set(ValueLayout.JAVA_SHORT, 0, (short) (program.length / 8));
          description.set(ValueLayout.ADDRESS, 8, code);
          return (int)
              prctl.invokeExact(
                  state, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, description.address(), 0L, 0L);
        });
  }

  /// Gives the calling thread a root and a working folder that no other thread shares.
  void leaveFileSystem() throws IOException {
    call("unshare", (state, arena) -> (int) unshare.invokeExact(state, CLONE_FS));
  }

  /// Puts the calling thread into a file system, after [#leaveFileSystem].
  ///
  /// @param descriptor of its `/proc/…/ns/mnt`
  void enterMounts(int descriptor) throws IOException {
    call("setns", (state, arena) -> (int) setns.invokeExact(state, descriptor, CLONE_NEWNS));
  }

  /// Gives the calling thread a copy of the file system that it is in.
  void leaveMounts() throws IOException {
    call("unshare", (state, arena) -> (int) unshare.invokeExact(state, CLONE_NEWNS));
  }

  /// Forbids something in a mount for good.
  ///
  /// @param flags of [#MS_RDONLY], [#MS_NOSUID], [#MS_NODEV]
  void restrict(String target, long flags) throws IOException {
    mount("none", target, "none", MS_REMOUNT | MS_BIND | flags, "");
  }

  /// Mounts a file system.
  void mount(String source, String target, String type, long flags, String options)
      throws IOException {
    call(
        "mount " + target,
        (state, arena) ->
            (int)
                mount.invokeExact(
                    state,
                    arena.allocateFrom(source),
                    arena.allocateFrom(target),
                    arena.allocateFrom(type),
                    flags,
                    arena.allocateFrom(options)));
  }

  /// Shows a folder at another place, read-only if it is so.
  void bind(String source, String target) throws IOException {
    mount(source, target, "none", MS_BIND, "");
  }

  /// Takes a mount away; what is open of it stays open.
  void detach(String target) throws IOException {
    call(
        "umount " + target,
        (state, arena) -> (int) umount2.invokeExact(state, arena.allocateFrom(target), MNT_DETACH));
  }

  /// Brings up `lo` in the calling thread's network.
  void loopbackUp() throws IOException {
    int descriptor =
        call("socket", (state, arena) -> (int) socket.invokeExact(state, AF_INET, SOCK_DGRAM, 0));
    try {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment request = arena.allocate(IFREQ_BYTES, 8);
        request.setString(0, "lo");
        control(descriptor, SIOCGIFFLAGS, request);
        short flags = request.get(ValueLayout.JAVA_SHORT, IFREQ_FLAGS);
        request.set(ValueLayout.JAVA_SHORT, IFREQ_FLAGS, (short) (flags | IFF_UP));
        control(descriptor, SIOCSIFFLAGS, request);
      }
    } finally {
      close(descriptor);
    }
  }
}

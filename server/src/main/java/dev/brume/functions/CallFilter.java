package dev.brume.functions;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A filter of system calls for everything that a thread starts: what no function needs and what
/// has often been a way out of a sandbox is refused with EPERM, above all user namespaces, in which
/// everybody is root, and the keys of whoever started us.
/// https://docs.kernel.org/userspace-api/seccomp_filter.html
final class CallFilter {
  private static final int LOAD_WORD = 0x20;
  private static final int JUMP_IF_EQUAL = 0x15;
  private static final int JUMP_IF_AT_LEAST = 0x35;
  private static final int JUMP_IF_SET = 0x45;
  private static final int RETURN = 0x06;
  private static final int OFFSET_NUMBER = 0;
  private static final int OFFSET_ARCHITECTURE = 4;
  private static final int OFFSET_FIRST_ARGUMENT = 16;
  private static final int ALLOW = 0x7fff0000;
  private static final int ERROR = 0x00050000;
  private static final int EPERM = 1;
  private static final int ENOSYS = 38;
  private static final int CLONE_NEWUSER = 0x10000000;
  private static final int X32 = 0x40000000;
  private static final int INSTRUCTIONS_MAX = 64;

  /// The numbers that calls have on one kind of processor.
  /// https://github.com/torvalds/linux/blob/master/arch/x86/entry/syscalls/syscall_64.tbl
  /// https://github.com/torvalds/linux/blob/master/include/uapi/asm-generic/unistd.h
  ///
  /// @param architecture as the kernel's audit names it
  /// @param refused add_key, request_key, keyctl, bpf, perf_event_open, userfaultfd,
  ///   io_uring_setup, io_uring_enter, io_uring_register, kexec_load, kexec_file_load,
  ///   open_by_handle_at, init_module, finit_module, delete_module
  private record Numbers(int architecture, int fork, int unshare, int clone3, int... refused) {}

  private static final Map<String, Numbers> NUMBERS =
      Map.of(
          "amd64",
          new Numbers(
              0xC000003E,
              56,
              272,
              435,
              248,
              249,
              250,
              321,
              298,
              323,
              425,
              426,
              427,
              246,
              320,
              304,
              175,
              313,
              176),
          "aarch64",
          new Numbers(
              0xC00000B7,
              220,
              97,
              435,
              217,
              218,
              219,
              280,
              241,
              282,
              425,
              426,
              427,
              104,
              294,
              265,
              105,
              273,
              106));

  private final Syscalls system;
  private final byte[] program;

  private CallFilter(Syscalls system, byte[] program) {
    this.system = system;
    this.program = program;
  }

  /// Null where there can be none. Tried out on a thread that ends afterwards.
  static @Nullable CallFilter probe() {
    Syscalls system = Syscalls.load();
    Numbers numbers = NUMBERS.get(System.getProperty("os.arch", ""));
    if (system == null || numbers == null) {
      return null;
    }
    var filter = new CallFilter(system, program(numbers));
    try {
      return Syscalls.elsewhere(
          "functions-filter",
          () -> {
            filter.install();
            return filter;
          });
    } catch (IOException e) {
      return null;
    }
  }

  /// From now on it holds for the calling thread, which is no virtual one, and for all that it
  /// starts.
  void install() throws IOException {
    system.filterCalls(program);
  }

  private static byte[] program(Numbers numbers) {
    var code = ByteBuffer.allocate(8 * INSTRUCTIONS_MAX).order(ByteOrder.nativeOrder());
    add(code, LOAD_WORD, 0, 0, OFFSET_ARCHITECTURE);
    add(code, JUMP_IF_EQUAL, 1, 0, numbers.architecture());
    add(code, RETURN, 0, 0, ERROR | ENOSYS);
    add(code, LOAD_WORD, 0, 0, OFFSET_NUMBER);
    add(code, JUMP_IF_AT_LEAST, 0, 1, X32);
    add(code, RETURN, 0, 0, ERROR | ENOSYS);
    for (int number : numbers.refused()) {
      add(code, JUMP_IF_EQUAL, 0, 1, number);
      add(code, RETURN, 0, 0, ERROR | EPERM);
    }
    // Its flags are in memory, where a filter cannot look: who has no clone3 takes clone.
    add(code, JUMP_IF_EQUAL, 0, 1, numbers.clone3());
    add(code, RETURN, 0, 0, ERROR | ENOSYS);
    add(code, JUMP_IF_EQUAL, 2, 0, numbers.fork());
    add(code, JUMP_IF_EQUAL, 1, 0, numbers.unshare());
    add(code, RETURN, 0, 0, ALLOW);
    add(code, LOAD_WORD, 0, 0, OFFSET_FIRST_ARGUMENT);
    add(code, JUMP_IF_SET, 0, 1, CLONE_NEWUSER);
    add(code, RETURN, 0, 0, ERROR | EPERM);
    add(code, RETURN, 0, 0, ALLOW);
    byte[] program = new byte[code.position()];
    code.flip().get(program);
    return program;
  }

  private static void add(ByteBuffer code, int what, int ifTrue, int ifFalse, int operand) {
    code.putShort((short) what).put((byte) ifTrue).put((byte) ifFalse).putInt(operand);
  }
}

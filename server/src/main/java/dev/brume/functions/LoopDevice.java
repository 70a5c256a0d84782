package dev.brume.functions;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/// A file that the kernel takes for a disk. It is let go when its last mount goes, or without any
/// when this is closed.
/// https://man7.org/linux/man-pages/man4/loop.4.html
final class LoopDevice implements AutoCloseable {
  private static final String CONTROL = "/dev/loop-control";
  private static final long LOOP_CTL_GET_FREE = 0x4C82;
  private static final long LOOP_CONFIGURE = 0x4C0A;
  private static final int LO_FLAGS_AUTOCLEAR = 4;
  private static final int EBUSY = 16;
  // struct loop_config: descriptor, block size, struct loop_info64 of 232 bytes, 64 bytes reserved.
  private static final long CONFIG_BYTES = 304;
  private static final long CONFIG_BLOCK_SIZE = 4;
  private static final long CONFIG_FLAGS = 8 + 52;
  private static final int BLOCK_BYTES = 4096;
  private static final int ATTEMPTS = 50;
  private final Syscalls system;
  private final int descriptor;
  private final String name;

  private LoopDevice(Syscalls system, int descriptor, String name) {
    this.system = system;
    this.descriptor = descriptor;
    this.name = name;
  }

  /// Makes a file one; it may be deleted afterwards.
  static LoopDevice attach(Syscalls system, Path file) throws IOException {
    int backing = system.openToWrite(file.toString());
    try {
      for (int i = 1; ; i++) {
        try {
          return attach(system, backing);
        } catch (Syscalls.Failed e) {
          // Somebody else was quicker to take it.
          if (e.errno() != EBUSY || i == ATTEMPTS) {
            throw e;
          }
        }
      }
    } finally {
      system.close(backing);
    }
  }

  private static LoopDevice attach(Syscalls system, int backing) throws IOException {
    String name = "loop" + free(system);
    int descriptor = system.openToWrite("/dev/" + name);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment config = arena.allocate(CONFIG_BYTES, 8);
      config.set(ValueLayout.JAVA_INT, 0, backing);
      config.set(ValueLayout.JAVA_INT, CONFIG_BLOCK_SIZE, BLOCK_BYTES);
      config.set(ValueLayout.JAVA_INT, CONFIG_FLAGS, LO_FLAGS_AUTOCLEAR);
      system.control(descriptor, LOOP_CONFIGURE, config);
      return new LoopDevice(system, descriptor, name);
    } catch (IOException e) {
      system.close(descriptor);
      throw e;
    }
  }

  private static int free(Syscalls system) throws IOException {
    int control = system.openToWrite(CONTROL);
    try {
      return system.control(control, LOOP_CTL_GET_FREE, MemorySegment.NULL);
    } finally {
      system.close(control);
    }
  }

  /// In `/dev`.
  String name() {
    return name;
  }

  @Override
  public void close() throws IOException {
    system.close(descriptor);
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The file system of one environment before there is a process in it: a copy of a [RootImages]'
/// image, with the environment's own folders and its disk.
final class OwnRoot implements AutoCloseable {
  private static final String OF_THREAD = "/proc/thread-self/ns/mnt";
  private final Syscalls system;
  private final int descriptor;

  private OwnRoot(Syscalls system, int descriptor) {
    this.system = system;
    this.descriptor = descriptor;
  }

  /// Makes one.
  ///
  /// @param image descriptor of its namespace
  static OwnRoot create(Syscalls system, int image, Sandbox.Places places, Disks disks)
      throws IOException {
    LoopDevice disk = disks.attach(places.temporary().resolve("disk"));
    try (disk) {
      int made = Syscalls.elsewhere("functions-root", () -> make(system, image, places, disk));
      return new OwnRoot(system, made);
    }
  }

  // Runs on a thread that ends with it.
  private static int make(
      Syscalls system, int image, Sandbox.Places places, @Nullable LoopDevice disk)
      throws IOException {
    system.leaveFileSystem();
    system.enterMounts(image);
    system.leaveMounts();
    String id = name(places.folder());
    system.bind("/.brume/run/" + id + "/" + name(places.run()), "/run/brume");
    system.restrict("/run/brume", Syscalls.MS_RDONLY | Syscalls.MS_NOSUID | Syscalls.MS_NODEV);
    long flags = Syscalls.MS_NOSUID | Syscalls.MS_NODEV;
    if (disk == null) {
      system.bind("/.brume/tmp/" + name(places.temporary()), "/tmp");
      system.restrict("/tmp", flags);
    } else {
      system.mount(
          "/.brume/dev/" + disk.name(),
          "/.brume/disk",
          "ext4",
          flags | Syscalls.MS_NOATIME,
          "noinit_itable");
      system.bind("/.brume/disk/tmp", "/tmp");
    }
    return system.open(OF_THREAD);
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  /// Descriptor of its namespace.
  int descriptor() {
    return descriptor;
  }

  /// What runs in it keeps it.
  @Override
  public void close() throws IOException {
    system.close(descriptor);
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Control groups of either version, where the machine lets us make them: the memory and process
/// limits of environments.
final class Cgroups {
  private static final Path ROOT = Path.of("/sys/fs/cgroup");
  private static final long PROCESSES_MAX = 1024;
  // Each has a folder of its own: what dies slowly in another's is not in its way.
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private final boolean second;
  private final List<Path> parents;

  private Cgroups(boolean second, List<Path> parents) {
    this.second = second;
    this.parents = parents;
  }

  /// The groups of this process, null where there are none to be had.
  static @Nullable Cgroups probe() {
    String name = "brume-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
    try {
      if (Files.exists(ROOT.resolve("cgroup.controllers"))) {
        return probeSecond(name);
      }
      var parents = new ArrayList<Path>();
      for (String controller : List.of("memory", "pids")) {
        sweep(ROOT.resolve(controller));
        Path parent = ROOT.resolve(controller).resolve(name);
        Files.createDirectories(parent);
        parents.add(parent);
      }
      return new Cgroups(false, parents);
    } catch (IOException e) {
      return null;
    }
  }

  private static @Nullable Cgroups probeSecond(String name) throws IOException {
    if (!Files.readString(ROOT.resolve("cgroup.controllers")).contains("memory")) {
      return null;
    }
    sweep(ROOT);
    Path parent = ROOT.resolve(name);
    Files.writeString(ROOT.resolve("cgroup.subtree_control"), "+memory +pids");
    Files.createDirectories(parent);
    Files.writeString(parent.resolve("cgroup.subtree_control"), "+memory +pids");
    return new Cgroups(true, List.of(parent));
  }

  // What processes that were killed have left behind.
  private static void sweep(Path root) throws IOException {
    try (var groups = Files.newDirectoryStream(root, "brume-*")) {
      for (Path group : groups) {
        long pid = Long.parseLong(group.getFileName().toString().split("-", -1)[1]);
        if (ProcessHandle.of(pid).isEmpty()) {
          try (var inside = Files.newDirectoryStream(group, "env-*")) {
            for (Path one : inside) {
              Files.deleteIfExists(one);
            }
          }
          Files.deleteIfExists(group);
        }
      }
    } catch (IOException | NumberFormatException e) {
      // A group that is still in use, or not ours: it stays.
      return;
    }
  }

  Group create(String id) throws IOException {
    var folders = new ArrayList<Path>();
    for (Path parent : parents) {
      Path folder = parent.resolve("env-" + id);
      Files.createDirectory(folder);
      folders.add(folder);
      if (Files.exists(folder.resolve("pids.max"))) {
        Files.writeString(folder.resolve("pids.max"), Long.toString(PROCESSES_MAX));
      }
    }
    if (second) {
      Files.writeString(folders.getFirst().resolve("memory.oom.group"), "1");
    }
    return new Group(second, folders);
  }

  void close() {
    for (Path parent : parents) {
      try {
        Files.deleteIfExists(parent);
      } catch (IOException e) {
        // Something in it still dies; the next start sweeps it.
        return;
      }
    }
  }

  /// The groups of one environment.
  record Group(boolean second, List<Path> folders) {
    void limit(long bytes) throws IOException {
      Files.writeString(
          folders.getFirst().resolve(second ? "memory.max" : "memory.limit_in_bytes"),
          Long.toString(bytes));
    }

    long peakBytes() {
      try {
        String name = second ? "memory.peak" : "memory.max_usage_in_bytes";
        return Long.parseLong(Files.readString(folders.getFirst().resolve(name)).strip());
      } catch (IOException e) {
        return 0;
      }
    }

    /// How often the kernel killed something here for want of memory.
    long kills() {
      try {
        Path file = folders.getFirst().resolve(second ? "memory.events" : "memory.oom_control");
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("oom_kill ")) {
            return Long.parseLong(line.substring("oom_kill ".length()).strip());
          }
        }
        return 0;
      } catch (IOException e) {
        return 0;
      }
    }

    /// Removes the groups; false while there is still a process in them.
    boolean delete() {
      try {
        for (Path folder : folders) {
          Files.deleteIfExists(folder);
        }
        return true;
      } catch (IOException e) {
        return false;
      }
    }
  }
}

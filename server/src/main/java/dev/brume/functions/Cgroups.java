package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Control groups of either version, where the machine lets us make them: the limits of
/// environments on memory, processes and processors, and the ways to freeze and to kill all of one.
///
/// With version 1 each controller has a tree of its own; many such machines have one of version 2
/// besides, without controllers, that can freeze and kill.
/// https://docs.kernel.org/admin-guide/cgroup-v2.html
/// https://docs.kernel.org/admin-guide/cgroup-v1/index.html
final class Cgroups {
  static final Path MACHINE = Path.of("/sys/fs/cgroup");

  /// Processes and threads, as on Lambda.
  static final long PROCESSES_MAX = 1024;

  // Functions together against everything else on the machine: not less than it takes to start
  // quickly beside a build.
  private static final int SHARES_TOGETHER = 10_240;
  private static final int WEIGHT_TOGETHER = 1000;
  // Each has a folder of its own: what dies slowly in another's is not in its way.
  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private final Trees trees;

  private Cgroups(Trees trees) {
    this.trees = trees;
  }

  /// Folders by what they can do; the same one several times with version 2.
  ///
  /// @param processor null without a limit on processors
  /// @param freezer of version 1
  /// @param core of version 2, whose groups can be frozen and killed
  record Trees(
      boolean second,
      Path memory,
      Path processes,
      @Nullable Path processor,
      @Nullable Path freezer,
      @Nullable Path core) {
    Set<Path> all() {
      var all = new LinkedHashSet<Path>();
      for (Path one : new Path[] {memory, processes, processor, freezer, core}) {
        if (one != null) {
          all.add(one);
        }
      }
      return all;
    }

    Trees below(String name) {
      return new Trees(
          second,
          memory.resolve(name),
          processes.resolve(name),
          below(processor, name),
          below(freezer, name),
          below(core, name));
    }

    private static @Nullable Path below(@Nullable Path folder, String name) {
      return folder == null ? null : folder.resolve(name);
    }
  }

  /// What came out of a trial.
  ///
  /// @param cgroups null where there are none to be had
  /// @param missing why not
  record Found(@Nullable Cgroups cgroups, String missing) {}

  /// The groups of this process.
  static Found probe(Path machine) {
    String name = "brume-" + ProcessHandle.current().pid() + "-" + NUMBERS.incrementAndGet();
    try {
      Trees trees =
          Files.exists(machine.resolve("cgroup.controllers"))
              ? second(SecondVersion.base(machine))
              : first(machine);
      trees.all().forEach(Cgroups::sweep);
      Trees own = trees.below(name);
      for (Path folder : own.all()) {
        Files.createDirectory(folder);
      }
      if (own.second()) {
        SecondVersion.enable(own.memory());
      }
      if (own.processor() != null) {
        write(
            own.processor().resolve(own.second() ? "cpu.weight" : "cpu.shares"),
            own.second() ? WEIGHT_TOGETHER : SHARES_TOGETHER);
      }
      var cgroups = new Cgroups(own);
      // A machine that lets us make groups may still not let us set anything in them.
      Group trial = cgroups.create("trial");
      trial.limit(128 << 20, 128);
      trial.delete();
      return new Found(cgroups, "");
    } catch (IOException e) {
      return new Found(
          null, "no control groups of our own in " + machine + " (" + e.getMessage() + ")");
    }
  }

  private static Trees second(Path base) throws IOException {
    Set<String> controllers = SecondVersion.enable(base);
    return new Trees(true, base, base, controllers.contains("cpu") ? base : null, null, base);
  }

  private static Trees first(Path machine) throws IOException {
    Path unified = machine.resolve("unified");
    boolean core = Files.isWritable(unified.resolve("cgroup.procs"));
    for (String needed : List.of("memory", "pids")) {
      if (!Files.isWritable(machine.resolve(needed).resolve("cgroup.procs"))) {
        throw new IOException("no controller " + needed);
      }
    }
    return new Trees(
        false,
        machine.resolve("memory"),
        machine.resolve("pids"),
        tree(machine, "cpu"),
        core ? null : tree(machine, "freezer"),
        core ? unified : null);
  }

  private static @Nullable Path tree(Path machine, String controller) {
    Path folder = machine.resolve(controller);
    return Files.isWritable(folder.resolve("cgroup.procs")) ? folder : null;
  }

  // What processes that were killed have left behind: groups, and with the freezer of version 1
  // processes that cannot die before they are thawed.
  private static void sweep(Path root) {
    try (var groups = Files.newDirectoryStream(root, "brume-*")) {
      for (Path group : groups) {
        long pid = Long.parseLong(group.getFileName().toString().split("-", -1)[1]);
        if (ProcessHandle.of(pid).isEmpty()) {
          try (var inside = Files.newDirectoryStream(group, "env-*")) {
            for (Path one : inside) {
              killIn(one);
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

  private static void killIn(Path folder) throws IOException {
    Path state = folder.resolve("freezer.state");
    Files.readAllLines(folder.resolve("cgroup.procs")).stream()
        .map(Long::parseLong)
        .map(ProcessHandle::of)
        .forEach(process -> process.ifPresent(ProcessHandle::destroyForcibly));
    if (Files.exists(state)) {
      Files.writeString(state, "THAWED");
    }
  }

  Group create(String id) throws IOException {
    Trees own = trees.below("env-" + id);
    var made = new ArrayList<Path>();
    try {
      for (Path folder : own.all()) {
        Files.createDirectory(folder);
        made.addFirst(folder);
      }
      write(own.processes().resolve("pids.max"), PROCESSES_MAX);
      if (own.second()) {
        write(own.memory().resolve("memory.oom.group"), 1);
      }
      return new Group(own);
    } catch (IOException e) {
      for (Path folder : made) {
        Files.deleteIfExists(folder);
      }
      throw e;
    }
  }

  /// Where the groups of environments are.
  List<String> folders() {
    return trees.all().stream().map(Path::toString).toList();
  }

  /// How memory is limited.
  String memoryMechanism() {
    return trees.second() ? "control group v2" : "control group v1";
  }

  /// How environments are frozen, null when groups cannot do it.
  @Nullable String freezeMechanism() {
    if (trees.core() != null) {
      return "cgroup.freeze";
    }
    return trees.freezer() != null ? "freezer" : null;
  }

  void close() {
    for (Path folder : trees.all()) {
      try {
        Files.deleteIfExists(folder);
      } catch (IOException e) {
        // Something in it still dies; the next start sweeps it.
        continue;
      }
    }
  }

  static void write(Path file, long value) throws IOException {
    Files.writeString(file, Long.toString(value), StandardOpenOption.WRITE);
  }

  /// The groups of one environment.
  static final class Group {
    private static final long MEGABYTES_PER_PROCESSOR = 1769;
    private static final int ROUNDS = 20;
    private final Trees trees;

    private Group(Trees trees) {
      this.trees = trees;
    }

    /// What a process joins.
    Set<Path> folders() {
      return trees.all();
    }

    /// Limits memory, without a way out into swap, and gives processor time in proportion to what
    /// the function ordered.
    /// https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
    void limit(long bytes, int orderedMegabytes) throws IOException {
      Path memory = trees.memory();
      if (trees.second()) {
        write(memory.resolve("memory.max"), bytes);
        writeIfThere(memory.resolve("memory.swap.max"), 0);
      } else {
        write(memory.resolve("memory.limit_in_bytes"), bytes);
        writeIfThere(memory.resolve("memory.memsw.limit_in_bytes"), bytes);
      }
      Path processor = trees.processor();
      if (processor != null) {
        if (trees.second()) {
          long weight = Math.clamp(orderedMegabytes * 100L / MEGABYTES_PER_PROCESSOR, 1, 10_000);
          write(processor.resolve("cpu.weight"), weight);
        } else {
          long shares = Math.max(2, orderedMegabytes * 1024L / MEGABYTES_PER_PROCESSOR);
          write(processor.resolve("cpu.shares"), shares);
        }
      }
    }

    /// What uses too much memory does not take the others with it, as ever with version 1.
    void killOneByOne() throws IOException {
      if (trees.second()) {
        write(trees.memory().resolve("memory.oom.group"), 0);
      }
    }

    // Without swap accounting the kernel has no such file.
    private static void writeIfThere(Path file, long value) throws IOException {
      if (Files.exists(file)) {
        write(file, value);
      }
    }

    /// Memory at its peak, without what the kernel keeps of files and would give up at once.
    long peakBytes() {
      String peak = trees.second() ? "memory.peak" : "memory.max_usage_in_bytes";
      return Math.max(number(trees.memory().resolve(peak)) - cacheBytes(), usedBytes());
    }

    /// Memory now, again without files.
    long usedBytes() {
      String now = trees.second() ? "memory.current" : "memory.usage_in_bytes";
      return Math.max(0, number(trees.memory().resolve(now)) - cacheBytes());
    }

    private long cacheBytes() {
      Path stat = trees.memory().resolve("memory.stat");
      return field(stat, "active_file") + field(stat, "inactive_file");
    }

    /// How often the kernel killed something here for want of memory.
    long kills() {
      return field(
          trees.memory().resolve(trees.second() ? "memory.events" : "memory.oom_control"),
          "oom_kill");
    }

    private static long number(Path file) {
      try {
        return Long.parseLong(Files.readString(file).strip());
      } catch (IOException e) {
        return 0;
      }
    }

    private static long field(Path file, String name) {
      try {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith(name) && line.charAt(name.length()) == ' ') {
            return Long.parseLong(line.substring(name.length()).strip());
          }
        }
        return 0;
      } catch (IOException e) {
        return 0;
      }
    }

    boolean freezes() {
      return trees.core() != null || trees.freezer() != null;
    }

    /// Stops everything in it until [#thaw].
    void freeze() throws IOException {
      frozen(true);
    }

    void thaw() throws IOException {
      frozen(false);
    }

    private void frozen(boolean wanted) throws IOException {
      if (trees.core() != null) {
        write(trees.core().resolve("cgroup.freeze"), wanted ? 1 : 0);
      } else if (trees.freezer() != null) {
        Files.writeString(
            trees.freezer().resolve("freezer.state"),
            wanted ? "FROZEN" : "THAWED",
            StandardOpenOption.WRITE);
      }
    }

    /// Kills everything in it, frozen or not.
    void kill() {
      try {
        Path core = trees.core();
        if (core != null && Files.exists(core.resolve("cgroup.kill"))) {
          write(core.resolve("cgroup.kill"), 1);
          thaw();
          return;
        }
        // One that forks while it is killed has its children killed in the next round.
        for (int i = 0; i < ROUNDS; i++) {
          List<String> pids = Files.readAllLines(trees.processes().resolve("cgroup.procs"));
          if (pids.isEmpty()) {
            return;
          }
          freeze();
          for (String pid : pids) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
          }
          thaw();
        }
      } catch (IOException e) {
        // It is gone already.
        return;
      }
    }

    /// Removes the groups; false while there is still a process in them.
    boolean delete() {
      boolean all = true;
      for (Path folder : folders()) {
        try {
          Files.deleteIfExists(folder);
        } catch (IOException e) {
          all = false;
        }
      }
      return all;
    }
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Where control groups of version 2 can be made: at the top of the tree, or below the group that
/// this process is in if that was given to us (`Delegate=yes` of systemd, a container of its own).
/// https://docs.kernel.org/admin-guide/cgroup-v2.html
/// https://systemd.io/CGROUP_DELEGATION/
final class SecondVersion {
  private static final List<String> NEEDED = List.of("memory", "pids");
  private static final List<String> WANTED = List.of("memory", "pids", "cpu");

  private SecondVersion() {}

  /// A group that ours can be made in. Throws IOException, saying why, if there is none.
  static Path base(Path machine) throws IOException {
    if (Files.isWritable(machine.resolve("cgroup.subtree_control"))
        && hasNeeded(machine)
        && allows(machine)) {
      return machine;
    }
    Path own = machine.resolve(ownGroup()).normalize();
    if (!Files.isWritable(own.resolve("cgroup.subtree_control")) || !hasNeeded(own)) {
      throw new IOException(
          "the group "
              + own
              + " was not given to this user with the controllers memory and pids; try systemd-run"
              + " --user --scope -p Delegate=yes");
    }
    if (!allows(own)) {
      makeWay(own);
    }
    return own;
  }

  /// Hands on those controllers to the groups inside that there are.
  static Set<String> enable(Path group) throws IOException {
    var enabled = new LinkedHashSet<String>();
    Set<String> available = controllers(group);
    for (String one : WANTED) {
      if (available.contains(one)) {
        Files.writeString(
            group.resolve("cgroup.subtree_control"), "+" + one, StandardOpenOption.WRITE);
        enabled.add(one);
      }
    }
    return enabled;
  }

  private static boolean hasNeeded(Path group) throws IOException {
    return controllers(group).containsAll(NEEDED);
  }

  private static Set<String> controllers(Path group) throws IOException {
    Path file = group.resolve("cgroup.controllers");
    return Files.isReadable(file)
        ? new HashSet<>(List.of(Files.readString(file).strip().split(" ")))
        : Set.of();
  }

  // A group with processes of its own cannot hand on controllers, unless it is the machine's.
  private static boolean allows(Path group) {
    try {
      enable(group);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  // Goes one group further down, if nobody else is in this one.
  private static void makeWay(Path group) throws IOException {
    String own = Long.toString(ProcessHandle.current().pid());
    for (String pid : Files.readAllLines(group.resolve("cgroup.procs"))) {
      if (!pid.equals(own)) {
        throw new IOException("other processes are in the group " + group);
      }
    }
    Path inside = group.resolve("brume");
    Files.createDirectories(inside);
    Files.writeString(inside.resolve("cgroup.procs"), own, StandardOpenOption.WRITE);
    enable(group);
  }

  private static String ownGroup() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/cgroup"))) {
      if (line.startsWith("0::/")) {
        return line.substring("0::/".length());
      }
    }
    return "";
  }
}

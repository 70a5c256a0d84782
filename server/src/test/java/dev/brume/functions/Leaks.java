package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// What functions may leave behind on a machine, compared with how it was before: processes,
/// control groups, mounts, loop devices, folders and descriptors.
final class Leaks {
  private final Set<String> before;
  private final Path folder;

  /// @param folder that functions have everything in
  Leaks(Path folder) {
    this.folder = folder;
    warmUp();
    before = found();
  }

  // The JVM keeps a socket for itself from the first one that is closed.
  private static void warmUp() {
    try (var door = new Network.Shared().listen(0);
        var caller = SocketChannel.open(door.getLocalAddress());
        var called = door.accept()) {
      caller.shutdownOutput();
      assertThat(called.read(ByteBuffer.allocate(1))).isEqualTo(-1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Waits until there is nothing more than at the beginning. Fails when that does not come.
  void awaitNone() {
    var last = new ArrayList<Set<String>>(List.of(Set.of()));
    try {
      FunctionsFixture.await(
          "no leaks",
          () -> {
            Set<String> now = found();
            now.removeAll(before);
            last.set(0, now);
            return now.isEmpty();
          });
    } catch (AssertionError e) {
      throw new AssertionError("left behind: " + last.getFirst(), e);
    }
  }

  private Set<String> found() {
    var found = new TreeSet<String>();
    ProcessHandle.current()
        .descendants()
        .forEach(process -> found.add("process " + process.pid() + " " + process.info().command()));
    for (Path tree : list(Path.of("/sys/fs/cgroup"), name -> true)) {
      String own = "brume-" + ProcessHandle.current().pid() + "-";
      for (Path group : list(tree, name -> name.startsWith(own))) {
        found.add("control group " + group);
      }
    }
    for (String mount : lines(Path.of("/proc/self/mountinfo"))) {
      if (mount.contains(folder.toString())) {
        found.add("mount " + mount);
      }
    }
    for (Path device : list(Path.of("/sys/block"), name -> name.startsWith("loop"))) {
      for (String file : lines(device.resolve("loop/backing_file"))) {
        if (file.contains(folder.toString())) {
          found.add("loop device " + device + " " + file);
        }
      }
    }
    for (String inside : List.of("brume-" + ProcessHandle.current().pid(), "functions/tmp")) {
      list(folder.resolve(inside), name -> !name.equals("runtime") && !name.startsWith("probe"))
          .forEach(it -> found.add("folder " + it));
    }
    descriptors(found);
    return found;
  }

  // How many there are of a kind, since their numbers are given again.
  private static void descriptors(Set<String> found) {
    Path all = Path.of("/proc/self/fd");
    list(all, name -> true).stream()
        .map(Leaks::target)
        .filter(it -> it.matches("(socket|net|pipe):.*"))
        .map(it -> it.replaceAll("\\[\\d+\\]|:\\[.*", ""))
        .collect(Collectors.groupingBy(it -> it, Collectors.counting()))
        .forEach(
            (kind, count) -> {
              for (int i = 1; i <= count; i++) {
                found.add("descriptor " + kind + " number " + i);
              }
            });
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  static List<Path> list(Path folder, Predicate<String> named) {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files.filter(file -> named.test(file.getFileName().toString())).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}

package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written to control groups; that it works is in [HostileFunctionsTest].
class CgroupsTest {
  @TempDir Path folder;

  @Test
  void theMachinesGroupsTakeTheLimits() throws IOException {
    Cgroups cgroups = Cgroups.probe(Cgroups.MACHINE).cgroups();
    assumeTrue(cgroups != null, "no control groups here");
    Cgroups.Group group = cgroups.create("test");
    group.limit(200 << 20, 1769);
    for (Path one : group.folders()) {
      assertThat(one).isDirectory();
      expect(one, "memory.limit_in_bytes", Long.toString(200 << 20));
      expect(one, "memory.max", Long.toString(200 << 20));
      expect(one, "memory.oom.group", "1");
      expect(one, "pids.max", "1024");
      expect(one, "cpu.shares", "1024");
      expect(one, "cpu.weight", "100");
    }
    assertThat(group.delete()).isTrue();
    cgroups.close();
    assertThat(group.folders()).noneMatch(Files::exists);
    assertThat(group.folders()).noneMatch(one -> Files.exists(one.resolveSibling(".")));
  }

  private static void expect(Path group, String file, String value) throws IOException {
    if (Files.exists(group.resolve(file))) {
      assertThat(Files.readString(group.resolve(file)).strip()).as(file).isEqualTo(value);
    }
  }

  // The controllers of version 1 without the tree of version 2 that many such machines have.
  @Test
  void theFreezerOfVersionOneFreezesAndTheFrozenDie() throws Exception {
    for (String controller : List.of("memory", "pids", "cpu", "freezer")) {
      Path tree = Cgroups.MACHINE.resolve(controller);
      assumeTrue(Files.isWritable(tree.resolve("cgroup.procs")), "no such groups here");
      Files.createSymbolicLink(folder.resolve(controller), tree);
    }
    Cgroups cgroups = Cgroups.probe(folder).cgroups();
    assertThat(cgroups.freezeMechanism()).isEqualTo("freezer");
    Cgroups.Group group = cgroups.create("frozen");
    Process process = new ProcessBuilder("sleep", "76543").start();
    for (Path one : group.folders()) {
      Files.writeString(one.resolve("cgroup.procs"), Long.toString(process.pid()));
    }
    Path state = stateOf(group);
    group.freeze();
    FunctionsFixture.await("frost", () -> read(state).equals("FROZEN"));
    group.kill();
    process.waitFor();
    FunctionsFixture.await("its end", group::delete);
    cgroups.close();
  }

  private static Path stateOf(Cgroups.Group group) {
    return group.folders().stream()
        .map(one -> one.resolve("freezer.state"))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  void whereThereAreNoneItSaysSo() {
    Cgroups.Found found = Cgroups.probe(folder);
    assertThat(found.cgroups()).isNull();
    assertThat(found.missing()).contains("no control groups of our own", "no controller memory");
  }

  // The files of the kernel's tree, as folders and files of our own.
  @Test
  void aTreeOfVersionTwoHandsOnItsControllers() throws IOException {
    write(folder, Map.of("cgroup.controllers", "cpu io memory pids", "cgroup.subtree_control", ""));
    Path base = SecondVersion.base(folder);
    assertThat(base).isEqualTo(folder);
    assertThat(SecondVersion.enable(folder)).containsExactly("memory", "pids", "cpu");
    write(folder, Map.of("cgroup.controllers", "memory pids"));
    assertThat(SecondVersion.enable(folder)).containsExactly("memory", "pids");
  }

  private static void write(Path folder, Map<String, String> files) throws IOException {
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }
}

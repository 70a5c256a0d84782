package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What stands in for a version that is not there.
class InstalledTest {
  @TempDir Path folder;

  private static List<Integer> order(int wanted, Integer... there) {
    var all = List.of(there).stream().map(version -> new Installed(Path.of("x"), version)).toList();
    return Installed.nearest(all, wanted).stream().map(Installed::version).toList();
  }

  @Test
  void theVeryVersionThenLaterOnesThenEarlierOnes() {
    assertThat(order(20, 24, 18, 20, 22, 16)).containsExactly(20, 22, 24, 18, 16);
    assertThat(order(26, 18, 24)).containsExactly(24, 18);
  }

  @Test
  void versionManagersSayVersionsInTheNamesOfFolders() throws IOException {
    for (String name : List.of("v22.1.0", "v9.0.0", "system", "v18.2.0")) {
      Path program = folder.resolve("installs").resolve(name).resolve("bin/node");
      Files.createDirectories(program.getParent());
      Files.createFile(program);
      assertThat(program.toFile().setExecutable(!name.equals("v18.2.0"))).isTrue();
    }
    var versions = Pattern.compile("/v([0-9]{1,3})\\.");
    assertThat(Installed.in(folder, List.of("installs/*", "none/*"), "bin/node", versions))
        .extracting(Installed::version)
        .containsExactly(9, 22);
  }

  @Test
  void onlyVersionsOfNodeCanBeAdded() {
    for (String runtime : List.of("java21", "nodejs22", "nodejs22.x; rm", "../x")) {
      assertThatThrownBy(() -> AddedNode.install(folder, runtime))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(folder).isEmptyDirectory();
  }
}

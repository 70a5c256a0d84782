package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What stands in for a version that is not there.
class NearestTest {
  @TempDir Path folder;

  private static List<Integer> order(int wanted, Integer... there) {
    return Nearest.order(List.of(there), Integer::intValue, wanted);
  }

  @Test
  void theVeryVersionThenLaterOnesThenEarlierOnes() {
    assertThat(order(20, 24, 18, 20, 22, 16)).containsExactly(20, 22, 24, 18, 16);
    assertThat(order(26, 18, 24)).containsExactly(24, 18);
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

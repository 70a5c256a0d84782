package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The short form of [Soak].
class SoakTest {
  @TempDir Path folder;

  @Test
  void nothingIsLeftOverAndNothingIsLost() throws Exception {
    assumeTrue(Client.has("node", "--version"), "no Node");
    var soak = new Soak(folder, 42);
    assertThat(soak.run(Duration.ofSeconds(40))).as(soak.summary()).isEmpty();
  }
}

package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What waits to become a function, and is killed.
class WaitingProcessesTest {
  @TempDir Path folder;

  // The runtimes' processes, whatever they are started in.
  private static List<ProcessHandle> runtimes() {
    return ProcessHandle.current()
        .descendants()
        .filter(one -> one.info().commandLine().orElse("").contains("bootstrap.cjs"))
        .filter(one -> one.children().findAny().isEmpty())
        .toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void aKilledOneIsReplacedWithoutAnotherStart(FunctionsSettings.Isolation isolation)
      throws Exception {
    try (var fixture = new FunctionsFixture(folder, isolation)) {
      fixture.functions.prepare(fixture.spec(FunctionsFixture.nodeRuntime(), "kinds.echo"));
      for (int i = 0; i < 4; i++) {
        // The first ones wait, the last ones still start.
        boolean waits = i < 2;
        FunctionsFixture.await(
            "a process",
            () -> !runtimes().isEmpty() && (!waits || fixture.functions.waiting() == 1));
        List<ProcessHandle> some = runtimes();
        some.forEach(ProcessHandle::destroyForcibly);
        FunctionsFixture.await("its end", () -> runtimes().stream().noneMatch(some::contains));
      }
      FunctionsFixture.await("a waiting process", () -> runtimes().size() == 1);
      FunctionsFixture.await("that is known", () -> fixture.functions.waiting() == 1);
      assertThat(fixture.functions.status().environments()).isZero();
    }
  }

  @Test
  void whatDiesAgainAndAgainIsReplacedLaterAndLater() {
    var backOff = new BackOff<String>();
    long soon = Duration.ofSeconds(1).toNanos();
    var waited = new ArrayList<Long>();
    for (int i = 0; i < 100; i++) {
      waited.add(backOff.died("this", soon));
    }
    assertThat(waited.subList(0, 4)).containsExactly(100L, 200L, 400L, 800L);
    assertThat(waited.subList(9, 100)).containsOnly(30_000L);
    assertThat(backOff.died("other", soon)).isEqualTo(100);
    assertThat(backOff.died("this", Duration.ofMinutes(1).toNanos())).isEqualTo(100);
    assertThat(backOff.died("this", soon)).isEqualTo(100);
  }
}

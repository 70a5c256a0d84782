package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Environments that are initialised before anybody asks for them.
class ProvisionedTest {
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  @TempDir static Path folder;
  private static FunctionsFixture fixture;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(folder);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void theyAreInitialisedInAdvanceAndTakenFirst() throws Exception {
    var spec = fixture.spec("nodejs20.x", "kinds.initialization");
    assertThat(status(spec)).isNull();
    fixture.functions.provision(spec, 2, fixture.sink());
    assertThat(status(spec).requested()).isEqualTo(2);
    awaitStatus(spec, ProvisionedStatus::ready);
    assertThat(status(spec)).isEqualTo(new ProvisionedStatus(2, 2, 2, 0, null));
    List<Outcome> all = together(spec, 3);
    assertThat(all)
        .extracting(it -> new String(it.payload(), StandardCharsets.UTF_8))
        .containsExactlyInAnyOrder(
            "\"provisioned-concurrency\"", "\"provisioned-concurrency\"", "\"on-demand\"");
    for (Outcome one : all) {
      assertThat(one.report().cold()).isEqualTo(!one.report().provisioned());
    }
    assertThat(status(spec)).isEqualTo(new ProvisionedStatus(2, 2, 2, 0, null));
    fixture.functions.provision(spec, 1, fixture.sink());
    assertThat(status(spec)).isEqualTo(new ProvisionedStatus(1, 1, 1, 0, null));
    fixture.functions.provision(spec, 0, fixture.sink());
    assertThat(status(spec)).isNull();
  }

  @Test
  void oneThatEndsIsReplaced() {
    var spec = fixture.spec("nodejs20.x", "kinds.exits");
    fixture.functions.provision(spec, 1, fixture.sink());
    awaitStatus(spec, ProvisionedStatus::ready);
    assertThat(fixture.invoke(spec, "{}").report().provisioned()).isTrue();
    awaitStatus(spec, ProvisionedStatus::ready);
    fixture.functions.retire(spec.account(), spec.region(), spec.name(), null);
    assertThat(status(spec)).isNull();
  }

  @Test
  void oneThatCannotInitialiseSaysWhy() {
    var spec = fixture.spec("nodejs20.x", "exits.handler");
    fixture.functions.provision(spec, 1, fixture.sink());
    awaitStatus(spec, status -> status.failure() != null);
    assertThat(status(spec))
        .isEqualTo(
            new ProvisionedStatus(
                1, 0, 0, 0, "The function failed to initialize: Runtime.ExitError"));
    fixture.functions.provision(spec, 0, fixture.sink());
  }

  private static List<Outcome> together(FunctionSpec spec, int count) throws Exception {
    List<Outcome> outcomes = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Callable<Outcome> one = () -> fixture.invoke(spec, "{\"millis\":300}");
        all.add(threads.submit(one));
      }
      for (Future<Outcome> one : all) {
        outcomes.add(one.get());
      }
    }
    return outcomes;
  }

  private static ProvisionedStatus status(FunctionSpec spec) {
    return fixture.functions.provisioned(
        spec.account(), spec.region(), spec.name(), spec.version());
  }

  private static void awaitStatus(FunctionSpec spec, Predicate<ProvisionedStatus> wanted) {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (!wanted.test(status(spec)) && System.nanoTime() < until) {
      Thread.onSpinWait();
    }
    assertThat(status(spec)).matches(wanted);
  }
}

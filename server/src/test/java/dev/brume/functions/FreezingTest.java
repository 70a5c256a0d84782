package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.http.Headers;
import dev.brume.http.Limits;
import dev.brume.http.Listener;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Between invocations nothing runs, and everything goes on with the next one.
class FreezingTest {
  private static final String BEATS = "{\"ms\":300}";
  @TempDir Path folder;

  // By control groups with a sandbox, by signals without, if there are no groups.
  @ParameterizedTest
  @EnumSource(FunctionsSettings.Isolation.class)
  void timersAndThreadsStopAndGoOn(FunctionsSettings.Isolation isolation) throws Exception {
    assumeTrue(isolation != FunctionsSettings.Isolation.REQUIRE || canBeRequired());
    try (var fixture = fixture(isolation, SandboxSettings.Freeze.STRICT)) {
      beatsOnlyWhileItWorks(fixture, fixture.spec("nodejs20.x", "hostile.beats"));
      beatsOnlyWhileItWorks(fixture, fixture.spec("python3.11", "threads.handler"));
    }
  }

  private static void beatsOnlyWhileItWorks(FunctionsFixture fixture, FunctionSpec spec) {
    int last = FunctionsFixture.json(fixture.invoke(spec, BEATS)).get("after").asInt();
    assertThat(last).isPositive();
    for (int i = 0; i < 2; i++) {
      awaitFrozen(fixture, 1);
      // Meanwhile a second passes.
      var other = fixture.spec("nodejs20.x", "hostile.pauses");
      fixture.invoke(other, "{\"ms\":1000}");
      JsonNode beats = FunctionsFixture.json(fixture.invoke(spec, BEATS));
      assertThat(beats.get("before").asInt() - last).isLessThan(50);
      assertThat(beats.get("after").asInt()).isGreaterThan(beats.get("before").asInt());
      last = beats.get("after").asInt();
      fixture.functions.retire("000000000000", "us-east-1", other.name());
    }
    fixture.functions.retire("000000000000", "us-east-1", spec.name());
    FunctionsFixture.await("its end", () -> fixture.functions.status().environments() == 0);
  }

  @Test
  void whatComesInMeanwhileIsThereAfterwardsAndTheFrozenCanBeKilled() throws Exception {
    var answer = new CountDownLatch(1);
    var leaks = new Leaks(folder);
    try (var fixture = fixture(FunctionsSettings.Isolation.BEST, SandboxSettings.Freeze.IDLE);
        var endpoint =
            Listener.open(
                "127.0.0.1",
                0,
                Limits.DEFAULT,
                InstantSource.system(),
                exchange -> {
                  answer.await();
                  exchange.respond(200, new Headers(), "late".getBytes(StandardCharsets.UTF_8));
                })) {
      fixture.endpointPort = endpoint.port();
      String event = "{\"port\":" + endpoint.port() + "}";
      assertThat(fixture.node("hostile.asks", event)).isEqualTo("\"asked\"");
      awaitFrozen(fixture, 1);
      answer.countDown();
      assertThat(fixture.node("hostile.asks", event)).isEqualTo("\"late\"");
      awaitFrozen(fixture, 1);
    }
    leaks.awaitNone();
  }

  @Test
  void theOldestIdleOnesGoWhenTogetherTheyUseTooMuch() throws Exception {
    try (var fixture =
        new FunctionsFixture(
            folder, FunctionsSettings.Isolation.BEST, SandboxSettings.DEFAULT.withIdleMemory(1))) {
      assertThat(fixture.node("kinds.echo", "1")).isEqualTo("1");
      FunctionsFixture.await("its end", () -> fixture.functions.status().environments() == 0);
    }
  }

  @Test
  void frozenIsOnlyWhatMayBe() throws Exception {
    try (var fixture = fixture(FunctionsSettings.Isolation.BEST, SandboxSettings.Freeze.OFF)) {
      var spec = fixture.spec("nodejs20.x", "hostile.beats");
      int last = FunctionsFixture.json(fixture.invoke(spec, BEATS)).get("after").asInt();
      fixture.invoke(fixture.spec("nodejs20.x", "hostile.pauses"), "{\"ms\":1000}");
      JsonNode beats = FunctionsFixture.json(fixture.invoke(spec, BEATS));
      assertThat(beats.get("before").asInt()).isGreaterThan(last);
      assertThat(fixture.functions.status().frozen()).isZero();
    }
  }

  private FunctionsFixture fixture(
      FunctionsSettings.Isolation isolation, SandboxSettings.Freeze freeze)
      throws IOException, CodeStore.BadCode {
    return new FunctionsFixture(folder, isolation, SandboxSettings.DEFAULT.with(freeze));
  }

  private static void awaitFrozen(FunctionsFixture fixture, int count) {
    FunctionsFixture.await("frost", () -> fixture.functions.status().frozen() >= count);
  }

  private boolean canBeRequired() {
    return new java.io.File("/proc/self/oom_score_adj").canWrite()
        && System.getProperty("user.name").equals("root");
  }
}

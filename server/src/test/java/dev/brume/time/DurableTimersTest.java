package dev.brume.time;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.store.MemoryKv;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DurableTimersTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private final MemoryKv kv = new MemoryKv();
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final List<String> fired = Collections.synchronizedList(new ArrayList<>());

  private void schedule(DurableTimers on, String id, Duration after) {
    kv.tx(
        tx -> {
          on.schedule(tx, "test", id, START.plus(after), id.getBytes());
          return 0;
        });
  }

  @Test
  void advancingFiresInOrderAtTheTimeEachIsDue() {
    timers.handle(
        "test",
        (id, due, _) -> fired.add(id + "@" + Duration.between(START, clock.instant()).toMinutes()));
    timers.start();
    schedule(timers, "late", Duration.ofMinutes(30));
    schedule(timers, "early", Duration.ofMinutes(10));
    schedule(timers, "never", Duration.ofHours(3));
    timers.advance(Duration.ofHours(1));
    assertThat(fired).containsExactly("early@10", "late@30");
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofHours(1)));
  }

  @Test
  void aTimerSetByATimerInsideTheWindowFiresToo() {
    timers.handle(
        "test",
        (id, due, _) -> {
          fired.add(id);
          if (fired.size() < 4) {
            kv.tx(
                tx -> {
                  timers.schedule(tx, "test", id, due.plus(Duration.ofHours(24)), new byte[0]);
                  return 0;
                });
          }
        });
    timers.start();
    schedule(timers, "daily", Duration.ofHours(24));
    timers.advance(Duration.ofDays(2));
    assertThat(fired).hasSize(2);
    timers.advance(Duration.ofDays(10));
    assertThat(fired).hasSize(4);
  }

  @Test
  void whatCameDueWhileDownFiresAtStartAndOnlyOnce() throws InterruptedException {
    schedule(timers, "missed", Duration.ofMinutes(-5));
    var done = new CountDownLatch(1);
    timers.handle(
        "test",
        (id, _, _) -> {
          fired.add(id);
          done.countDown();
        });
    timers.start();
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    timers.advance(Duration.ofHours(1));
    assertThat(fired).containsExactly("missed");
    var again = new DurableTimers(kv, clock);
    again.handle("test", (id, _, _) -> fired.add("again"));
    again.start();
    again.advance(Duration.ofHours(1));
    assertThat(fired).containsExactly("missed");
  }

  @Test
  void aFailingHandlerFiresAgain() {
    var attempts = new AtomicInteger();
    timers.handle(
        "test",
        (id, _, _) -> {
          if (attempts.incrementAndGet() < 3) {
            throw new IllegalStateException("not yet");
          }
        });
    timers.start();
    schedule(timers, "flaky", Duration.ofSeconds(1));
    timers.advance(Duration.ofMinutes(5));
    assertThat(attempts).hasValue(3);
  }

  @Test
  void cancelledAndReplacedTimersDoNotFire() {
    timers.handle("test", (id, due, _) -> fired.add(id + Duration.between(START, due).toSeconds()));
    timers.start();
    schedule(timers, "a", Duration.ofSeconds(1));
    schedule(timers, "a", Duration.ofSeconds(9));
    schedule(timers, "b", Duration.ofSeconds(2));
    kv.tx(
        tx -> {
          timers.cancel(tx, "test", "b");
          return 0;
        });
    timers.advance(Duration.ofMinutes(1));
    assertThat(fired).containsExactly("a9");
  }

  @Test
  void anAdvancedClockIsStillAdvancedAfterARestart() {
    timers.start();
    timers.advance(Duration.ofDays(2));
    assertThat(new VirtualClock(kv, () -> START).instant())
        .isEqualTo(START.plus(Duration.ofDays(2)));
    timers.freeze();
    assertThat(new VirtualClock(kv, () -> START.plusSeconds(60)).instant())
        .isEqualTo(START.plus(Duration.ofDays(2)));
    timers.resume();
    assertThat(clock.instant()).isEqualTo(START.plus(Duration.ofDays(2)));
  }
}

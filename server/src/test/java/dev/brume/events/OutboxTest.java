package dev.brume.events;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.ids.Ids;
import dev.brume.store.Key;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private final MemoryKv kv = new MemoryKv();
  private final Ids ids = new Ids(new Random(1));
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final Outbox outbox = new Outbox(kv, clock, timers, ids);
  private final LinkedBlockingQueue<Event> received = new LinkedBlockingQueue<>();

  private Event event(String target, Event.Retry retry, String deadLetter) {
    return new Event(
        ids.uuid(),
        target,
        "events.amazonaws.com",
        "arn:aws:events:us-east-1:000000000000:rule/r",
        "000000000000",
        "hello".getBytes(),
        null,
        Map.of(),
        Map.of(),
        retry,
        deadLetter,
        clock.millis());
  }

  private void send(Event event) {
    kv.tx(
        tx -> {
          outbox.send(tx, event);
          return 0;
        });
  }

  private boolean outboxIsEmpty() {
    return kv.<Boolean>read(
        reader -> {
          boolean[] empty = {true};
          reader.scan(Key.of("outbox"), (_, _) -> empty[0] = false);
          return empty[0];
        });
  }

  @Test
  void whatWasCommittedBeforeStartIsDelivered() throws InterruptedException {
    send(event("arn:aws:sqs:us-east-1:000000000000:q", Event.Retry.PATIENT, null));
    outbox.receive("sqs", received::add);
    timers.start();
    outbox.start();
    Event got = received.poll(10, TimeUnit.SECONDS);
    assertThat(got.payload()).isEqualTo("hello".getBytes());
  }

  @Test
  void aFailedDeliveryIsTriedAgainAndThenDeadLettered() throws InterruptedException {
    var attempts = new AtomicInteger();
    var tried = new LinkedBlockingQueue<Integer>();
    outbox.receive(
        "lambda",
        _ -> {
          tried.add(attempts.incrementAndGet());
          throw new Targets.DeliveryFailed("Throttled", "later", true);
        });
    outbox.receive("sqs", received::add);
    timers.start();
    outbox.start();
    send(
        event(
            "arn:aws:lambda:us-east-1:000000000000:function:f",
            new Event.Retry(3, 3600, new int[] {60}),
            "arn:aws:sqs:us-east-1:000000000000:dlq"));
    for (int i = 1; i <= 3; i++) {
      Integer attempt = null;
      while (attempt == null) {
        attempt = tried.poll(20, TimeUnit.MILLISECONDS);
        if (attempt == null) {
          timers.advance(Duration.ofSeconds(61));
        }
      }
      assertThat(attempt).isEqualTo(i);
    }
    Event dead = received.poll(10, TimeUnit.SECONDS);
    assertThat(dead.attributes().get("ERROR_CODE").stringValue()).isEqualTo("Throttled");
    assertThat(dead.payload()).isEqualTo("hello".getBytes());
  }

  @Test
  void anUnknownTargetIsGivenUpAtOnce() throws InterruptedException {
    outbox.receive("sqs", received::add);
    timers.start();
    outbox.start();
    send(
        event(
            "arn:aws:nosuch:us-east-1:000000000000:x",
            Event.Retry.PATIENT,
            "arn:aws:sqs:us-east-1:000000000000:dlq"));
    assertThat(received.poll(10, TimeUnit.SECONDS)).isNotNull();
    while (!outboxIsEmpty()) {
      Thread.onSpinWait();
    }
  }
}

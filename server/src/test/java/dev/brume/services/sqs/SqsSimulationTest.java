package dev.brume.services.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.model.sqs.ChangeMessageVisibilityRequest;
import dev.brume.model.sqs.DeleteMessageRequest;
import dev.brume.model.sqs.Message;
import dev.brume.model.sqs.ReceiveMessageRequest;
import dev.brume.model.sqs.SendMessageRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random senders, receivers, clocks and crashes by seed, beside a model of what a queue with a
/// dead-letter queue promises: no message lost, none handed out while it is hidden, none received
/// more often than allowed.
class SqsSimulationTest {
  private static final int STEPS = 400;
  private static final int VISIBILITY_SECONDS = 30;
  private static final int RECEIVES_MAX = 3;

  /// What the model knows of a message that was acknowledged and not deleted.
  private static final class Known {
    long hiddenUntilMillis;
    int receives;
    String handle;
  }

  private final Map<String, Known> known = new HashMap<>();
  private final List<String> deleted = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void keepsItsPromises(long seed) {
    try (var at = new SqsFixture(seed)) {
      String dead = at.queue("dead", Map.of("VisibilityTimeout", "0"));
      String url =
          at.queue(
              "q",
              Map.of(
                  "VisibilityTimeout", Integer.toString(VISIBILITY_SECONDS),
                  "RedrivePolicy", SqsServiceTest.redrive("dead", RECEIVES_MAX)));
      var random = new Random(seed);
      for (int step = 0; step < STEPS; step++) {
        step(at, url, random);
        checkCounts(at, url, dead);
      }
      drain(at, url, dead);
    }
  }

  private void step(SqsFixture at, String url, Random random) {
    switch (random.nextInt(10)) {
      case 0, 1, 2 -> send(at, url, random.nextInt(4) == 0 ? random.nextInt(60) : 0);
      case 3, 4, 5 -> receive(at, url, 1 + random.nextInt(10));
      case 6 -> delete(at, url, random);
      case 7 -> changeVisibility(at, url, random);
      case 8 -> at.advance(Duration.ofSeconds(random.nextInt(40)));
      default -> {
        if (random.nextInt(3) == 0) {
          at.crash();
        }
      }
    }
  }

  private void send(SqsFixture at, String url, int delaySeconds) {
    var sent =
        at.sqs.sendMessage(
            at.call(),
            new SendMessageRequest().queueUrl(url).messageBody("x").delaySeconds(delaySeconds));
    var message = new Known();
    message.hiddenUntilMillis = at.clock.millis() + 1000L * delaySeconds;
    known.put(sent.messageId(), message);
  }

  private void receive(SqsFixture at, String url, int max) {
    long now = at.clock.millis();
    for (Message received : at.receive(url, max)) {
      Known message = known.get(received.messageId());
      assertThat(deleted).doesNotContain(received.messageId());
      assertThat(message).as("received what was never sent").isNotNull();
      assertThat(message.hiddenUntilMillis).as("visible while hidden").isLessThanOrEqualTo(now);
      assertThat(++message.receives).isLessThanOrEqualTo(RECEIVES_MAX);
      assertThat(received.attributes())
          .containsEntry("ApproximateReceiveCount", Integer.toString(message.receives));
      message.hiddenUntilMillis = now + 1000L * VISIBILITY_SECONDS;
      message.handle = received.receiptHandle();
    }
  }

  private void delete(SqsFixture at, String url, Random random) {
    pick(random)
        .ifPresent(
            id -> {
              Known message = known.get(id);
              at.sqs.deleteMessage(
                  at.call(),
                  new DeleteMessageRequest().queueUrl(url).receiptHandle(message.handle));
              known.remove(id);
              deleted.add(id);
            });
  }

  private void changeVisibility(SqsFixture at, String url, Random random) {
    pick(random)
        .ifPresent(
            id -> {
              Known message = known.get(id);
              if (message.hiddenUntilMillis > at.clock.millis()) {
                int seconds = random.nextInt(60);
                at.sqs.changeMessageVisibility(
                    at.call(),
                    new ChangeMessageVisibilityRequest()
                        .queueUrl(url)
                        .receiptHandle(message.handle)
                        .visibilityTimeout(seconds));
                message.hiddenUntilMillis = at.clock.millis() + 1000L * seconds;
              }
            });
  }

  // A message that somebody received and that cannot have moved to the dead-letter queue since.
  private java.util.Optional<String> pick(Random random) {
    List<String> held =
        known.entrySet().stream()
            .filter(
                entry ->
                    entry.getValue().handle != null && entry.getValue().receives < RECEIVES_MAX)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    return held.isEmpty()
        ? java.util.Optional.empty()
        : java.util.Optional.of(held.get(random.nextInt(held.size())));
  }

  private void checkCounts(SqsFixture at, String url, String dead) {
    int total = 0;
    for (String queue : List.of(url, dead)) {
      Map<String, String> counts = at.attributes(queue, "All");
      total += Integer.parseInt(counts.get("ApproximateNumberOfMessages"));
      total += Integer.parseInt(counts.get("ApproximateNumberOfMessagesNotVisible"));
      total += Integer.parseInt(counts.get("ApproximateNumberOfMessagesDelayed"));
    }
    assertThat(total).isEqualTo(known.size());
  }

  // In the end every message is received often enough to be dead, and is found there.
  private void drain(SqsFixture at, String url, String dead) {
    for (int round = 0; round < 3 * (RECEIVES_MAX + 2); round++) {
      at.advance(Duration.ofSeconds(61));
      for (int i = 0; i <= known.size() / 10; i++) {
        receive(at, url, 10);
      }
    }
    at.crash();
    var found = new ArrayList<String>();
    at.sqs.setQueueAttributes(
        at.call(),
        new dev.brume.model.sqs.SetQueueAttributesRequest()
            .queueUrl(dead)
            .attributes(Map.of("VisibilityTimeout", "600")));
    while (true) {
      List<Message> some =
          at.sqs
              .receiveMessage(
                  at.call(), new ReceiveMessageRequest().queueUrl(dead).maxNumberOfMessages(10))
              .messages();
      if (some.isEmpty()) {
        break;
      }
      some.forEach(message -> found.add(message.messageId()));
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(known.keySet());
  }
}

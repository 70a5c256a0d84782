package dev.brume.services.sqs;

import dev.brume.events.Outbox;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.sqs.CreateQueueRequest;
import dev.brume.model.sqs.GetQueueAttributesRequest;
import dev.brume.model.sqs.Message;
import dev.brume.model.sqs.ReceiveMessageRequest;
import dev.brume.model.sqs.SendMessageRequest;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The service on a store in memory and a clock that stands still.
final class SqsFixture implements AutoCloseable {
  static final String ENDPOINT = "http://127.0.0.1:4566";
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  private final Random random;
  private MemoryKv kv = new MemoryKv();
  VirtualClock clock;
  DurableTimers timers;
  Outbox outbox;
  SqsService sqs;

  SqsFixture(long seed) {
    random = new Random(seed);
    start();
  }

  private void start() {
    var ids = new Ids(random);
    clock = new VirtualClock(kv, () -> START);
    timers = new DurableTimers(kv, clock);
    outbox = new Outbox(kv, clock, timers, ids);
    sqs = new SqsService(kv, clock, timers, outbox, ids);
    timers.start();
    outbox.start();
  }

  MemoryKv kv() {
    return kv;
  }

  /// Kills everything and starts again on what was committed.
  void crash() {
    sqs.close();
    timers.close();
    outbox.close();
    kv = kv.afterCrash();
    start();
  }

  Call call() {
    return new Call(
        "000000000000",
        "us-east-1",
        new Principal.Root("000000000000"),
        "request",
        clock.instant(),
        ENDPOINT);
  }

  void advance(Duration by) {
    timers.advance(by);
  }

  String queue(String name, Map<String, String> attributes) {
    var created =
        sqs.createQueue(call(), new CreateQueueRequest().queueName(name).attributes(attributes));
    return created.queueUrl();
  }

  String send(String url, String body) {
    return sqs.sendMessage(call(), new SendMessageRequest().queueUrl(url).messageBody(body))
        .messageId();
  }

  List<Message> receive(String url, int max) {
    return sqs.receiveMessage(
            call(),
            new ReceiveMessageRequest()
                .queueUrl(url)
                .maxNumberOfMessages(max)
                .messageSystemAttributeNames(List.of("All"))
                .messageAttributeNames(List.of("All")))
        .messages();
  }

  Map<String, String> attributes(String url, String... names) {
    return sqs.getQueueAttributes(
            call(), new GetQueueAttributesRequest().queueUrl(url).attributeNames(List.of(names)))
        .attributes();
  }

  @Override
  public void close() {
    sqs.close();
    timers.close();
    outbox.close();
    kv.close();
  }
}

package dev.brume.services.sqs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.model.ServiceError;
import dev.brume.model.sqs.*;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SqsServiceTest {
  private final SqsFixture at = new SqsFixture(1);

  @AfterEach
  void close() {
    at.close();
  }

  @Test
  void aMessageIsReceivedHiddenDeleted() {
    String url = at.queue("q", Map.of());
    String id = at.send(url, "hello");
    Message message = at.receive(url, 10).getFirst();
    assertThat(message.messageId()).isEqualTo(id);
    assertThat(message.body()).isEqualTo("hello");
    assertThat(message.md5OfBody()).isEqualTo("5d41402abc4b2a76b9719d911017c592");
    assertThat(message.attributes())
        .containsEntry("ApproximateReceiveCount", "1")
        .containsEntry("SenderId", "000000000000");
    assertThat(at.receive(url, 10)).isEmpty();
    at.sqs.deleteMessage(
        at.call(), new DeleteMessageRequest().queueUrl(url).receiptHandle(message.receiptHandle()));
    at.advance(Duration.ofHours(1));
    assertThat(at.receive(url, 10)).isEmpty();
  }

  @Test
  void aMessageComesBackAfterItsVisibilityTimeoutWithANewHandle() {
    String url = at.queue("q", Map.of("VisibilityTimeout", "300"));
    at.send(url, "hello");
    String first = at.receive(url, 1).getFirst().receiptHandle();
    at.advance(Duration.ofSeconds(299));
    assertThat(at.receive(url, 1)).isEmpty();
    at.advance(Duration.ofSeconds(1));
    Message again = at.receive(url, 1).getFirst();
    assertThat(again.receiptHandle()).isNotEqualTo(first);
    assertThat(again.attributes()).containsEntry("ApproximateReceiveCount", "2");
    // Of an earlier receive: accepted, but the one who has the message now keeps it.
    at.sqs.deleteMessage(at.call(), new DeleteMessageRequest().queueUrl(url).receiptHandle(first));
    at.advance(Duration.ofSeconds(300));
    assertThat(at.receive(url, 1)).hasSize(1);
  }

  @Test
  void everythingSurvivesACrash() {
    String url = at.queue("q", Map.of());
    at.send(url, "one");
    at.send(url, "two");
    String handle = at.receive(url, 1).getFirst().receiptHandle();
    at.crash();
    assertThat(at.receive(url, 10)).extracting(Message::body).containsExactly("two");
    at.sqs.deleteMessage(at.call(), new DeleteMessageRequest().queueUrl(url).receiptHandle(handle));
    at.crash();
    at.advance(Duration.ofSeconds(30));
    List<Message> left = at.receive(url, 10);
    assertThat(left).extracting(Message::body).containsExactly("two");
    assertThat(left.getFirst().attributes()).containsEntry("ApproximateReceiveCount", "2");
  }

  @Test
  void delayedMessagesWait() {
    String url = at.queue("q", Map.of("DelaySeconds", "10"));
    at.send(url, "late");
    assertThat(at.attributes(url, "All"))
        .containsEntry("ApproximateNumberOfMessagesDelayed", "1")
        .containsEntry("ApproximateNumberOfMessages", "0");
    assertThat(at.receive(url, 1)).isEmpty();
    at.advance(Duration.ofSeconds(10));
    assertThat(at.receive(url, 1)).hasSize(1);
    assertThat(at.attributes(url, "ApproximateNumberOfMessagesNotVisible"))
        .containsOnly(Map.entry("ApproximateNumberOfMessagesNotVisible", "1"));
  }

  @Test
  void aMessageReceivedTooOftenMovesToTheDeadLetterQueueAndBack() {
    String dead = at.queue("dead", Map.of());
    String url = at.queue("q", Map.of("RedrivePolicy", redrive("dead", 2)));
    String id = at.send(url, "poison");
    for (int i = 0; i < 2; i++) {
      assertThat(at.receive(url, 1)).hasSize(1);
      at.advance(Duration.ofSeconds(30));
    }
    assertThat(at.receive(url, 1)).isEmpty();
    at.crash();
    Message moved = at.receive(dead, 1).getFirst();
    assertThat(moved.messageId()).isEqualTo(id);
    assertThat(moved.attributes())
        .containsEntry("DeadLetterQueueSourceArn", "arn:aws:sqs:us-east-1:000000000000:q");
    at.advance(Duration.ofSeconds(30));

    at.sqs.startMessageMoveTask(
        at.call(),
        new StartMessageMoveTaskRequest().sourceArn("arn:aws:sqs:us-east-1:000000000000:dead"));
    at.advance(Duration.ofSeconds(5));
    var tasks =
        at.sqs.listMessageMoveTasks(
            at.call(),
            new ListMessageMoveTasksRequest().sourceArn("arn:aws:sqs:us-east-1:000000000000:dead"));
    assertThat(tasks.results().getFirst().status()).isEqualTo("COMPLETED");
    assertThat(at.receive(url, 1)).extracting(Message::messageId).containsExactly(id);
    assertThat(at.receive(dead, 1)).isEmpty();
  }

  @Test
  void aLongPollEndsWhenAMessageArrives() throws Exception {
    String url = at.queue("q", Map.of("ReceiveMessageWaitTimeSeconds", "20"));
    var received = new ArrayList<Message>();
    Thread poller = Thread.ofVirtual().start(() -> received.addAll(at.receive(url, 1)));
    at.send(url, "hello");
    poller.join(Duration.ofSeconds(10));
    assertThat(received).hasSize(1);
  }

  @Test
  void aLongPollEndsWhenAMessageBecomesVisibleAgain() throws Exception {
    String url = at.queue("q", Map.of("ReceiveMessageWaitTimeSeconds", "20"));
    at.send(url, "hello");
    at.receive(url, 1);
    var received = new ArrayList<Message>();
    Thread poller = Thread.ofVirtual().start(() -> received.addAll(at.receive(url, 1)));
    while (received.isEmpty() && poller.isAlive()) {
      at.advance(Duration.ofSeconds(10));
    }
    poller.join(Duration.ofSeconds(10));
    assertThat(received).hasSize(1);
  }

  @Test
  void fifoQueuesKeepOrderPerGroupAndDropRepeats() {
    String url =
        at.queue("q.fifo", Map.of("FifoQueue", "true", "ContentBasedDeduplication", "true"));
    fifo(url, "a", "a1");
    fifo(url, "b", "b1");
    fifo(url, "a", "a2");
    fifo(url, "a", "a2");
    List<Message> first = at.receive(url, 1);
    assertThat(first).extracting(Message::body).containsExactly("a1");
    assertThat(at.receive(url, 10)).extracting(Message::body).containsExactly("b1");
    at.sqs.deleteMessage(
        at.call(),
        new DeleteMessageRequest().queueUrl(url).receiptHandle(first.getFirst().receiptHandle()));
    assertThat(at.receive(url, 10)).extracting(Message::body).containsExactly("a2");
    at.advance(Duration.ofMinutes(5));
    fifo(url, "c", "a2");
    assertThat(at.receive(url, 10))
        .extracting(Message::body)
        .containsExactlyInAnyOrder("b1", "a2", "a2");
  }

  private void fifo(String url, String group, String body) {
    at.sqs.sendMessage(
        at.call(), new SendMessageRequest().queueUrl(url).messageBody(body).messageGroupId(group));
  }

  @Test
  void messagesExpire() {
    String url = at.queue("q", Map.of("MessageRetentionPeriod", "60"));
    at.send(url, "old");
    at.advance(Duration.ofSeconds(30));
    at.send(url, "new");
    at.advance(Duration.ofSeconds(30));
    assertThat(at.receive(url, 10)).extracting(Message::body).containsExactly("new");
  }

  @Test
  void purgeAndDeleteLeaveNoRows() {
    String url = at.queue("q", Map.of());
    at.send(url, "x");
    at.receive(url, 1);
    at.sqs.purgeQueue(at.call(), new PurgeQueueRequest().queueUrl(url));
    at.send(url, "y");
    assertThat(at.attributes(url, "All")).containsEntry("ApproximateNumberOfMessages", "1");
    assertThatThrownBy(() -> at.sqs.purgeQueue(at.call(), new PurgeQueueRequest().queueUrl(url)))
        .isInstanceOf(PurgeQueueInProgress.class);
    at.sqs.deleteQueue(at.call(), new DeleteQueueRequest().queueUrl(url));
    int rows =
        at.kv()
            .read(
                reader -> {
                  var keys = new ArrayList<>();
                  reader.scan(SqsStore.ALL, (key, value) -> keys.add(key));
                  return keys.size();
                });
    assertThat(rows).isZero();
    assertThatThrownBy(() -> at.send(url, "z")).isInstanceOf(QueueDoesNotExist.class);
  }

  @Test
  void attributesCarryTheDigestThatClientsVerify() {
    String url = at.queue("q", Map.of());
    var sent =
        at.sqs.sendMessage(
            at.call(),
            new SendMessageRequest()
                .queueUrl(url)
                .messageBody("x")
                .messageAttributes(
                    Map.of(
                        "n", new MessageAttributeValue().dataType("Number").stringValue("1"),
                        "b",
                            new MessageAttributeValue()
                                .dataType("Binary")
                                .binaryValue("v".getBytes(StandardCharsets.UTF_8)))));
    Message received = at.receive(url, 1).getFirst();
    assertThat(received.md5OfMessageAttributes()).isEqualTo(sent.md5OfMessageAttributes());
    assertThat(received.messageAttributes()).containsOnlyKeys("n", "b");
  }

  @Test
  void batchesFailEntryByEntry() {
    String url = at.queue("q", Map.of());
    var result =
        at.sqs.sendMessageBatch(
            at.call(),
            new SendMessageBatchRequest()
                .queueUrl(url)
                .entries(
                    List.of(
                        new SendMessageBatchRequestEntry().id("a").messageBody("x"),
                        new SendMessageBatchRequestEntry().id("b").messageBody("\u0001"))));
    assertThat(result.successful())
        .extracting(SendMessageBatchResultEntry::id)
        .containsExactly("a");
    assertThat(result.failed())
        .extracting(BatchResultErrorEntry::code)
        .containsExactly("InvalidMessageContents");
    assertThatThrownBy(
            () ->
                at.sqs.sendMessageBatch(
                    at.call(), new SendMessageBatchRequest().queueUrl(url).entries(List.of())))
        .isInstanceOf(EmptyBatchRequest.class);
  }

  @Test
  void badInputGetsAwssErrors() {
    String url = at.queue("q", Map.of());
    assertThatThrownBy(() -> at.send(url + "x", "x")).isInstanceOf(QueueDoesNotExist.class);
    assertThatThrownBy(() -> at.send(url, "x".repeat((1 << 20) + 1)))
        .isInstanceOf(ServiceError.class)
        .hasMessageContaining("shorter than 1048576 bytes");
    assertThatThrownBy(() -> at.queue("bad name", Map.of())).isInstanceOf(ServiceError.class);
    assertThatThrownBy(() -> at.queue("q", Map.of("VisibilityTimeout", "31")))
        .isInstanceOf(QueueNameExists.class);
    assertThatThrownBy(() -> at.queue("r", Map.of("VisibilityTimeout", "x")))
        .isInstanceOf(InvalidAttributeValue.class);
    assertThatThrownBy(() -> at.queue("r", Map.of("Nonsense", "1")))
        .isInstanceOf(InvalidAttributeName.class);
    assertThatThrownBy(() -> at.queue("r", Map.of("RedrivePolicy", redrive("none", 1))))
        .hasMessageContaining("Dead letter target does not exist");
    assertThatThrownBy(
            () ->
                at.sqs.deleteMessage(
                    at.call(), new DeleteMessageRequest().queueUrl(url).receiptHandle("junk")))
        .isInstanceOf(ReceiptHandleIsInvalid.class);
    assertThatThrownBy(() -> at.receive(url, 11)).hasMessageContaining("Must be between 1 and 10");
  }

  @Test
  void visibilityCanBeChanged() {
    String url = at.queue("q", Map.of());
    at.send(url, "x");
    String handle = at.receive(url, 1).getFirst().receiptHandle();
    at.sqs.changeMessageVisibility(
        at.call(),
        new ChangeMessageVisibilityRequest()
            .queueUrl(url)
            .receiptHandle(handle)
            .visibilityTimeout(0));
    assertThat(at.receive(url, 1)).hasSize(1);
    assertThatThrownBy(
            () ->
                at.sqs.changeMessageVisibility(
                    at.call(),
                    new ChangeMessageVisibilityRequest()
                        .queueUrl(url)
                        .receiptHandle(handle)
                        .visibilityTimeout(10)))
        .hasMessageContaining("not available for visibility timeout change");
  }

  @Test
  void queuesAreListedByPrefixInPages() {
    at.queue("a1", Map.of());
    at.queue("a2", Map.of());
    at.queue("b1", Map.of());
    var page =
        at.sqs.listQueues(at.call(), new ListQueuesRequest().queueNamePrefix("a").maxResults(1));
    assertThat(page.queueUrls()).containsExactly(SqsFixture.ENDPOINT + "/000000000000/a1");
    var rest =
        at.sqs.listQueues(
            at.call(),
            new ListQueuesRequest().queueNamePrefix("a").maxResults(1).nextToken(page.nextToken()));
    assertThat(rest.queueUrls()).containsExactly(SqsFixture.ENDPOINT + "/000000000000/a2");
    assertThat(rest.nextToken()).isNull();
  }

  @Test
  void servicesDeliverOnlyWhatThePolicyAllows() {
    String url = at.queue("q", Map.of());
    String arn = "arn:aws:sqs:us-east-1:000000000000:q";
    String topic = "arn:aws:sns:us-east-1:000000000000:t";
    assertRefused(event(arn, topic, "refused"));
    at.sqs.setQueueAttributes(
        at.call(),
        new SetQueueAttributesRequest()
            .queueUrl(url)
            .attributes(
                Map.of(
                    "Policy",
                    "{\"Statement\":{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"sns.amazonaws.com\"},"
                        + "\"Action\":\"sqs:SendMessage\",\"Resource\":\""
                        + arn
                        + "\",\"Condition\":{\"ArnEquals\":{\"aws:SourceArn\":\""
                        + topic
                        + "\"}}}}")));
    assertRefused(event(arn, topic + "2", "refused too"));
    deliver(event(arn, topic, "allowed"));
    var wait =
        new ReceiveMessageRequest().queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(10);
    assertThat(at.sqs.receiveMessage(at.call(), wait).messages())
        .extracting(Message::body)
        .containsExactly("allowed");
  }

  @Test
  void aDenialInTheQueuesPolicyHoldsForTheAccountsOwn() {
    String url = at.queue("q", Map.of());
    at.sqs.setQueueAttributes(
        at.call(),
        new SetQueueAttributesRequest()
            .queueUrl(url)
            .attributes(
                Map.of(
                    "Policy",
                    "{\"Statement\":{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"sqs:*\","
                        + "\"Resource\":\"*\"}}")));
    assertThatThrownBy(
            () ->
                at.sqs.sendMessage(
                    at.call(), new SendMessageRequest().queueUrl(url).messageBody("x")))
        .isInstanceOf(ServiceError.class)
        .hasMessageContaining("not authorized to perform: sqs:sendmessage");
    at.sqs.setQueueAttributes(
        at.call(), new SetQueueAttributesRequest().queueUrl(url).attributes(Map.of("Policy", "")));
    at.sqs.sendMessage(at.call(), new SendMessageRequest().queueUrl(url).messageBody("x"));
  }

  private Event event(String queueArn, String topicArn, String body) {
    return new Event(
        body,
        queueArn,
        "sns.amazonaws.com",
        topicArn,
        "000000000000",
        body.getBytes(StandardCharsets.UTF_8),
        null,
        Map.of(),
        Map.of(),
        Event.Retry.PATIENT,
        null,
        at.clock.millis());
  }

  private void assertRefused(Event event) {
    assertThatThrownBy(() -> at.outbox.probe(event))
        .isInstanceOf(Targets.DeliveryFailed.class)
        .hasMessageContaining("does not allow sns.amazonaws.com");
  }

  private void deliver(Event event) {
    at.kv()
        .tx(
            tx -> {
              at.outbox.send(tx, event);
              return event;
            });
  }

  @Test
  void anotherAccountNeedsThePolicy() {
    String url = at.queue("q", Map.of());
    var stranger =
        at.call()
            .as(new dev.brume.model.Principal.Root("111111111111"))
            .in("111111111111", "us-east-1");
    var message = new SendMessageRequest().queueUrl(url).messageBody("x");
    assertThatThrownBy(() -> at.sqs.sendMessage(stranger, message))
        .isInstanceOf(ServiceError.class)
        .hasMessageContaining("no resource-based policy allows");
    at.sqs.addPermission(
        at.call(),
        new AddPermissionRequest()
            .queueUrl(url)
            .label("l")
            .awsAccountIds(List.of("111111111111"))
            .actions(List.of("SendMessage")));
    at.sqs.sendMessage(stranger, message);
    assertThat(at.receive(url, 1)).hasSize(1);
  }

  static String redrive(String deadLetterQueue, int max) {
    return "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:"
        + deadLetterQueue
        + "\",\"maxReceiveCount\":\""
        + max
        + "\"}";
  }
}

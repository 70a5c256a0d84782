package dev.brume.services.sns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.brume.events.Event;
import dev.brume.events.Outbox;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.sns.*;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SnsServiceTest {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05.006Z");
  private static final String QUEUE = "arn:aws:sqs:us-east-1:000000000000:q";
  private static final String FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";

  private final MemoryKv kv = new MemoryKv();
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final Ids ids = new Ids(new Random(1));
  private final Outbox outbox = new Outbox(kv, clock, timers, ids);
  private final SnsService sns = new SnsService(kv, clock, outbox, ids, false);
  private final BlockingQueue<Event> delivered = new LinkedBlockingQueue<>();
  private final Call call =
      new Call(
          "000000000000",
          "us-east-1",
          new Principal.Root("000000000000"),
          "request",
          START,
          "http://127.0.0.1:4566");
  private final String topic;

  SnsServiceTest() {
    outbox.receive("sqs", delivered::add);
    outbox.receive("lambda", delivered::add);
    timers.start();
    outbox.start();
    topic = sns.createTopic(call, new CreateTopicInput().name("orders")).topicArn();
  }

  @AfterEach
  void close() {
    outbox.close();
    timers.close();
    kv.close();
  }

  private String subscribe(String protocol, String endpoint, Map<String, String> attributes) {
    return sns.subscribe(
            call,
            new SubscribeInput()
                .topicArn(topic)
                .protocol(protocol)
                .endpoint(endpoint)
                .attributes(attributes)
                .returnSubscriptionArn(true))
        .subscriptionArn();
  }

  private String publish(String message, Map<String, MessageAttributeValue> attributes) {
    return sns.publish(
            call, new PublishInput().topicArn(topic).message(message).messageAttributes(attributes))
        .messageId();
  }

  private Event next() throws InterruptedException {
    Event event = delivered.poll(10, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    return event;
  }

  private static String text(Event event) {
    return new String(event.payload(), StandardCharsets.UTF_8);
  }

  private static Map<String, MessageAttributeValue> type(String value) {
    return Map.of("event-type", new MessageAttributeValue().dataType("String").stringValue(value));
  }

  @Test
  void aQueueGetsTheEnvelope() throws Exception {
    String subscription = subscribe("sqs", QUEUE, Map.of());
    String id = publish("a \"quoted\" text", type("order_placed"));
    Event event = next();
    assertThat(event.targetArn()).isEqualTo(QUEUE);
    assertThat(event.attributes()).isEmpty();
    assertThat(text(event))
        .isEqualTo(
            """
            {
              "Type" : "Notification",
              "MessageId" : "%s",
              "TopicArn" : "arn:aws:sns:us-east-1:000000000000:orders",
              "Message" : "a \\"quoted\\" text",
              "Timestamp" : "2026-01-02T03:04:05.006Z",
              "SignatureVersion" : "1",
              "Signature" : "UNSIGNED",
              "SigningCertURL" : "http://127.0.0.1:4566/SimpleNotificationService.pem",
              "UnsubscribeURL" : "http://127.0.0.1:4566/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn=%s",
              "MessageAttributes" : {
                "event-type" : {"Type":"String","Value":"order_placed"}
              }
            }\
            """
                .formatted(id, subscription));
  }

  @Test
  void rawDeliveryPassesMessageAndAttributes() throws Exception {
    subscribe("sqs", QUEUE, Map.of("RawMessageDelivery", "true"));
    publish("raw", type("x"));
    Event event = next();
    assertThat(text(event)).isEqualTo("raw");
    assertThat(event.attributes()).containsOnlyKeys("event-type");
  }

  @Test
  void aFunctionGetsRecords() throws Exception {
    subscribe("lambda", FUNCTION, Map.of());
    publish("hello", type("x"));
    JsonNode sent = Json.parse(text(next()));
    JsonNode first = sent.path("Records").path(0);
    assertThat(first.path("EventSource").asText()).isEqualTo("aws:sns");
    assertThat(first.path("Sns").path("Message").asText()).isEqualTo("hello");
    assertThat(first.path("Sns").path("Subject").isNull()).isTrue();
    assertThat(first.at("/Sns/MessageAttributes/event-type/Value").asText()).isEqualTo("x");
  }

  @Test
  void filterPoliciesChooseByAttributes() throws Exception {
    subscribe("sqs", QUEUE, Map.of("FilterPolicy", "{\"event-type\":[\"order_placed\"]}"));
    subscribe(
        "lambda",
        FUNCTION,
        Map.of("FilterPolicy", "{\"event-type\":[{\"anything-but\":\"order_placed\"}]}"));
    publish("1", type("order_placed"));
    assertThat(next().targetArn()).isEqualTo(QUEUE);
    publish("2", type("order_cancelled"));
    assertThat(next().targetArn()).isEqualTo(FUNCTION);
    publish("3", Map.of());
    publish("4", type("order_placed"));
    assertThat(text(next())).contains("\"4\"");
  }

  @Test
  void filterPoliciesChooseByBodyAndTypedAttributes() throws Exception {
    subscribe(
        "sqs",
        QUEUE,
        Map.of(
            "FilterPolicyScope",
            "MessageBody",
            "FilterPolicy",
            "{\"order\":{\"total\":[{\"numeric\":[\">\",100]}]}}"));
    subscribe("lambda", FUNCTION, Map.of("FilterPolicy", "{\"n\":[{\"numeric\":[\"<\",5]}]}"));
    publish("{\"order\":{\"total\":200}}", Map.of());
    assertThat(next().targetArn()).isEqualTo(QUEUE);
    publish("not json", Map.of());
    publish("x", Map.of("n", new MessageAttributeValue().dataType("Number").stringValue("4")));
    assertThat(next().targetArn()).isEqualTo(FUNCTION);
  }

  @Test
  void messagesMayDifferByProtocol() throws Exception {
    subscribe("sqs", QUEUE, Map.of("RawMessageDelivery", "true"));
    sns.publish(
        call,
        new PublishInput()
            .topicArn(topic)
            .messageStructure("json")
            .message("{\"default\":\"d\",\"sqs\":\"for queues\"}"));
    assertThat(text(next())).isEqualTo("for queues");
    assertThatThrownBy(
            () ->
                sns.publish(
                    call,
                    new PublishInput().topicArn(topic).messageStructure("json").message("{}")))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("No default entry");
  }

  @Test
  void anHttpEndpointConfirmsAndThenReceives() throws Exception {
    var received = new LinkedBlockingQueue<String>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          received.add(
              exchange.getRequestHeaders().getFirst("x-amz-sns-message-type")
                  + " "
                  + new String(body, StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    server.start();
    try {
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/hook";
      subscribe("http", url, Map.of());
      String confirmation = received.poll(10, TimeUnit.SECONDS);
      assertThat(confirmation).startsWith("SubscriptionConfirmation {");
      String token =
          Json.parse(confirmation.substring(confirmation.indexOf('{'))).path("Token").asText();
      publish("too early", Map.of());
      sns.confirmSubscription(call, new ConfirmSubscriptionInput().topicArn(topic).token(token));
      publish("hello", Map.of());
      assertThat(received.poll(10, TimeUnit.SECONDS))
          .startsWith("Notification ")
          .contains("\"hello\"");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void anHttpEndpointOnAnotherMachineIsNotCalled() throws IOException {
    var topics = new Topics(kv);
    subscribe("http", "http://192.0.2.1/hook", Map.of());
    var all =
        sns.listSubscriptionsByTopic(call, new ListSubscriptionsByTopicInput().topicArn(topic));
    assertThat(all.subscriptions().getFirst().subscriptionArn()).isEqualTo("PendingConfirmation");
    var fresh = new Topics(kv);
    String arn = fresh.subscriptionsOf("000000000000", "us-east-1").getFirst().arn();
    var event =
        new Event(
            "1",
            arn.replace(":sns:", ":sns-http:"),
            "sns.amazonaws.com",
            topic,
            "000000000000",
            new byte[0],
            null,
            Map.of(),
            Map.of(),
            Event.Retry.PATIENT,
            null,
            0);
    assertThat(topics.subscriptionsOf("000000000000", "us-east-1")).isEmpty();
    assertThatThrownBy(() -> new HttpDelivery(fresh, false).deliver(event))
        .hasMessageContaining("not this machine");
  }

  @Test
  void attributesShowAndChange() {
    String arn = subscribe("sqs", QUEUE, Map.of());
    assertThat(subscribe("sqs", QUEUE, Map.of())).isEqualTo(arn);
    sns.setSubscriptionAttributes(
        call,
        new SetSubscriptionAttributesInput()
            .subscriptionArn(arn)
            .attributeName("RawMessageDelivery")
            .attributeValue("true"));
    assertThat(
            sns.getSubscriptionAttributes(
                    call, new GetSubscriptionAttributesInput().subscriptionArn(arn))
                .attributes())
        .containsEntry("RawMessageDelivery", "true")
        .containsEntry("PendingConfirmation", "false");
    assertThat(
            sns.getTopicAttributes(call, new GetTopicAttributesInput().topicArn(topic))
                .attributes())
        .containsEntry("SubscriptionsConfirmed", "1")
        .containsKey("Policy");
    sns.deleteTopic(call, new DeleteTopicInput().topicArn(topic));
    sns.deleteTopic(call, new DeleteTopicInput().topicArn(topic));
    assertThat(sns.listSubscriptions(call, new ListSubscriptionsInput()).subscriptions()).isEmpty();
    assertThatThrownBy(() -> publish("x", Map.of())).isInstanceOf(NotFoundException.class);
  }

  @Test
  void filterPoliciesHaveLimits() {
    String values = "[" + "1,".repeat(150) + "1]";
    assertThatThrownBy(() -> filter("{\"a\":" + values + "}"))
        .hasMessageContaining("Filter policy is too complex");
    assertThatThrownBy(
            () ->
                filter(
                    "{\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13],\"b\":[1,2,3,4,5,6,7,8,9,10,11,12]}"))
        .hasMessageContaining("Filter policy is too complex");
    assertThatThrownBy(
            () -> filter("{\"a\":[1],\"b\":[1],\"c\":[1],\"d\":[1],\"e\":[1],\"f\":[1]}"))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("Filter policy can not have more than 5 keys");
    filter("{\"a\":[1],\"$or\":[{\"b\":[1]},{\"c\":[1,2]}]}");
  }

  private void filter(String policy) {
    subscribe("sqs", QUEUE, Map.of("FilterPolicy", policy));
  }

  @Test
  void badInputGetsAwssErrors() {
    assertThatThrownBy(() -> publish("", Map.of())).hasMessage("Invalid parameter: Empty message");
    assertThatThrownBy(() -> publish("x".repeat((256 << 10) + 1), Map.of()))
        .hasMessage("Invalid parameter: Message too long");
    assertThatThrownBy(() -> subscribe("pigeon", "x", Map.of()))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> subscribe("sqs", QUEUE, Map.of("FilterPolicy", "{\"a\":\"b\"}")))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("FilterPolicy");
    assertThatThrownBy(() -> sns.createTopic(call, new CreateTopicInput().name("a.fifo")))
        .isInstanceOf(InvalidParameterException.class);
    assertThatThrownBy(() -> sns.publishBatch(call, new PublishBatchInput().topicArn(topic)))
        .isInstanceOf(EmptyBatchRequestException.class);
    var batch =
        sns.publishBatch(
            call,
            new PublishBatchInput()
                .topicArn(topic)
                .publishBatchRequestEntries(
                    List.of(
                        new PublishBatchRequestEntry().id("a").message("x"),
                        new PublishBatchRequestEntry().id("b").message(""))));
    assertThat(batch.successful()).hasSize(1);
    assertThat(batch.failed()).hasSize(1);
  }
}

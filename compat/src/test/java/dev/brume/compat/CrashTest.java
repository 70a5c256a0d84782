package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.retry.RetryMode;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// `kill -9` at random moments while messages, objects, notifications and items flow; afterwards every acknowledged one must have had its whole effect, at least once, and a schedule that came due meanwhile must have fired.
class CrashTest {
  private static final int KILLS = 4;
  @TempDir Path folder;
  private Server server;
  private Map<String, Set<String>> acknowledged = Map.of();

  private <C, B extends AwsClientBuilder<B, C>> C client(B builder) {
    return builder.endpointOverride(URI.create(server.endpoint())).region(Region.US_EAST_1)
        .overrideConfiguration(c -> c.retryStrategy(RetryMode.STANDARD).retryStrategy(r -> r.maxAttempts(1)).apiCallTimeout(Duration.ofSeconds(20)))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build();
  }

  private String queue(SqsClient sqs, String name) {
    String url = sqs.createQueue(b -> b.queueName(name).attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "600"))).queueUrl();
    String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"" + arn(name) + "\"}]}";
    sqs.setQueueAttributes(b -> b.queueUrl(url).attributes(Map.of(QueueAttributeName.POLICY, policy)));
    return url;
  }

  private static String arn(String queue) {
    return "arn:aws:sqs:us-east-1:000000000000:" + queue;
  }

  @Test
  void everyAcknowledgedRequestHasItsWholeEffect() throws Exception {
    server = Server.start(folder.resolve("data"));
    try (SqsClient sqs = client(SqsClient.builder());
        SnsClient sns = client(SnsClient.builder());
        S3Client s3 = client(S3Client.builder().serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build()));
        DynamoDbClient dynamo = client(DynamoDbClient.builder());
        EventBridgeClient events = client(EventBridgeClient.builder())) {
      String direct = queue(sqs, "direct");
      String objects = queue(sqs, "objects");
      String orders = queue(sqs, "orders");
      String rules = queue(sqs, "rules");
      String ticks = queue(sqs, "ticks");
      String topic = sns.createTopic(b -> b.name("orders")).topicArn();
      sns.subscribe(b -> b.topicArn(topic).protocol("sqs").endpoint(arn("orders")).attributes(Map.of("RawMessageDelivery", "true")));
      s3.createBucket(b -> b.bucket("crash"));
      s3.putBucketNotificationConfiguration(b -> b.bucket("crash").skipDestinationValidation(true)
          .notificationConfiguration(n -> n.queueConfigurations(q -> q.queueArn(arn("objects")).eventsWithStrings("s3:ObjectCreated:*"))));
      dynamo.createTable(b -> b.tableName("crash").billingMode("PAY_PER_REQUEST").keySchema(k -> k.attributeName("id").keyType("HASH"))
          .attributeDefinitions(a -> a.attributeName("id").attributeType("S")));
      events.putRule(b -> b.name("all").eventPattern("{\"source\":[\"shop\"]}"));
      events.putTargets(b -> b.rule("all").targets(t -> t.id("q").arn(arn("rules")).inputPath("$.detail.id")));
      events.putRule(b -> b.name("tick").scheduleExpression("rate(1 hour)"));
      events.putTargets(b -> b.rule("tick").targets(t -> t.id("q").arn(arn("ticks"))));

      Map<String, KillLoop.Flow> flows = Map.of(
          "direct", id -> sqs.sendMessage(b -> b.queueUrl(direct).messageBody(id)),
          "orders", id -> sns.publish(b -> b.topicArn(topic).message(id)),
          "objects", id -> s3.putObject(b -> b.bucket("crash").key(id), RequestBody.fromString(id.hashCode() % 5 == 0 ? id + "x".repeat(200_000) : id)),
          "rules", id -> events.putEvents(b -> b.entries(e -> e.source("shop").detailType("t").detail("{\"id\":\"" + id + "\"}"))),
          "items", id -> dynamo.putItem(b -> b.tableName("crash").item(Map.of("id", AttributeValue.fromS(id), "b", AttributeValue.fromB(SdkBytes.fromUtf8String(id))))));
      acknowledged = KillLoop.run(server, KILLS, 11, flows);
      server.advance(3600);

      assertThat(drained(sqs, direct, body -> body, "direct")).containsAll(acknowledged.get("direct"));
      assertThat(drained(sqs, orders, body -> body, "orders")).containsAll(acknowledged.get("orders"));
      assertThat(drained(sqs, rules, body -> body.replace("\"", ""), "rules")).containsAll(acknowledged.get("rules"));
      assertThat(drained(sqs, objects, CrashTest::objectKey, "objects")).containsAll(acknowledged.get("objects"));
      assertThat(drained(sqs, ticks, body -> "tick", "ticks")).contains("tick");
      for (String id : acknowledged.get("objects")) {
        assertThat(s3.getObjectAsBytes(b -> b.bucket("crash").key(id)).asUtf8String()).startsWith(id);
      }
      for (String id : acknowledged.get("items")) {
        assertThat(dynamo.getItem(b -> b.tableName("crash").key(Map.of("id", AttributeValue.fromS(id))).consistentRead(true)).item()).containsKey("b");
      }
      acknowledged.forEach((flow, ids) -> assertThat(ids).as(flow).isNotEmpty());
    } finally {
      server.close();
    }
  }

  /// Everything in a queue, once nothing more comes while something acknowledged is missing.
  private Set<String> drained(SqsClient sqs, String url, java.util.function.UnaryOperator<String> id, String flow) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Set<String> wanted = acknowledged.getOrDefault(flow, Set.of("tick"));
    int quiet = 0;
    while (quiet < 3 && !seen.containsAll(wanted)) {
      List<String> bodies = new ArrayList<>();
      sqs.receiveMessage(b -> b.queueUrl(url).maxNumberOfMessages(10).waitTimeSeconds(3)).messages().forEach(message -> bodies.add(message.body()));
      quiet = bodies.isEmpty() ? quiet + 1 : 0;
      bodies.forEach(body -> seen.add(id.apply(body)));
    }
    return seen;
  }

  private static String objectKey(String body) {
    int at = body.indexOf("\"key\":\"") + 7;
    return body.substring(at, body.indexOf('"', at));
  }
}

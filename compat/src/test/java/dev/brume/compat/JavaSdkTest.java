package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/// The AWS SDK for Java v2, which checks digests and models errors as classes.
class JavaSdkTest {
  @TempDir static Path folder;
  private static Server server;

  @BeforeAll
  static void start() {
    server = Server.start(folder.resolve("data"));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static <C, B extends AwsClientBuilder<B, C>> C client(B builder) {
    return builder.endpointOverride(URI.create(server.endpoint())).region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build();
  }

  @Test
  void queues() {
    try (SqsClient sqs = client(SqsClient.builder())) {
      String url = sqs.createQueue(b -> b.queueName("java").attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "5"))).queueUrl();
      sqs.sendMessage(b -> b.queueUrl(url).messageBody("héllo").messageAttributes(Map.of("a",
          software.amazon.awssdk.services.sqs.model.MessageAttributeValue.builder().dataType("Number").stringValue("7").build())));
      var message = sqs.receiveMessage(b -> b.queueUrl(url).messageAttributeNames("All").waitTimeSeconds(2)).messages().getFirst();
      assertThat(message.body()).isEqualTo("héllo");
      assertThat(message.messageAttributes().get("a").stringValue()).isEqualTo("7");
      sqs.deleteMessage(b -> b.queueUrl(url).receiptHandle(message.receiptHandle()));
      assertThatThrownBy(() -> sqs.getQueueUrl(b -> b.queueName("none"))).isInstanceOf(QueueDoesNotExistException.class);
    }
  }

  @Test
  void objects() {
    try (S3Client s3 = S3Client.builder().forcePathStyle(true).endpointOverride(URI.create(server.endpoint())).region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build()) {
      s3.createBucket(b -> b.bucket("java-sdk"));
      byte[] body = new byte[300_000];
      for (int i = 0; i < body.length; i++) {
        body[i] = (byte) (i * 31);
      }
      for (ChecksumAlgorithm algorithm : List.of(ChecksumAlgorithm.CRC32, ChecksumAlgorithm.SHA256, ChecksumAlgorithm.SHA1)) {
        s3.putObject(b -> b.bucket("java-sdk").key("a/b c+d").checksumAlgorithm(algorithm).metadata(Map.of("k", "v")), RequestBody.fromBytes(body));
        var got = s3.getObjectAsBytes(b -> b.bucket("java-sdk").key("a/b c+d").checksumMode("ENABLED"));
        assertThat(got.asByteArray()).isEqualTo(body);
        assertThat(got.response().metadata()).containsEntry("k", "v");
      }
      assertThat(s3.getObjectAsBytes(b -> b.bucket("java-sdk").key("a/b c+d").range("bytes=10-19")).asByteArray()).hasSize(10);
      assertThatThrownBy(() -> s3.getObject(b -> b.bucket("java-sdk").key("none"))).isInstanceOf(NoSuchKeyException.class);
    }
  }

  @Test
  void tables() {
    try (DynamoDbClient dynamo = client(DynamoDbClient.builder())) {
      dynamo.createTable(b -> b.tableName("java").billingMode("PAY_PER_REQUEST").keySchema(k -> k.attributeName("id").keyType("HASH"))
          .attributeDefinitions(a -> a.attributeName("id").attributeType("S")));
      dynamo.waiter().waitUntilTableExists(b -> b.tableName("java"));
      var item = Map.of("id", AttributeValue.fromS("x"), "list", AttributeValue.fromL(List.of(AttributeValue.fromN("1"), AttributeValue.fromBool(true))));
      dynamo.putItem(b -> b.tableName("java").item(item));
      assertThat(dynamo.getItem(b -> b.tableName("java").key(Map.of("id", AttributeValue.fromS("x")))).item()).isEqualTo(item);
      assertThatThrownBy(() -> dynamo.putItem(b -> b.tableName("java").item(item).conditionExpression("attribute_not_exists(id)")))
          .isInstanceOf(ConditionalCheckFailedException.class);
    }
  }

  @Test
  void topicsAndRulesReachQueues() {
    try (SqsClient sqs = client(SqsClient.builder());
        SnsClient sns = client(SnsClient.builder());
        EventBridgeClient events = client(EventBridgeClient.builder())) {
      String url = sqs.createQueue(b -> b.queueName("fan")).queueUrl();
      String queueArn = sqs.getQueueAttributes(b -> b.queueUrl(url).attributeNames(QueueAttributeName.QUEUE_ARN)).attributes().get(QueueAttributeName.QUEUE_ARN);
      String policy = "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"sqs:SendMessage\",\"Resource\":\"" + queueArn + "\"}]}";
      sqs.setQueueAttributes(b -> b.queueUrl(url).attributes(Map.of(QueueAttributeName.POLICY, policy)));
      String topic = sns.createTopic(b -> b.name("fan")).topicArn();
      sns.subscribe(b -> b.topicArn(topic).protocol("sqs").endpoint(queueArn).attributes(Map.of("RawMessageDelivery", "true", "FilterPolicy", "{\"kind\":[\"big\"]}")));
      sns.publish(b -> b.topicArn(topic).message("small").messageAttributes(Map.of("kind", software.amazon.awssdk.services.sns.model.MessageAttributeValue.builder().dataType("String").stringValue("small").build())));
      sns.publish(b -> b.topicArn(topic).message("big").messageAttributes(Map.of("kind", software.amazon.awssdk.services.sns.model.MessageAttributeValue.builder().dataType("String").stringValue("big").build())));
      assertThat(receive(sqs, url)).isEqualTo("big");
      events.putRule(b -> b.name("r").eventPattern("{\"source\":[\"shop\"]}"));
      events.putTargets(b -> b.rule("r").targets(t -> t.id("q").arn(queueArn).inputPath("$.detail.n")));
      events.putEvents(b -> b.entries(e -> e.source("shop").detailType("t").detail("{\"n\":42}")));
      assertThat(receive(sqs, url)).isEqualTo("42");
    }
  }

  private static String receive(SqsClient sqs, String url) {
    var message = sqs.receiveMessage(b -> b.queueUrl(url).waitTimeSeconds(10)).messages().getFirst();
    sqs.deleteMessage(b -> b.queueUrl(url).receiptHandle(message.receiptHandle()));
    return message.body();
  }
}

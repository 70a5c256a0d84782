package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
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
import software.amazon.awssdk.services.eventbridge.EventBridgeClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;

/// `kill -9` while events reach a function by every way there is: through an API, a queue, a topic, a bucket, a rule, and by invoking it. The function writes what it sees
/// to a table; whatever was acknowledged must be there in the end, and so must the schedule that came due while nothing ran.
class FunctionsCrashTest {
  private static final int KILLS = 4;
  private static final String FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:record";
  private static final String HANDLER = """
      const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
      const client = new DynamoDBClient({});
      const ids = event =>
        event.Records ? event.Records.map(r => r.Sns ? r.Sns.Message : r.s3 ? r.s3.object.key : r.body)
          : [event.body ?? event.detail?.id ?? event.id];
      exports.handler = async event => {
        for (const id of ids(event)) {
          await client.send(new PutItemCommand({ TableName: 'seen', Item: { id: { S: id } } }));
        }
        return { statusCode: 200, body: 'seen' };
      };
      """;
  private static final String ROLE_POLICY = """
      {"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"arn:aws:dynamodb:*:*:table/seen"},
        {"Effect":"Allow","Action":["sqs:ReceiveMessage","sqs:DeleteMessage","sqs:GetQueueAttributes"],"Resource":"*"}]}
      """;

  @TempDir Path folder;
  private Server server;

  @BeforeEach
  void start() {
    assumeTrue(Client.has("node", "--version"), "no Node");
    server = Server.start(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private <C, B extends AwsClientBuilder<B, C>> C client(B builder) {
    return builder.endpointOverride(URI.create(server.endpoint())).region(Region.US_EAST_1)
        .overrideConfiguration(c -> c.retryStrategy(RetryMode.STANDARD).retryStrategy(r -> r.maxAttempts(1)).apiCallTimeout(Duration.ofSeconds(20)))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build();
  }

  private String api(String method, String path, String body) {
    return server.aws("apigateway", method, path, "application/json", body);
  }

  private static String id(String json) {
    int at = json.indexOf("\"id\":\"") + 6;
    return json.substring(at, json.indexOf('"', at));
  }

  private void function(LambdaClient lambda) throws Exception {
    Functions.role(server, "record", ROLE_POLICY);
    byte[] code = Functions.zip("index.js", HANDLER);
    lambda.createFunction(b -> b.functionName("record").runtime("nodejs22.x").handler("index.handler").role("arn:aws:iam::000000000000:role/record").timeout(10)
        .code(c -> c.zipFile(SdkBytes.fromByteArray(code))));
    lambda.waiter().waitUntilFunctionActiveV2(b -> b.functionName("record"));
    for (String from : new String[] {"apigateway", "sns", "s3", "events"}) {
      lambda.addPermission(b -> b.functionName("record").statementId(from).action("lambda:InvokeFunction").principal(from + ".amazonaws.com"));
    }
  }

  /// The path of an API whose `POST /` is the function.
  private String restApi() {
    String rest = id(api("POST", "/restapis", "{\"name\":\"record\"}"));
    String root = id(api("GET", "/restapis/" + rest + "/resources", ""));
    String method = "/restapis/" + rest + "/resources/" + root + "/methods/POST";
    api("PUT", method, "{\"authorizationType\":\"NONE\"}");
    api("PUT", method + "/integration", "{\"type\":\"AWS_PROXY\",\"httpMethod\":\"POST\",\"uri\":\"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + FUNCTION + "/invocations\"}");
    api("POST", "/restapis/" + rest + "/deployments", "{\"stageName\":\"live\"}");
    return "/restapis/" + rest + "/live/_user_request_/";
  }

  @Test
  void whatWasAcknowledgedReachesTheFunction() throws Exception {
    try (SqsClient sqs = client(SqsClient.builder());
        SnsClient sns = client(SnsClient.builder());
        S3Client s3 = client(S3Client.builder().forcePathStyle(true));
        DynamoDbClient dynamo = client(DynamoDbClient.builder());
        EventBridgeClient events = client(EventBridgeClient.builder());
        LambdaClient lambda = client(LambdaClient.builder())) {
      dynamo.createTable(b -> b.tableName("seen").billingMode("PAY_PER_REQUEST").keySchema(k -> k.attributeName("id").keyType("HASH"))
          .attributeDefinitions(a -> a.attributeName("id").attributeType("S")));
      function(lambda);
      String queue = sqs.createQueue(b -> b.queueName("work")).queueUrl();
      lambda.createEventSourceMapping(b -> b.functionName("record").eventSourceArn("arn:aws:sqs:us-east-1:000000000000:work").batchSize(5));
      String topic = sns.createTopic(b -> b.name("orders")).topicArn();
      sns.subscribe(b -> b.topicArn(topic).protocol("lambda").endpoint(FUNCTION));
      s3.createBucket(b -> b.bucket("crash"));
      s3.putBucketNotificationConfiguration(b -> b.bucket("crash")
          .notificationConfiguration(n -> n.lambdaFunctionConfigurations(f -> f.lambdaFunctionArn(FUNCTION).eventsWithStrings("s3:ObjectCreated:*"))));
      events.putRule(b -> b.name("shop").eventPattern("{\"source\":[\"shop\"]}"));
      events.putTargets(b -> b.rule("shop").targets(t -> t.id("f").arn(FUNCTION)));
      String url = server.endpoint() + restApi();

      Map<String, Set<String>> acknowledged = KillLoop.run(server, KILLS, 7, Map.of(
          "queue", id -> sqs.sendMessage(b -> b.queueUrl(queue).messageBody(id)),
          "topic", id -> sns.publish(b -> b.topicArn(topic).message(id)),
          "bucket", id -> s3.putObject(b -> b.bucket("crash").key(id), RequestBody.fromString(id)),
          "rule", id -> events.putEvents(b -> b.entries(e -> e.source("shop").detailType("t").detail("{\"id\":\"" + id + "\"}"))),
          "async", id -> lambda.invoke(b -> b.functionName("record").invocationType(InvocationType.EVENT).payload(SdkBytes.fromUtf8String("{\"id\":\"" + id + "\"}"))),
          "invoke", id -> assertThat(lambda.invoke(b -> b.functionName("record").payload(SdkBytes.fromUtf8String("{\"id\":\"" + id + "\"}"))).functionError()).isNull(),
          "api", id -> assertThat(Server.send(HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20))
              .POST(HttpRequest.BodyPublishers.ofString(id)).build()).statusCode()).isEqualTo(200)));

      acknowledged.forEach((flow, ids) -> {
        assertThat(ids).as(flow).isNotEmpty();
        assertThat(seen(dynamo, ids)).as(flow).containsAll(ids);
      });
    }
  }

  @Test
  void aScheduleThatCameDueWhileNothingRanFires() throws Exception {
    try (DynamoDbClient dynamo = client(DynamoDbClient.builder());
        EventBridgeClient events = client(EventBridgeClient.builder());
        LambdaClient lambda = client(LambdaClient.builder())) {
      dynamo.createTable(b -> b.tableName("seen").billingMode("PAY_PER_REQUEST").keySchema(k -> k.attributeName("id").keyType("HASH"))
          .attributeDefinitions(a -> a.attributeName("id").attributeType("S")));
      function(lambda);
      events.putRule(b -> b.name("hourly").scheduleExpression("rate(1 hour)"));
      events.putTargets(b -> b.rule("hourly").targets(t -> t.id("f").arn(FUNCTION).input("{\"id\":\"hourly\"}")));
      server.advance(3598);
      assertThat(read(dynamo)).isEmpty();
      server.kill();
      // What is tested is real time that passes while no process is there.
      TimeUnit.SECONDS.sleep(3);
      server.start();
      assertThat(seen(dynamo, Set.of("hourly"))).containsExactly("hourly");
    }
  }

  /// What the function wrote, once all of it is there or nothing more comes, retries on the virtual clock included.
  private Set<String> seen(DynamoDbClient dynamo, Set<String> wanted) {
    Set<String> before = Set.of();
    for (int quiet = 0; quiet < 5; ) {
      Set<String> now = read(dynamo);
      if (now.containsAll(wanted)) {
        return now;
      }
      quiet = now.equals(before) ? quiet + 1 : 0;
      before = now;
      server.advance(60);
    }
    return before;
  }

  private static Set<String> read(DynamoDbClient dynamo) {
    var ids = new HashSet<String>();
    dynamo.scanPaginator(b -> b.tableName("seen").consistentRead(true)).items().forEach(item -> ids.add(item.get("id").s()));
    return ids;
  }
}

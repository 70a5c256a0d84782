package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Handlers with AWS Powertools for Java, in jars made by the Maven shade plugin: `src/test/powertools-java`.
class PowertoolsJavaTest {
  private static final Path FIXTURE = Path.of("src/test/powertools-java").toAbsolutePath();
  private static final ObjectMapper JSON = new ObjectMapper();
  /// Asked for by the caller, so that it is sampled.
  private static final String TRACE = "1-6b083529-4c2a24b144f53db799ae8c65";
  /// What Maven says of libraries that it cannot get.
  private static final Pattern UNRESOLVED = Pattern.compile("(?i)could not be resolved|could not resolve|could not find artifact|could not transfer artifact");

  @TempDir static Path folder;
  private static Path project;
  private static Server server;
  private static LambdaClient lambda;
  private static DynamoDbClient dynamo;
  private static SqsClient sqs;

  @BeforeAll
  static void start() throws IOException {
    assumeTrue(Client.has("mvn", "--version"), "no Maven");
    project = folder.resolve("project");
    copy();
    Map<String, String> environment = Map.of("JAVA_HOME", System.getProperty("java.home"), "MAVEN_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    Client.Result built = Client.run(project, environment, 600, "mvn", "-B", "-ntp", "-q", "-T2", "package");
    assumeTrue(built.code() == 0 || !UNRESOLVED.matcher(built.output()).find(),
        () -> "Maven cannot get all of Powertools: " + built.output().lines().filter(l -> l.startsWith("[ERROR]")).findFirst().orElse(""));
    assertThat(built.code()).as(built.output()).isZero();
    server = Server.start(folder.resolve("data"));
    lambda = client(LambdaClient.builder().httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(90))));
    dynamo = client(DynamoDbClient.builder());
    sqs = client(SqsClient.builder());
  }

  private static void copy() throws IOException {
    try (var files = Files.walk(FIXTURE)) {
      for (Path file : files.filter(Files::isRegularFile).map(FIXTURE::relativize).filter(f -> !f.toString().contains("target/")).toList()) {
        Files.createDirectories(project.resolve(file).getParent());
        Files.copy(FIXTURE.resolve(file), project.resolve(file));
      }
    }
  }

  private static <C, B extends AwsClientBuilder<B, C>> C client(B builder) {
    return builder.endpointOverride(URI.create(server.endpoint())).region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build();
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      lambda.close();
      dynamo.close();
      sqs.close();
      server.close();
    }
  }

  private static void create(String name, String runtime, String module, String handler, String allowed, Map<String, String> variables) throws IOException {
    Functions.role(server, name, "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[" + allowed + "],\"Resource\":\"*\"}]}");
    server.aws("logs", "Logs_20140328.CreateLogGroup", "{\"logGroupName\":\"/aws/lambda/" + name + "\"}");
    byte[] jar = Files.readAllBytes(project.resolve(module + "/target/" + module + "-1.jar"));
    lambda.createFunction(b -> b.functionName(name).runtime(runtime).handler(handler).role("arn:aws:iam::000000000000:role/" + name).timeout(60).memorySize(1024)
        .tracingConfig(t -> t.mode("Active")).environment(e -> e.variables(variables)).code(c -> c.zipFile(SdkBytes.fromByteArray(jar))));
    lambda.waiter().waitUntilFunctionActiveV2(b -> b.functionName(name));
  }

  private static InvokeResponse call(String name, String event) {
    return lambda.invoke(b -> b.functionName(name).payload(SdkBytes.fromUtf8String(event)).overrideConfiguration(o -> o.putHeader("X-Amzn-Trace-Id", "Root=" + TRACE + ";Sampled=1")));
  }

  private static JsonNode invoke(String name, String event) throws IOException {
    InvokeResponse response = call(name, event);
    assertThat(response.functionError()).as(response.payload().asUtf8String()).isNull();
    return JSON.readTree(response.payload().asByteArray());
  }

  /// All that a function wrote.
  private static List<String> log(String name) {
    try {
      var lines = new ArrayList<String>();
      JSON.readTree(server.aws("logs", "Logs_20140328.FilterLogEvents", "{\"logGroupName\":\"/aws/lambda/" + name + "\"}")).path("events")
          .forEach(e -> lines.add(e.get("message").asText().strip()));
      return lines;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<JsonNode> records(String name) throws IOException {
    var all = new ArrayList<JsonNode>();
    for (String line : log(name)) {
      if (line.startsWith("{")) {
        all.add(JSON.readTree(line));
      }
    }
    return all;
  }

  private static void await(String what, BooleanSupplier there) {
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(120); !there.getAsBoolean(); Thread.onSpinWait()) {
      assertThat(System.nanoTime()).as(what).isLessThan(end);
    }
  }

  private static void awaitReports(String name, int invocations) {
    await("the log of " + name, () -> log(name).stream().filter(l -> l.startsWith("REPORT ")).count() == invocations);
  }

  private static String text(List<JsonNode> records, String field) {
    return records.stream().map(r -> r.path(field).asText("-")).toList().toString();
  }

  @Test
  void loggerMetricsAndParameters() throws IOException {
    server.aws("ssm", "AmazonSSM.PutParameter", "{\"Name\":\"/shop/greeting\",\"Value\":\"hello\",\"Type\":\"String\"}");
    server.aws("ssm", "AmazonSSM.PutParameter", "{\"Name\":\"/shop/secret\",\"Value\":\"swordfish\",\"Type\":\"SecureString\"}");
    create("order", "java21", "current", "shop.Order", "\"ssm:GetParameter\"", Map.of("POWERTOOLS_SERVICE_NAME", "shop", "POWERTOOLS_METRICS_NAMESPACE", "Shop", "POWERTOOLS_LOG_LEVEL", "INFO"));
    assertThat(invoke("order", "{\"orderId\":\"o1\",\"customer\":\"Ann\"}")).isEqualTo(JSON.readTree("{\"greeting\":\"hello\",\"secret\":\"swordfish\"}"));
    invoke("order", "{\"orderId\":\"o2\",\"customer\":\"Bob\"}");
    awaitReports("order", 2);
    List<JsonNode> taken = records("order").stream().filter(r -> r.path("message").asText().equals("order taken")).toList();
    assertThat(text(taken, "cold_start")).isEqualTo("[true, false]");
    assertThat(text(taken, "correlation_id")).isEqualTo("[o1, o2]");
    assertThat(text(taken, "customer")).isEqualTo("[Ann, Bob]");
    JsonNode cold = taken.getFirst();
    assertThat(List.of(cold.get("level").asText(), cold.get("service").asText(), cold.get("function_name").asText(), cold.get("function_memory_size").asText(), cold.get("function_version").asText()))
        .containsExactly("INFO", "shop", "order", "1024", "$LATEST");
    assertThat(cold.get("function_arn").asText()).isEqualTo("arn:aws:lambda:us-east-1:000000000000:function:order");
    assertThat(cold.get("xray_trace_id").asText()).isEqualTo(TRACE);
    assertThat(log("order")).anyMatch(l -> l.startsWith("REPORT RequestId: " + cold.get("function_request_id").asText())).noneMatch(l -> l.contains("not to be seen"));
    List<JsonNode> metrics = records("order").stream().filter(r -> r.has("_aws")).toList();
    assertThat(metrics).allMatch(m -> m.at("/_aws/CloudWatchMetrics/0/Namespace").asText().equals("Shop"));
    assertThat(metrics.stream().filter(m -> m.path("ColdStart").asInt() == 1)).as(metrics.toString()).hasSize(1);
    assertThat(text(metrics.stream().filter(m -> m.path("orders").asInt() == 1).toList(), "orderId")).isEqualTo("[o1, o2]");
  }

  @Test
  void idempotencyAndTracer() throws IOException {
    dynamo.createTable(b -> b.tableName("payments").billingMode("PAY_PER_REQUEST").keySchema(k -> k.attributeName("id").keyType("HASH"))
        .attributeDefinitions(a -> a.attributeName("id").attributeType("S")));
    create("pay", "java25", "annotated", "shop.Pay::handleRequest", "\"dynamodb:GetItem\",\"dynamodb:PutItem\",\"dynamodb:UpdateItem\",\"dynamodb:DeleteItem\"",
        Map.of("POWERTOOLS_SERVICE_NAME", "shop", "PAYMENTS", "payments"));
    JsonNode first = invoke("pay", "{\"orderId\":\"o1\",\"amount\":5}");
    assertThat(invoke("pay", "{\"orderId\":\"o1\",\"amount\":5}")).isEqualTo(first);
    assertThat(invoke("pay", "{\"orderId\":\"o2\",\"amount\":5}").get("paymentId")).isNotEqualTo(first.get("paymentId"));
    InvokeResponse forged = call("pay", "{\"orderId\":\"o1\",\"amount\":6}");
    assertThat(forged.functionError()).isEqualTo("Unhandled");
    assertThat(JSON.readTree(forged.payload().asByteArray()).get("errorType").asText()).endsWith("IdempotencyValidationException");
    assertThat(dynamo.scan(b -> b.tableName("payments")).items()).extracting(i -> i.get("status").s()).containsExactly("COMPLETED", "COMPLETED");
    awaitReports("pay", 4);
    List<JsonNode> paid = records("pay").stream().filter(r -> r.path("message").asText().equals("paying")).toList();
    assertThat(text(paid, "correlation_id")).isEqualTo("[o1, o2]");
    assertThat(text(paid, "coldStart")).isEqualTo("[true, false]");
    assertThat(first.get("trace").asText()).isEqualTo("trace " + TRACE + " sampled");
    assertThat(log("pay")).anyMatch(l -> l.startsWith("REPORT RequestId: " + paid.getFirst().get("function_request_id").asText()) && l.contains("XRAY TraceId: " + TRACE + "\tSegmentId: "));
  }

  @Test
  void batchOfAQueue() throws IOException {
    String deadUrl = sqs.createQueue(b -> b.queueName("dead")).queueUrl();
    String url = sqs.createQueue(b -> b.queueName("items").attributes(Map.of(QueueAttributeName.VISIBILITY_TIMEOUT, "60", QueueAttributeName.REDRIVE_POLICY,
        "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead\",\"maxReceiveCount\":2}"))).queueUrl();
    create("batch", "java21", "annotated", "shop.Batch", "\"sqs:ReceiveMessage\",\"sqs:DeleteMessage\",\"sqs:GetQueueAttributes\",\"sqs:GetQueueUrl\"", Map.of("POWERTOOLS_SERVICE_NAME", "shop"));
    sqs.sendMessageBatch(b -> b.queueUrl(url).entries(List.of("good-1", "bad-1", "good-2").stream()
        .map(m -> software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry.builder().id(m).messageBody(m).build()).toList()));
    lambda.createEventSourceMapping(b -> b.functionName("batch").eventSourceArn("arn:aws:sqs:us-east-1:000000000000:items").batchSize(10));
    awaitReports("batch", 1);
    var left = sqs.getQueueAttributes(b -> b.queueUrl(url).attributeNames(QueueAttributeName.ALL)).attributes();
    assertThat(left).as(() -> String.join("\n", log("batch"))).containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE, "1").containsEntry(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0");
    Set<String> dead = new HashSet<>();
    await("the bad message in the dead letter queue", () -> {
      server.advance(61);
      sqs.receiveMessage(b -> b.queueUrl(deadUrl)).messages().forEach(m -> dead.add(m.body()));
      return !dead.isEmpty();
    });
    assertThat(dead).containsExactly("bad-1");
    awaitReports("batch", 2);
    assertThat(text(records("batch").stream().filter(r -> r.path("message").asText().startsWith("got ")).toList(), "message"))
        .isEqualTo("[got good-1, got bad-1, got good-2, got bad-1]");
  }
}

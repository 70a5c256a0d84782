package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.joda.time.DateTime;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;

/// Functions in Java with AWS's classes for events, in a jar that brings its libraries along, deployed by the SDK for Java and by the CDK.
class JavaFunctionsTest {
  /// As AWS's documentation of each service shows them.
  private static final Map<String, String> EVENTS = Map.of(
      "queue", """
          {"Records":[{"messageId":"m1","receiptHandle":"h","body":"good","attributes":{"ApproximateReceiveCount":"1"},"messageAttributes":{},"md5OfBody":"x",
          "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:000000000000:q","awsRegion":"us-east-1"},
          {"messageId":"m2","receiptHandle":"h","body":"bad","attributes":{},"messageAttributes":{"k":{"stringValue":"v","dataType":"String","stringListValues":[],"binaryListValues":[]}},
          "md5OfBody":"x","eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:000000000000:q","awsRegion":"us-east-1"}]}
          """,
      "bucket", """
          {"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-01-02T03:04:05.678Z","eventName":"ObjectCreated:Put",
          "userIdentity":{"principalId":"A"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"r","x-amz-id-2":"i"},
          "s3":{"s3SchemaVersion":"1.0","configurationId":"c","bucket":{"name":"photos","ownerIdentity":{"principalId":"A"},"arn":"arn:aws:s3:::photos"},
          "object":{"key":"a+b/%C3%BC.jpg","size":10,"eTag":"e","sequencer":"0"}}}]}
          """,
      "topic", """
          {"Records":[{"EventSource":"aws:sns","EventVersion":"1.0","EventSubscriptionArn":"arn:aws:sns:us-east-1:000000000000:t:s","Sns":{"Type":"Notification","MessageId":"m",
          "TopicArn":"arn:aws:sns:us-east-1:000000000000:t","Subject":"news","Message":"hello","Timestamp":"2026-01-02T03:04:05.678Z","SignatureVersion":"1","Signature":"s",
          "SigningCertUrl":"u","UnsubscribeUrl":"u","MessageAttributes":{"kind":{"Type":"String","Value":"big"}}}}]}
          """,
      "schedule", """
          {"version":"0","id":"i","detail-type":"Scheduled Event","source":"aws.events","account":"000000000000","time":"2026-01-02T03:04:05Z","region":"us-east-1",
          "resources":["arn:aws:events:us-east-1:000000000000:rule/r"],"detail":{"n":5}}
          """,
      "table", """
          {"Records":[{"eventID":"1","eventName":"INSERT","eventVersion":"1.1","eventSource":"aws:dynamodb","awsRegion":"us-east-1","dynamodb":{"ApproximateCreationDateTime":1767323045,
          "Keys":{"id":{"S":"x"}},"NewImage":{"id":{"S":"x"},"n":{"N":"42"}},"SequenceNumber":"1","SizeBytes":10,"StreamViewType":"NEW_IMAGE"},
          "eventSourceARN":"arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s"}]}
          """);
  private static final Map<String, String> ANSWERS = Map.of(
      "queue", "{\"batchItemFailures\":[{\"itemIdentifier\":\"m2\"}]}",
      "bucket", "\"photos/a b/ü.jpg 2026\"",
      "topic", "\"news: hello big\"",
      "schedule", "\"Scheduled Event 1767323045000 5\"",
      "table", "[\"INSERT x 42\"]");
  private static final String REQUEST = "{\"httpMethod\":\"GET\",\"path\":\"/hello\",\"queryStringParameters\":{\"name\":\"Ann\"},\"headers\":{},\"requestContext\":{\"stage\":\"prod\"}}";
  private static final String APP = """
      const { App, Stack, Duration } = require('aws-cdk-lib');
      const lambda = require('aws-cdk-lib/aws-lambda');
      const stack = new Stack(new App(), 'Java');
      new lambda.Function(stack, 'Hello', { functionName: 'cdk-java', runtime: lambda.Runtime.JAVA_21, handler: 'shop.Handlers', memorySize: 512,
        timeout: Duration.seconds(60), code: lambda.Code.fromAsset('shop.jar') });
      """;

  @TempDir static Path folder;
  private static Server server;
  private static LambdaClient lambda;
  private static byte[] jar;

  @BeforeAll
  static void start() throws IOException {
    jar = jar();
    server = Server.start(folder.resolve("data"));
    lambda = LambdaClient.builder().endpointOverride(URI.create(server.endpoint())).region(Region.US_EAST_1)
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(90)))
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test"))).build();
  }

  @AfterAll
  static void stop() {
    lambda.close();
    server.close();
  }

  private static Path library(Class<?> of) {
    return Path.of(URI.create(of.getProtectionDomain().getCodeSource().getLocation().toString()));
  }

  /// Classes at the root and what they need in `lib/`, also what Lambda has itself.
  private static byte[] jar() throws IOException {
    List<Path> libraries = List.of(library(RequestHandler.class), library(SQSEvent.class), library(DateTime.class));
    Path classes = Files.createDirectories(folder.resolve("classes"));
    var said = new ByteArrayOutputStream();
    int failed = ToolProvider.getSystemJavaCompiler().run(null, said, said, "--release", "21", "-proc:none", "-nowarn", "-d", classes.toString(), "-cp",
        String.join(":", libraries.stream().map(Path::toString).toList()), Client.CLIENTS.resolve("java/shop/Handlers.java").toString());
    assertThat(failed).as(said.toString(StandardCharsets.UTF_8)).isZero();
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes); var files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        zip.write(Files.readAllBytes(file));
      }
      for (Path library : libraries) {
        zip.putNextEntry(new ZipEntry("lib/" + library.getFileName()));
        zip.write(Files.readAllBytes(library));
      }
    }
    return bytes.toByteArray();
  }

  private static void create(String name, String handler) {
    Functions.role(server, name, null);
    lambda.createFunction(b -> b.functionName(name).runtime("java21").handler(handler).role("arn:aws:iam::000000000000:role/" + name).timeout(60).memorySize(512)
        .code(c -> c.zipFile(SdkBytes.fromByteArray(jar))));
    lambda.waiter().waitUntilFunctionActiveV2(b -> b.functionName(name));
  }

  private static String invoke(String name, String event) {
    InvokeResponse response = lambda.invoke(b -> b.functionName(name).payload(SdkBytes.fromUtf8String(event)));
    assertThat(response.functionError()).as(response.payload().asUtf8String()).isNull();
    return response.payload().asUtf8String();
  }

  @Test
  void eventsOfEveryKindBecomeTheirClasses() {
    EVENTS.forEach((kind, event) -> {
      create("java-" + kind, "shop.Handlers::" + kind);
      assertThat(invoke("java-" + kind, event)).isEqualTo(ANSWERS.get(kind));
    });
    create("java-api", "shop.Handlers");
    assertThat(invoke("java-api", REQUEST)).contains("\"statusCode\":200", "\"X-Function\":\"java-api\"", "\"body\":\"GET /hello Ann\"");
  }

  @Test
  void theCdkDeploysAJar() throws IOException {
    assumeTrue(Files.isDirectory(Client.PATTERNS.resolve("node_modules/aws-cdk")), "no CDK in examples/patterns");
    Path app = Files.createDirectories(folder.resolve("cdk"));
    Files.writeString(app.resolve("app.cjs"), APP);
    Files.write(app.resolve("shop.jar"), jar);
    Files.createSymbolicLink(app.resolve("node_modules"), Client.PATTERNS.resolve("node_modules"));
    var environment = new HashMap<>(Client.environment(server.endpoint()));
    environment.remove("AWS_MAX_ATTEMPTS");
    environment.putAll(Map.of("CDK_DISABLE_VERSION_CHECK", "1", "CDK_DISABLE_CLI_TELEMETRY", "1", "CI", "1", "NODE_NO_WARNINGS", "1"));
    String cdk = app.resolve("node_modules/.bin/cdk").toString();
    for (String[] what : List.of(new String[] {"bootstrap"}, new String[] {"deploy", "--require-approval", "never"})) {
      var command = new ArrayList<>(List.of(cdk));
      command.addAll(List.of(what));
      command.addAll(List.of("--app", "node app.cjs", "--no-notices"));
      Client.Result result = Client.run(app, environment, 300, command.toArray(String[]::new));
      assertThat(result.code()).as(result.output()).isZero();
    }
    assertThat(invoke("cdk-java", REQUEST)).contains("\"X-Function\":\"cdk-java\"");
    assertThat(lambda.getFunctionConfiguration(b -> b.functionName("cdk-java")).runtimeAsString()).isEqualTo("java21");
  }
}

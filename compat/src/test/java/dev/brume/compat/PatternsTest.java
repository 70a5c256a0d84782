package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The five applications of `examples/patterns` with the CDK's command line as it comes from npm: deployed, driven as the demo does, changed, and taken down.
class PatternsTest {
  /// A stack whose second resource fails, after the first was made.
  private static final String FAILING_APP = """
      const { App, Stack } = require('aws-cdk-lib');
      const sqs = require('aws-cdk-lib/aws-sqs');
      const stack = new Stack(new App(), 'Failing');
      const good = new sqs.CfnQueue(stack, 'Good');
      const bad = new sqs.CfnQueue(stack, 'Bad', { redrivePolicy: { deadLetterTargetArn: 'arn:aws:sqs:us-east-1:000000000000:none', maxReceiveCount: 3 } });
      bad.addDependency(good);
      """;

  @TempDir Path folder;
  private Path app;
  private Server server;
  private Map<String, String> environment;

  @BeforeEach
  void start() throws IOException {
    assumeTrue(Files.isDirectory(Client.PATTERNS.resolve("node_modules/aws-cdk")), "no CDK in examples/patterns");
    app = folder.resolve("patterns");
    copySources(Client.PATTERNS, app);
    Files.createSymbolicLink(app.resolve("node_modules"), Client.PATTERNS.resolve("node_modules"));
    server = Server.start(folder.resolve("data"));
    environment = new HashMap<>(Client.environment(server.endpoint()));
    environment.remove("AWS_MAX_ATTEMPTS");
    environment.putAll(Map.of("CDK_DISABLE_VERSION_CHECK", "1", "CDK_DISABLE_CLI_TELEMETRY", "1", "CI", "1", "NODE_NO_WARNINGS", "1"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static void copySources(Path from, Path to) throws IOException {
    Files.walkFileTree(from, new SimpleFileVisitor<>() {
      @Override
      public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) throws IOException {
        if (Set.of("node_modules", "cdk.out").contains(each.getFileName().toString())) {
          return FileVisitResult.SKIP_SUBTREE;
        }
        Files.createDirectories(to.resolve(from.relativize(each)));
        return FileVisitResult.CONTINUE;
      }

      @Override
      public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) throws IOException {
        Files.copy(each, to.resolve(from.relativize(each)));
        return FileVisitResult.CONTINUE;
      }
    });
  }

  private Client.Result run(String... arguments) {
    var command = new ArrayList<>(List.of(app.resolve("node_modules/.bin/cdk").toString()));
    command.addAll(List.of(arguments));
    command.add("--no-notices");
    return Client.run(app, environment, 300, command.toArray(String[]::new));
  }

  private String cdk(String... arguments) {
    Client.Result result = run(arguments);
    assertThat(result.code()).as(result.output()).isZero();
    return result.output();
  }

  private String cloudFormation(String form) {
    return server.aws("cloudformation", "POST", "/", "application/x-www-form-urlencoded", form + "&Version=2010-05-15");
  }

  @Test
  void deployDriveChangeDestroy() throws IOException {
    Client.Result driven = Client.run(app, environment, 600, "node", "--import", "tsx", "drive/main.ts", "--deploy");
    assertThat(driven.code()).as(driven.output()).isZero();

    assertThat(cdk("deploy", "--all", "--require-approval", "never", "--app", "cdk.out")).contains("no changes");
    assertThat(cdk("diff", "--all", "--app", "cdk.out")).contains("There were no differences").doesNotContain("[~]");

    Path users = app.resolve("functions/users.ts");
    Files.writeString(users, Files.readString(users).replace("There is no user", "Nobody is called"));
    assertThat(cdk("diff", "ServerlessApiStack")).contains("[~] AWS::Lambda::Function");
    assertThat(cdk("deploy", "ServerlessApiStack", "--hotswap", "--require-approval", "never")).contains("hotswapped");
    assertThat(nobody()).contains("Nobody is called");

    Files.writeString(users, Files.readString(users).replace("Nobody is called", "Unheard of"));
    cdk("deploy", "ServerlessApiStack", "--require-approval", "never");
    assertThat(nobody()).contains("Unheard of");

    cdk("destroy", "--all", "--force");
    assertThat(cloudFormation("Action=DescribeStacks")).contains("CDKToolkit").doesNotContain("<StackName>ServerlessApiStack", "<StackName>DataLakeStack");
    assertThat(server.aws("lambda", "GET", "/2015-03-31/functions", "application/json", "")).contains("\"Functions\":[]");
    assertThat(server.isAlive()).isTrue();
  }

  private String nobody() throws IOException {
    String outputs = Files.readString(app.resolve("cdk.out/outputs.json"));
    URI url = URI.create(outputs.substring(outputs.indexOf("http", outputs.indexOf("ServerlessApiStack"))).split("\"")[0]);
    String api = url.getHost().split("\\.")[0];
    String path = server.endpoint() + "/restapis/" + api + url.getPath() + "_user_request_/users/nobody";
    return Server.send(HttpRequest.newBuilder(URI.create(path)).build()).body();
  }

  @Test
  void aDeployThatFailsRollsBackAndSaysWhy() throws IOException {
    Files.writeString(app.resolve("failing.cjs"), FAILING_APP);
    cdk("bootstrap", "--app", "node failing.cjs");
    Client.Result failed = run("deploy", "--app", "node failing.cjs", "--require-approval", "never");
    assertThat(failed.code()).as(failed.output()).isNotZero();
    assertThat(failed.output()).contains("CREATE_FAILED", "ROLLBACK_COMPLETE", "Dead letter target does not exist");
    assertThat(server.aws("sqs", "POST", "/", "application/x-www-form-urlencoded", "Action=ListQueues&Version=2012-11-05")).doesNotContain("<QueueUrl>");
    cdk("destroy", "--app", "node failing.cjs", "--force");
    assertThat(cloudFormation("Action=DescribeStacks")).doesNotContain("<StackName>Failing");
  }
}

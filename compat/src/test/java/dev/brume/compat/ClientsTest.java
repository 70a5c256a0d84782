package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Programs with the AWS CLI, boto3 and the AWS SDK for JavaScript: each script in `src/test/clients` fails by itself when an answer is not AWS's.
class ClientsTest {
  @TempDir Path folder;
  private Server server;

  @BeforeEach
  void start() {
    server = Server.start(folder.resolve("data"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private void passes(Path directory, String... command) {
    Client.Result result = Client.run(directory, Client.environment(server.endpoint()), 180, command);
    assertThat(result.code()).as(result.output()).isZero();
    assertThat(server.isAlive()).isTrue();
  }

  @Test
  void boto3() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    passes(Client.CLIENTS, "python3", "boto3_services.py");
  }

  @Test
  void pythonFunctions() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    passes(Client.CLIENTS, "python3", "python_functions.py");
  }

  @Test
  void rubyFunctions() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    assumeTrue(Client.has("ruby", "-e", "exit RUBY_VERSION >= '3'"), "no Ruby");
    passes(Client.CLIENTS, "python3", "ruby_functions.py");
  }

  @Test
  void aRuntimeInShell() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    assumeTrue(Client.has("curl", "--version") && Client.has("bash", "--version"), "no curl or no bash");
    passes(Client.CLIENTS, "python3", "custom_runtime.py");
  }

  @Test
  void cloudFormation() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    passes(Client.CLIENTS, "python3", "cloudformation.py");
  }

  @Test
  void lambdaControlPlane() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    passes(Client.CLIENTS, "python3", "lambda_control.py");
  }

  @Test
  void awsCli() {
    assumeTrue(Client.has("aws", "--version"), "no AWS CLI");
    passes(Client.CLIENTS, "bash", "aws_cli.sh");
  }

  @Test
  void javaScriptSdk() throws Exception {
    assumeTrue(Files.isDirectory(Client.PATTERNS.resolve("node_modules/@aws-sdk/client-s3")), "no AWS SDK for JavaScript");
    passes(Client.PATTERNS, "node", Client.CLIENTS.resolve("js_sdk.cjs").toString());
  }

  @Test
  void functionUrls() {
    assumeTrue(Client.has("python3", "-c", "import boto3"), "no boto3");
    passes(Client.CLIENTS, "python3", "function_urls.py");
  }

  @Test
  void functionUrlsWithTheJavaScriptSdk() throws Exception {
    assumeTrue(Files.isDirectory(Client.PATTERNS.resolve("node_modules/@smithy/signature-v4")), "no AWS SDK for JavaScript");
    Functions.create(server, "streaming", """
        const { SQSClient, ReceiveMessageCommand } = require('@aws-sdk/client-sqs');
        exports.handler = awslambda.streamifyResponse(async (event, stream) => {
          console.log('streaming');
          const q = event.queryStringParameters || event;
          if (q.early) throw new Error('early');
          if (q.status) stream = awslambda.HttpResponseStream.from(stream, { statusCode: Number(q.status), headers: { 'X-A': 'b' } });
          stream.write('one ');
          if (q.until) await new SQSClient({}).send(new ReceiveMessageCommand({ QueueUrl: q.until, WaitTimeSeconds: 20 }));
          if (q.late) throw new Error('late');
          stream.write('two');
          stream.end();
        });
        """);
    Functions.create(server, "guarded", "exports.handler = async (event) => event.requestContext.authorizer.iam.userArn;");
    passes(Client.PATTERNS, "node", Client.CLIENTS.resolve("function_urls.cjs").toString());
  }

  @Test
  void hostileRequests() {
    assumeTrue(Client.has("python3", "--version"), "no Python");
    passes(Client.CLIENTS, "python3", "hostile.py");
  }
}

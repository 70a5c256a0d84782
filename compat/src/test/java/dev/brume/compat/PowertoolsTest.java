package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Handlers with AWS Powertools for TypeScript as they come from npm, bundled by the CDK's NodejsFunction: `src/test/powertools`.
class PowertoolsTest {
  private static final Path FIXTURE = Path.of("src/test/powertools").toAbsolutePath();

  @TempDir Path folder;
  private Server server;
  private Map<String, String> environment;

  @BeforeEach
  void start() {
    assumeTrue(Files.isDirectory(Client.PATTERNS.resolve("node_modules/aws-cdk")), "no CDK in examples/patterns");
    assumeTrue(Files.isDirectory(FIXTURE.resolve("node_modules/@aws-lambda-powertools")), "no Powertools in compat/src/test/powertools: npm ci there");
    server = Server.start(folder.resolve("data"));
    environment = new HashMap<>(Client.environment(server.endpoint()));
    environment.remove("AWS_MAX_ATTEMPTS");
    environment.putAll(Map.of("CDK_FROM", Client.PATTERNS.toString(), "CDK_DISABLE_VERSION_CHECK", "1", "CDK_DISABLE_CLI_TELEMETRY", "1", "CI", "1", "NODE_NO_WARNINGS", "1"));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private void run(Path in, String... command) {
    Client.Result result = Client.run(in, environment, 300, command);
    assertThat(result.code()).as(result.output()).isZero();
  }

  private void cdk(Path app, String... arguments) {
    var command = new ArrayList<>(List.of(Client.PATTERNS.resolve("node_modules/.bin/cdk").toString()));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--app", "node app.cjs", "--no-notices"));
    run(app, command.toArray(String[]::new));
  }

  @Test
  void typeScript() throws IOException {
    Path app = Files.createDirectories(folder.resolve("app"));
    Files.createDirectories(app.resolve("handlers"));
    for (String file : List.of("app.cjs", "drive.mjs", "package.json", "package-lock.json", "handlers/order.ts", "handlers/pay.ts", "handlers/batch.ts")) {
      Files.copy(FIXTURE.resolve(file), app.resolve(file));
    }
    Files.createSymbolicLink(app.resolve("node_modules"), FIXTURE.resolve("node_modules"));
    server.aws("ssm", "AmazonSSM.PutParameter", "{\"Name\":\"/shop/secret\",\"Value\":\"swordfish\",\"Type\":\"SecureString\"}");
    cdk(app, "bootstrap");
    cdk(app, "deploy", "--require-approval", "never", "--outputs-file", "cdk.out/outputs.json");
    run(app, "node", "drive.mjs");
    assertThat(server.isAlive()).isTrue();
  }
}

package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The five applications of `examples/patterns`, deployed and taken down by the CDK CLI and driven as the demo does.
class PatternsTest {
  @TempDir Path folder;
  private Server server;
  private Map<String, String> environment;

  @BeforeEach
  void start() {
    assumeTrue(Files.isDirectory(Client.PATTERNS.resolve("node_modules/aws-cdk")), "no CDK in examples/patterns");
    server = Server.start(folder.resolve("data"));
    environment = new HashMap<>(Client.environment(server.endpoint()));
    environment.remove("AWS_MAX_ATTEMPTS");
    environment.putAll(Map.of("CDK_DISABLE_VERSION_CHECK", "1", "CDK_DISABLE_CLI_TELEMETRY", "1", "CI", "1", "HOME", folder.toString()));
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  private String cdk(String... arguments) {
    var command = new java.util.ArrayList<String>(java.util.List.of("npx", "cdk"));
    command.addAll(java.util.List.of(arguments));
    Client.Result result = Client.run(Client.PATTERNS, environment, 300, command.toArray(String[]::new));
    assertThat(result.code()).as(result.output()).isZero();
    return result.output();
  }

  @Test
  void deployDriveDiffRedeployDestroy() {
    Client.Result driven = Client.run(Client.PATTERNS, environment, 600, "node", "--import", "tsx", "drive/main.ts", "--deploy");
    assertThat(driven.code()).as(driven.output()).isZero();
    assertThat(cdk("deploy", "--all", "--require-approval", "never", "--no-notices", "-a", "cdk.out")).contains("no changes");
    assertThat(cdk("diff", "--all", "--no-notices", "-a", "cdk.out")).contains("There were no differences");
    cdk("destroy", "--all", "--force", "--no-notices", "-a", "cdk.out");
    assertThat(server.isAlive()).isTrue();
  }
}

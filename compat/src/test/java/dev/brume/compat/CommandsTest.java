package dev.brume.compat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `brume invoke`, `brume logs` and `brume clock` against a running server.
class CommandsTest {
  @TempDir static Path folder;
  private static Server server;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue(Client.has("node", "--version"), "no Node");
    server = Server.start(folder.resolve("data"));
    Functions.create(server, "greet", """
        exports.handler = async event => {
          if (!event.name) throw new TypeError('nobody to greet');
          console.log('greeting ' + event.name);
          return { hello: event.name };
        };
        """);
  }

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  private static Client.Result brume(String... words) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", System.getProperty("java.class.path"), "dev.brume.Main"));
    command.addAll(List.of(words));
    return Client.run(folder, Client.environment(server.endpoint()), 60, command.toArray(String[]::new));
  }

  @Test
  void invokeShowsTheAnswerAndTheLog() {
    Client.Result answer = brume("invoke", "greet", "--event", "{\"name\":\"Ada\"}");
    assertThat(answer.code()).as(answer.output()).isZero();
    assertThat(answer.output()).contains("\"hello\" : \"Ada\"", "greeting Ada", "REPORT RequestId");
    assertThat(brume("logs", "greet").output()).contains("greeting Ada");
    assertThat(brume("logs").output()).contains("greet  ");
  }

  @Test
  void aFunctionThatFailsMakesTheCommandFail() {
    Client.Result answer = brume("invoke", "greet");
    assertThat(answer.code()).isEqualTo(1);
    assertThat(answer.output()).contains("nobody to greet", "TypeError");
    Client.Result unknown = brume("invoke", "nobody");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.output()).contains("brume: Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody");
  }

  @Test
  void theClockMoves() {
    assertThat(brume("clock", "advance", "2d").code()).isZero();
    assertThat(brume("clock", "advance", "soon").output()).contains("not a time: soon");
    Client.Result nobody = brume("clock", "now", "--endpoint", "http://127.0.0.1:1");
    assertThat(nobody.code()).isEqualTo(1);
    assertThat(nobody.output()).contains("nothing answers on http://127.0.0.1:1");
  }
}

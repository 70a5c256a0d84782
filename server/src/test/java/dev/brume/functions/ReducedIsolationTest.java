package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where nothing is allowed, functions are ordinary processes, with the same answers.
class ReducedIsolationTest {
  @TempDir static Path folder;
  private static FunctionsFixture fixture;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(folder, FunctionsSettings.Isolation.NONE);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @Test
  void handlersAnswer() {
    assertThat(fixture.node("kinds.callback", "{\"x\":1}")).isEqualTo("{\"called\":1}");
    assertThat(fixture.functions.status().isolation()).isEqualTo("reduced");
    assertThat(fixture.node("esm.handler", "{\"x\":2}")).contains("\"client\":\"function\"");
    assertThat(fixture.node("kinds.sdk", "{}")).contains("ASIATEST");
    assertThat(fixture.text("python3.11", "kinds.echo", "{\"a\":1}")).isEqualTo("{\"a\": 1}");
    var context =
        FunctionsFixture.json(fixture.invoke(fixture.spec("nodejs20.x", "kinds.context"), "{}"));
    assertThat(context.get("cwd")).isEqualTo(context.get("env").get("LAMBDA_TASK_ROOT"));
    assertThat(context.get("env").has("JAVA_HOME")).isFalse();
  }

  @Test
  void failuresAreTheSame() {
    assertThat(fixture.node("missing.handler", "{}")).contains("Runtime.ImportModuleError");
    assertThat(fixture.node("kinds.exits", "{}")).contains("exit status 3");
    assertThat(text(fixture.spec("nodejs20.x", "kinds.hangs", 128, 1), "{}")).contains("timed out");
    assertThat(text(fixture.spec("nodejs20.x", "kinds.hog", 256, 20), "{}"))
        .contains("signal: killed");
  }

  @Test
  void memoryThatAChildTakesCounts() {
    assertThat(text(fixture.spec("nodejs20.x", "hostile.childHog", 256, 60), "{}"))
        .contains("signal: killed");
  }

  @Test
  void whatIsMissingIsSaid() {
    assertThat(fixture.functions.status().sandbox().missing())
        .contains("namespaces: isolation none was asked for");
    assertThat(fixture.functions.status().sandbox().network()).isEqualTo("host");
  }

  @Test
  void whoFillsTheDiskIsEnded() {
    fixture.log.clear();
    assertThat(text(fixture.spec("nodejs20.x", "kinds.fills", 256, 60), "{}"))
        .contains("signal: killed");
    assertThat(fixture.log).anyMatch(line -> line.contains("/tmp held more than its 512 MB"));
    assertThat(fixture.log).noneMatch(line -> line.contains("Runtime.OutOfMemory"));
  }

  private static String text(FunctionSpec spec, String event) {
    return new String(fixture.invoke(spec, event).payload(), StandardCharsets.UTF_8);
  }
}

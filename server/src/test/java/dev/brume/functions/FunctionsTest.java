package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Handlers of every kind on the real Node and Python of this machine.
class FunctionsTest {
  @TempDir static Path folder;
  private static FunctionsFixture fixture;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    fixture = new FunctionsFixture(folder);
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @BeforeEach
  void forget() {
    fixture.log.clear();
  }

  @Test
  void asyncCallbackAndContextHandlersAnswer() {
    assertThat(fixture.node("kinds.echo", "{\"a\":[1,\"ü\"]}")).isEqualTo("{\"a\":[1,\"ü\"]}");
    assertThat(fixture.node("kinds.callback", "{\"x\":1}")).isEqualTo("{\"called\":1}");
    assertThat(fixture.node("kinds.neverCalls", "{}")).isEqualTo("null");
    assertThat(fixture.node("kinds.done", "{}")).isEqualTo("{\"done\":true}");
    assertThat(fixture.node("kinds.nothing", "{}")).isEqualTo("null");
    assertThat(fixture.node("kinds.waits", "{}")).isEqualTo("[\"later\"]");
    assertThat(fixture.node("kinds.doesNotWait", "{}")).isEqualTo("\"at once\"");
  }

  @Test
  void eventsOfAnySizeArriveWhole() {
    // Around what is read at once, with characters of several bytes at every place.
    for (int length : new int[] {65_000, 65_100, 65_200, 65_300, 65_400, 65_500, 65_536, 5 << 20}) {
      for (String start : new String[] {"", "a", "aa"}) {
        String event = "\"" + start + "€".repeat(length / 3) + "\"";
        assertThat(fixture.node("kinds.echo", event)).isEqualTo(event);
      }
    }
  }

  @Test
  void modulesWithTopLevelAwaitAnswerAndFindTheSdk() {
    assertThat(fixture.node("esm.handler", "{\"x\":2}"))
        .isEqualTo("{\"ready\":\"ready\",\"x\":2,\"client\":\"function\"}");
  }

  @Test
  void theSdkIsThereAndHasTheFunctionsOwnCredentials() {
    for (int i = 0; i < 2; i++) {
      assertThat(fixture.node("kinds.sdk", "{}"))
          .isEqualTo("{\"region\":\"us-east-1\",\"key\":\"ASIATEST\",\"doc\":\"function\"}");
      fixture.functions.retire("000000000000", "us-east-1", "kinds-sdk");
    }
  }

  @Test
  void contextAndVariablesAreThoseOfLambda() {
    JsonNode context =
        FunctionsFixture.json(fixture.invoke(fixture.spec("nodejs20.x", "kinds.context"), "{}"));
    assertThat(context.get("functionName").asText()).isEqualTo("kinds-context");
    assertThat(context.get("functionVersion").asText()).isEqualTo("$LATEST");
    assertThat(context.get("memoryLimitInMB").isTextual()).isTrue();
    assertThat(context.get("invokedFunctionArn").asText())
        .isEqualTo("arn:aws:lambda:us-east-1:000000000000:function:kinds-context");
    assertThat(context.get("remaining").asInt()).isBetween(8000, 10000);
    JsonNode env = context.get("env");
    assertThat(env.get("CUSTOMER").asText()).isEqualTo("yes");
    assertThat(env.get("AWS_REGION").asText()).isEqualTo("us-east-1");
    assertThat(env.get("_HANDLER").asText()).isEqualTo("kinds.context");
    assertThat(env.get("AWS_ENDPOINT_URL").asText()).isEqualTo("http://127.0.0.1:4649");
    assertThat(env.has("JAVA_HOME")).isFalse();
    assertThat(env.has("BRUME_SOCKET")).isFalse();
    assertThat(context.get("cwd")).isEqualTo(env.get("LAMBDA_TASK_ROOT"));
  }

  @Test
  void sourceMapsAreTurnedOnInAProcessThatHasWaited() throws Exception {
    String map =
        "{\"version\":3,\"sources\":[\"mine.ts\"],\"names\":[],\"mappings\":\"AAAA;AASA\"}";
    String source =
        "exports.handler = async () => fails().stack; function fails() {\n"
            + "return new Error('x'); }\n"
            + "//# sourceMappingURL=data:application/json;base64,"
            + Base64.getEncoder().encodeToString(map.getBytes(StandardCharsets.UTF_8));
    var options = Map.of("NODE_OPTIONS", "--enable-source-maps");
    var plain = fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler");
    for (Map<String, String> variables : List.of(options, Map.<String, String>of())) {
      var spec = fixture.with(plain, Map.of("index.js", source), Map.of(), variables);
      assertThat(FunctionsFixture.json(fixture.invoke(spec, "{}")).asText())
          .contains(variables.isEmpty() ? "/index.js:2:" : "/mine.ts:10:");
    }
    var family = new NodeFamily(FunctionsSettings.of(folder));
    assertThat(family.isReadAtStart("NODE_OPTIONS", " --enable-source-maps ")).isFalse();
    assertThat(family.isReadAtStart("NODE_OPTIONS", "--enable-source-maps -r x")).isTrue();
    assertThat(family.isReadAtStart("NODE_DEBUG", "--enable-source-maps")).isTrue();
  }

  @Test
  void warmEnvironmentsKeepTheirStateAndCallsInParallelGetTheirOwn() throws Exception {
    var spec = fixture.spec("nodejs20.x", "kinds.count");
    var first = fixture.invoke(spec, "{}");
    assertThat(first.report().cold()).isTrue();
    var second = fixture.invoke(spec, "{}");
    assertThat(second.report().cold()).isFalse();
    assertThat(new String(second.payload(), StandardCharsets.UTF_8)).isEqualTo("2");
    var sleeps = fixture.spec("nodejs20.x", "kinds.sleeps");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Outcome>> all = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Callable<Outcome> one = () -> fixture.invoke(sleeps, "{\"millis\":300}");
        all.add(threads.submit(one));
      }
      for (Future<Outcome> one : all) {
        assertThat(one.get().report().cold()).isTrue();
      }
    }
  }

  @Test
  void errorsAreReportedAsLambdaDoes() {
    JsonNode thrown =
        FunctionsFixture.json(fixture.invoke(fixture.spec("nodejs20.x", "kinds.throws"), "{}"));
    assertThat(thrown.get("errorType").asText()).isEqualTo("OrderError");
    assertThat(thrown.get("errorMessage").asText()).isEqualTo("no such order");
    assertThat(thrown.get("trace").get(0).asText()).contains("no such order");
    assertThat(thrown.get("trace").get(1).asText()).contains("kinds.js");
    assertThat(fixture.node("kinds.throwsString", "{}"))
        .isEqualTo("{\"errorType\":\"string\",\"errorMessage\":\"just text\",\"trace\":[]}");
    assertThat(fixture.node("kinds.callbackError", "{}"))
        .contains("\"errorMessage\":\"by callback\"");
    assertThat(fixture.node("kinds.circular", "{}")).contains("Unable to stringify response body");
    assertThat(fixture.node("kinds.neverSettles", "{}")).contains("Runtime.NodeJsExit");
    assertThat(fixture.node("kinds.uncaught", "{}"))
        .contains("\"errorType\":\"TypeError\"", "out of band");
    assertThat(fixture.node("kinds.unhandled", "{}"))
        .contains("Runtime.UnhandledPromiseRejection", "Error: nobody cares");
  }

  @Test
  void handlersThatCannotBeLoadedSayWhy() {
    assertThat(fixture.node("missing.handler", "{}"))
        .contains(
            "\"errorType\":\"Runtime.ImportModuleError\"",
            "Error: Cannot find module 'not-installed'");
    assertThat(fixture.node("syntax.handler", "{}")).contains("Runtime.UserCodeSyntaxError");
    assertThat(fixture.node("kinds.absent", "{}"))
        .contains("Runtime.HandlerNotFound", "kinds.absent is undefined or not exported");
    assertThat(fixture.node("kinds.notAFunction", "{}"))
        .contains("kinds.notAFunction is not a function");
    assertThat(fixture.node("nofile.handler", "{}")).contains("Runtime.ImportModuleError");
    assertThat(fixture.node("../kinds.echo", "{}")).contains("Runtime.MalformedHandlerName");
    assertThat(fixture.node("exits.handler", "{}"))
        .contains("Runtime.ExitError", "Runtime exited with error: exit status 7");
  }

  @Test
  void exitsAndTimeoutsEndTheEnvironment() {
    assertThat(fixture.node("kinds.exits", "{}"))
        .contains(
            "\"errorType\":\"Runtime.ExitError\"",
            "Error: Runtime exited with error: exit status 3");
    assertThat(fixture.node("kinds.exitsQuietly", "{}"))
        .contains("Runtime exited without providing a reason");
    var spec = fixture.spec("nodejs20.x", "kinds.hangs", 128, 1);
    var outcome = fixture.invoke(spec, "{}");
    assertThat(new String(outcome.payload(), StandardCharsets.UTF_8))
        .matches(
            "\\{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: [0-9a-f-]{36}"
                + " Error: Task timed out after 1.00 seconds\"}");
    assertThat(outcome.report().durationMillis()).isBetween(1000.0, 3000.0);
    assertThat(fixture.log).anyMatch(line -> line.contains("Task timed out after 1.00 seconds"));
    assertThat(fixture.log.getLast()).contains("Status: timeout");
  }

  @Test
  void logsHaveLambdasForm() {
    var outcome = fixture.invoke(fixture.spec("nodejs20.x", "kinds.logs"), "{}");
    assertThat(fixture.log.removeFirst()).matches("INIT_START Runtime Version: nodejs:[0-9.]+\n");
    assertThat(fixture.log.get(0)).matches("START RequestId: [0-9a-f-]{36} Version: \\$LATEST\n");
    assertThat(fixture.log.get(1))
        .matches(
            "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z\t[0-9a-f-]{36}\tINFO\tplain text"
                + " \\{ a: 1 }\n");
    assertThat(fixture.log.get(2)).endsWith("\tERROR\ttwo\nlines\n");
    assertThat(fixture.log.get(3)).isEqualTo("raw line");
    assertThat(fixture.log.get(4)).isEqualTo("no newline");
    assertThat(fixture.log.get(5)).startsWith("END RequestId: ");
    assertThat(fixture.log.get(6))
        .matches(
            "REPORT RequestId: [0-9a-f-]{36}\tDuration: [0-9.]+ ms\tBilled Duration: \\d+ ms\t"
                + "Memory Size: 512 MB\tMax Memory Used: \\d+ MB\tInit Duration: [0-9.]+ ms\t\n");
    assertThat(new String(outcome.report().logTail(), StandardCharsets.UTF_8))
        .startsWith("INIT_START")
        .contains("START RequestId", "raw line\n")
        .endsWith("ms\t\n");
  }

  @Test
  void aHundredMegabytesOfOutputNeitherBlockNorFillAnything() {
    assertThat(fixture.node("kinds.prints", "{\"kilobytes\":102400}")).isEqualTo("\"printed\"");
    long kept = fixture.log.stream().mapToLong(String::length).sum();
    assertThat(kept).isLessThan(7 << 20);
    assertThat(fixture.log).anyMatch(line -> line.startsWith("Brume left out"));
    assertThat(fixture.log.getLast()).startsWith("REPORT");
  }

  @Test
  void answersAboveTheLimitAreRefusedAndTheEnvironmentLives() {
    var spec = fixture.spec("nodejs20.x", "kinds.returns");
    assertThat(fixture.invoke(spec, "{\"bytes\":6000000}").payload()).hasSize(6000002);
    assertThat(
            new String(
                fixture.invoke(spec, "{\"bytes\":7340032}").payload(), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"errorType\":\"Function.ResponseSizeTooLarge\",\"errorMessage\":\"Response payload"
                + " size exceeded maximum allowed payload size (6291556 bytes).\"}");
    assertThat(fixture.invoke(spec, "{\"bytes\":1}").report().cold()).isFalse();
  }

  @Test
  void memoryIsLimited() {
    var spec = fixture.spec("nodejs20.x", "kinds.hog", 256, 20);
    var outcome = fixture.invoke(spec, "{}");
    assertThat(new String(outcome.payload(), StandardCharsets.UTF_8))
        .contains("Runtime.ExitError", "Runtime exited with error: signal: killed");
  }

  @Test
  void forkedProcessesDoNotOutliveTheTimeout() {
    var spec = fixture.spec("nodejs20.x", "kinds.forks", 256, 1);
    assertThat(
            new String(
                fixture.invoke(spec, "{\"seconds\":98765}").payload(), StandardCharsets.UTF_8))
        .contains("Sandbox.Timedout");
    if (!fixture.functions.status().isolation().equals("reduced")) {
      long until = System.nanoTime() + 5_000_000_000L;
      while (sleepers() > 0 && System.nanoTime() < until) {
        Thread.onSpinWait();
      }
      assertThat(sleepers()).isZero();
    }
  }

  private static long sleepers() {
    return ProcessHandle.allProcesses()
        .filter(handle -> handle.info().commandLine().orElse("").contains("98765"))
        .count();
  }

  @Test
  void aSandboxShowsOnlyTheFunctionsOwn() {
    String paths =
        "{\"paths\":[\"/root\",\"/work\",\"/home\",\"/etc/shadow\",\"/.brume\",\"/.brume/code\",\"/var/task\",\"/tmp\",\""
            + folder
            + "\"]}";
    JsonNode seen =
        FunctionsFixture.json(fixture.invoke(fixture.spec("nodejs20.x", "kinds.reads"), paths));
    if (fixture.functions.status().isolation().equals("reduced")) {
      return;
    }
    assertThat(seen.get("/root").toString()).isIn("\"ENOENT\"", "[\".pyenv\"]");
    assertThat(seen.get("/etc/shadow").asText()).isEqualTo("ENOENT");
    assertThat(seen.get(folder.toString()).asText()).isEqualTo("ENOENT");
    assertThat(seen.get("/.brume/code").asText()).isIn("EACCES", "ENOENT", "");
    assertThat(seen.get("/tmp")).isEmpty();
    assertThat(seen.get("/var/task").toString()).contains("kinds.js");
    assertThat(fixture.node("kinds.writes", "{\"path\":\"/var/task/x\"}"))
        .isIn("\"EROFS\"", "\"EACCES\"");
    assertThat(fixture.node("kinds.writes", "{\"path\":\"/tmp/x\"}")).isEqualTo("\"written\"");
    assertThat(fixture.node("kinds.writes", "{\"path\":\"/usr/x\"}"))
        .isIn("\"EROFS\"", "\"EACCES\"");
  }

  @Test
  void scriptsMadeForLambdaFindTheirInterpreter() throws Exception {
    assumeTrue(fixture.functions.status().isolation().equals("root"), "needs a sandbox");
    String runs =
        "exports.handler = async () => require('child_process')"
            + ".execFileSync('/var/task/script', { encoding: 'utf8' });";
    var spec =
        fixture.with(
            fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler"),
            Map.of("index.js", runs, "script", "#!/var/lang/bin/node\nconsole.log(1 + 1)\n"),
            Map.of(),
            Map.of());
    assertThat(fixture.invoke(spec, "{}").payload()).asString().isEqualTo("\"2\\n\"");
  }

  @Test
  void pythonHandlersAnswerFailAndLog() {
    assertThat(fixture.text("python3.11", "kinds.echo", "{\"a\":\"ü\"}"))
        .isEqualTo("{\"a\": \"ü\"}");
    JsonNode context =
        FunctionsFixture.json(fixture.invoke(fixture.spec("python3.11", "kinds.context"), "{}"));
    assertThat(context.get("name").asText()).isEqualTo("kinds-context-py");
    assertThat(context.get("user").asText()).isEqualTo("yes");
    JsonNode thrown =
        FunctionsFixture.json(fixture.invoke(fixture.spec("python3.11", "kinds.throws"), "{}"));
    assertThat(thrown.get("errorType").asText()).isEqualTo("ValueError");
    assertThat(thrown.get("errorMessage").asText()).isEqualTo("no such order");
    assertThat(thrown.get("requestId").asText()).hasSize(36);
    assertThat(thrown.get("stackTrace").get(0).asText()).contains("kinds.py", "in throws");
    assertThat(fixture.text("python3.11", "kinds.exits", "{}")).contains("exit status 5");
    assertThat(fixture.text("python3.11", "kinds.unserializable", "{}"))
        .contains("Runtime.MarshalError");
    assertThat(fixture.text("python3.11", "nofile.handler", "{}"))
        .contains(
            "Runtime.ImportModuleError",
            "Unable to import module 'nofile': No module named 'nofile'");
    assertThat(fixture.text("python3.11", "kinds.absent", "{}"))
        .contains("Handler 'absent' missing on module 'kinds'");
    fixture.log.clear();
    assertThat(fixture.text("python3.11", "kinds.logs", "{}")).isEqualTo("null");
    assertThat(fixture.log).anyMatch(line -> line.equals("printed"));
    assertThat(fixture.log)
        .anyMatch(line -> line.startsWith("[WARNING]\t") && line.endsWith("\tcareful 1\n"));
    assertThat(fixture.log).anyMatch(line -> line.equals("to stderr"));
  }

  @Test
  void aRuntimeThatCannotRunHereIsRefused() {
    org.assertj.core.api.Assertions.assertThatThrownBy(
            () -> fixture.invoke(fixture.spec("dotnet8", "kinds.ruby"), "{}"))
        .isInstanceOf(RuntimeUnavailable.class)
        .hasMessageContaining("dotnet8");
  }
}

package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Functions that bring their runtime along, as a shell script with curl, and runtimes of ours that
/// are started in the function's own way; with and without a sandbox.
class ProvidedTest {
  private static final String API = "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime";
  private static final String LOOP =
      """
      #!/bin/sh
      set -u
      echo "up in $LAMBDA_TASK_ROOT for $_HANDLER"
      while :; do
        head=$(mktemp)
        event=$(curl -sS -LD "$head" "API/invocation/next")
        id=$(sed -n 's/^Lambda-Runtime-Aws-Request-Id: *\\([^\\r]*\\).*/\\1/p' "$head")
        . "$LAMBDA_TASK_ROOT/handler.sh"
        rm -f "$head"
      done
      """
          .replace("API", API);
  @TempDir Path folder;
  private FunctionsFixture fixture;

  @AfterEach
  void stop() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private void start(FunctionsSettings.Isolation isolation) throws Exception {
    assumeTrue(!Programs.onPath("curl").isEmpty(), "no curl");
    fixture = new FunctionsFixture(folder, isolation);
  }

  private FunctionSpec shell(String handler) throws Exception {
    return fixture.with(
        fixture.spec("provided.al2023", "any.handler"),
        Map.of("bootstrap", LOOP, "handler.sh", handler.replace("API", API)),
        Map.of(),
        Map.of("GREETING", "it's a \"fine\"\nday"));
  }

  private String answer(FunctionSpec spec, String event) {
    return new String(fixture.invoke(spec, event).payload(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void aShellScriptServes(FunctionsSettings.Isolation isolation) throws Exception {
    start(isolation);
    var spec =
        shell("curl -sS -X POST -d \"[$event,\\\"$GREETING\\\"]\" \"API/invocation/$id/response\"");
    assertThat(answer(spec, "{\"a\":1}")).isEqualTo("[{\"a\":1},\"it's a \"fine\"\nday\"]");
    Outcome again = fixture.invoke(spec, "2");
    // It is ready for more only when it asks, a moment after it has answered.
    int cold = 0;
    for (int i = 0; i < 20; i++) {
      again = fixture.invoke(spec, "2");
      cold += again.report().cold() ? 1 : 0;
    }
    assertThat(cold).as("environments that were started").isLessThan(4);
    assertThat(again.report().cold()).isFalse();
    assertThat(new String(again.payload(), StandardCharsets.UTF_8)).startsWith("[2,");
    assertThat(fixture.log).anyMatch(line -> line.startsWith("up in /") && line.contains("any."));
    assertThat(fixture.log).anyMatch(line -> line.startsWith("REPORT"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void failuresAreHeard(FunctionsSettings.Isolation isolation) throws Exception {
    start(isolation);
    var fails =
        shell(
            "curl -sS -X POST -H 'Lambda-Runtime-Function-Error-Type: Mine.Bad' -d"
                + " '{\"errorMessage\":\"no\"}' \"API/invocation/$id/error\"");
    var outcome = fixture.invoke(fails, "{}");
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(((Outcome.Failed) outcome).errorType()).isEqualTo("Mine.Bad");
    assertThat(answer(fails, "{}")).isEqualTo("{\"errorMessage\":\"no\"}");
    assertThat(answer(shell("exit 7"), "{}"))
        .contains("Runtime.ExitError", "Runtime exited with error: exit status 7");
    var nothing =
        fixture.with(
            fixture.spec("provided.al2", "x"), Map.of("main", "#!/bin/sh"), Map.of(), Map.of());
    assertThat(answer(nothing, "{}"))
        .contains(
            "Runtime.InvalidEntrypoint",
            "Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
    var init =
        fixture.with(
            fixture.spec("provided.al2", "y"),
            Map.of(
                "bootstrap",
                "#!/bin/sh\ncurl -sS -X POST -H 'Lambda-Runtime-Function-Error-Type: Mine.Init' -d"
                    + " '{\"errorMessage\":\"not today\"}' \""
                    + API
                    + "/init/error\"\n"),
            Map.of(),
            Map.of());
    assertThat(answer(init, "{}")).isEqualTo("{\"errorMessage\":\"not today\"}");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void whatCannotBeExecutedIsSaid(FunctionsSettings.Isolation isolation) throws Exception {
    start(isolation);
    var spec = fixture.spec("provided.al2023", "any");
    byte[] plain = FunctionsFixture.zip(Map.of("bootstrap", LOOP), Map.of("bootstrap", 0100744));
    String denied = "fork/exec /var/task/bootstrap: permission denied";
    assertThat(answer(fixture.with(spec, plain, null, Map.of()), "{}"))
        .contains("\"errorType\":\"Runtime.InvalidEntrypoint\"", " Error: " + denied + "\"");
    assertThat(fixture.log)
        .anyMatch(line -> line.endsWith(denied + "\nRuntime.InvalidEntrypoint\n"));
    byte[] extension = FunctionsFixture.zip(Map.of("extensions/one", "x"), Map.of());
    byte[] code = FunctionsFixture.zip(Map.of("bootstrap", LOOP));
    assertThat(answer(fixture.with(spec, code, extension, Map.of()), "{}"))
        .contains(
            "\"errorType\":\"Extension.LaunchError\"",
            "fork/exec /opt/extensions/one: permission denied");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void requestsOutOfTurnAreRefused(FunctionsSettings.Isolation isolation) throws Exception {
    start(isolation);
    var spec =
        shell(
            """
            post() { curl -sS -o /dev/null -w '%{http_code}' -X "$1" -d x "$2"; }
            codes="$(post POST API/invocation/other/response) $(post GET API/invocation/next)"
            codes="$codes $(post PUT API/invocation/$id/response) $(post POST API/nowhere)"
            codes="$codes $(post POST API/init/error)"
            curl -sS -X POST -d "\\"$codes\\"" "API/invocation/$id/response"
            echo "then $(post POST API/invocation/$id/response)"
            """);
    assertThat(answer(spec, "{}")).isEqualTo("\"400 403 405 404 403\"");
    for (int i = 0; i < 50 && !fixture.log.contains("then 400"); i++) {
      assertThat(answer(spec, "{}")).isEqualTo("\"400 403 405 404 403\"");
    }
    assertThat(fixture.log).contains("then 400");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void answersMayBeLargeOrStreamed(FunctionsSettings.Isolation isolation) throws Exception {
    start(isolation);
    var large =
        shell(
            "head -c 5000000 /dev/zero | tr '\\0' 7 > /tmp/large-$$; curl -sS --data-binary"
                + " @/tmp/large-$$ \"API/invocation/$id/response\"; rm /tmp/large-$$");
    assertThat(fixture.invoke(large, "{}").payload()).hasSize(5_000_000);
    var streams =
        shell(
            "printf 'one two' | curl -sS -X POST -H 'Transfer-Encoding: chunked' -H"
                + " 'Lambda-Runtime-Function-Response-Mode: streaming' -H 'Content-Type:"
                + " text/plain' --data-binary @- \"API/invocation/$id/response\"");
    var streamed = fixture.stream(streams, "{}");
    assertThat(streamed.text()).isEqualTo("one two");
    assertThat(streamed.types).containsExactly("text/plain");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void ourRuntimesStartInTheFunctionsOwnWay(FunctionsSettings.Isolation isolation)
      throws Exception {
    start(isolation);
    var files =
        Map.of(
            "index.js",
            "exports.handler = async () => [process.env.WRAPPED, process.execArgv,"
                + " globalThis.early, process.env.NODE_OPTIONS];",
            "early.cjs",
            "globalThis.early = true;",
            "wrapper.sh",
            "#!/bin/sh\nexport WRAPPED=yes\nexec \"$@\"\n");
    var spec = fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler");
    String folder = isolation == FunctionsSettings.Isolation.NONE ? code(files) : "/var/task";
    var options = Map.of("NODE_OPTIONS", "--require " + folder + "/early.cjs");
    assertThat(answer(fixture.with(spec, files, Map.of(), options), "{}"))
        .isEqualTo("[null,[],true,\"--require " + folder + "/early.cjs\"]");
    var wrapped = Map.of("AWS_LAMBDA_EXEC_WRAPPER", folder + "/wrapper.sh");
    assertThat(answer(fixture.with(spec, files, Map.of(), wrapped), "{}"))
        .isEqualTo("[\"yes\",[],null,null]");
    // One that ends instead of coming is not waited for.
    var wrong = Map.of("NODE_OPTIONS", "--nonsense");
    var failed = (Outcome.Failed) fixture.invoke(fixture.with(spec, files, Map.of(), wrong), "{}");
    assertThat(failed.errorType()).isEqualTo("Runtime.ExitError");
    assertThat(fixture.log).anyMatch(line -> line.contains("--nonsense"));
  }

  private String code(Map<String, String> files) throws IOException, CodeStore.BadCode {
    String hash = fixture.functions.code().add(FunctionsFixture.zip(files)).hash();
    return fixture.functions.code().folder(hash).toAbsolutePath().toString();
  }
}

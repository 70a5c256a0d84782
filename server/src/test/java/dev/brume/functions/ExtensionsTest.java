package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Extensions written as Python programs in a layer, beside Node and shell functions.
class ExtensionsTest {
  // What every extension here can do: calls the API, prints what it gets.
  private static final String CLIENT =
      """
      #!/usr/bin/env python3
      import http.client, json, os, sys
      api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
      def call(method, path, body=None, **headers):
          api.request(method, "/2020-01-01/extension/" + path, body,
                      {k.replace("_", "-"): v for k, v in headers.items()})
          answer = api.getresponse()
          text = answer.read().decode()
          return answer, json.loads(text) if text.startswith("{") else text
      def register(events, name=os.path.basename(__file__)):
          answer, got = call("POST", "register", json.dumps({"events": events}),
                             Lambda_Extension_Name=name, Lambda_Extension_Accept_Feature="accountId")
          return answer.getheader("Lambda-Extension-Identifier"), answer.status, got
      def say(*words):
          print(*words, flush=True)
      """;
  private static final String LISTENS =
      CLIENT
          + """
          me, status, about = register(["INVOKE", "SHUTDOWN"])
          say("REGISTERED", status, about["functionName"], about["handler"], about["accountId"])
          say("HAS", os.environ.get("_HANDLER"), os.environ.get("COLOUR"), os.environ["AWS_ACCESS_KEY_ID"])
          while True:
              _, event = call("GET", "event/next", Lambda_Extension_Identifier=me)
              say("EVENT", event["eventType"], event.get("invokedFunctionArn", event.get("shutdownReason")))
              if event["eventType"] == "SHUTDOWN":
                  break
          """;
  private static final String HANDLER =
      "exports.handler = async (event) => { console.log('working'); return event; };";
  @TempDir Path folder;
  private FunctionsFixture fixture;

  @AfterEach
  void stop() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private FunctionSpec function(
      FunctionsSettings.Isolation isolation, String handler, Map<String, String> extensions)
      throws Exception {
    assumeTrue(!Programs.onPath("python3").isEmpty(), "no Python");
    fixture = fixture == null ? new FunctionsFixture(folder, isolation) : fixture;
    return fixture.with(
        fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler"),
        Map.of("index.js", handler),
        extensions,
        Map.of("COLOUR", "blue"));
  }

  private String answer(FunctionSpec spec) {
    return new String(fixture.invoke(spec, "{\"a\":1}").payload(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theyHearOfEventsAndOfTheEnd(FunctionsSettings.Isolation isolation) throws Exception {
    var spec = function(isolation, HANDLER, Map.of("extensions/listener.py", LISTENS));
    assertThat(answer(spec)).isEqualTo("{\"a\":1}");
    assertThat(answer(spec)).isEqualTo("{\"a\":1}");
    fixture.functions.retire("000000000000", "us-east-1", spec.name());
    // It hears of the end when it is done with the last event, which the answer has not waited for.
    FunctionsFixture.await("the end", () -> fixture.log.contains("EVENT SHUTDOWN SPINDOWN"));
    fixture.close();
    var log = fixture.log;
    fixture = null;
    assertThat(log)
        .contains(
            "REGISTERED 200 " + spec.name() + " index.handler 000000000000",
            "HAS None blue ASIATEST",
            "EXTENSION\tName: listener.py\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n",
            "EVENT INVOKE arn:aws:lambda:us-east-1:000000000000:function:" + spec.name(),
            "EVENT SHUTDOWN SPINDOWN");
    assertThat(log).filteredOn(line -> line.startsWith("EVENT INVOKE")).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theEnvironmentIsFreeWhenTheyAre(FunctionsSettings.Isolation isolation) throws Exception {
    String slow =
        CLIENT
            + """
            import time
            me, _, _ = register(["INVOKE"])
            while True:
                _, event = call("GET", "event/next", Lambda_Extension_Identifier=me)
                time.sleep(0.5)
                say("FLUSHED", event["requestId"])
            """;
    var spec = function(isolation, HANDLER, Map.of("extensions/slow", slow));
    assertThat(answer(spec)).isEqualTo("{\"a\":1}");
    // The answer has not waited for it, and the next event does not get in its way.
    assertThat(fixture.log).noneMatch(line -> line.startsWith("FLUSHED"));
    assertThat(fixture.invoke(spec, "{}").report().cold()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theirFailuresAreTheFunctions(FunctionsSettings.Isolation isolation) throws Exception {
    String exits = CLIENT + "register([])\nsay('BYE')\nsys.exit(3)\n";
    assertThat(answer(function(isolation, HANDLER, Map.of("extensions/exits", exits))))
        .contains("\"errorType\":\"Extension.Crash\"", "Error: exit status 3");
    assertThat(fixture.log).contains("BYE");
    String killed = CLIENT + "register([])\nos.kill(os.getpid(), 9)\n";
    assertThat(answer(function(isolation, HANDLER, Map.of("extensions/killed", killed))))
        .contains("Extension.Crash", "Error: signal: killed");
    String killedLater =
        CLIENT
            + """
            me, _, _ = register(["INVOKE"])
            call("GET", "event/next", Lambda_Extension_Identifier=me)
            os.kill(os.getpid(), 9)
            """;
    String waits = "exports.handler = () => new Promise((done) => setTimeout(done, 8000));";
    assertThat(answer(function(isolation, waits, Map.of("extensions/killed", killedLater))))
        .contains("Extension.Crash", "Error: signal: killed");
    assertThat(fixture.log).noneMatch(line -> line.contains("OutOfMemory"));
    String leaves = CLIENT + "register([])\n";
    assertThat(answer(function(isolation, HANDLER, Map.of("extensions/leaves", leaves))))
        .contains("Extension.Crash", "Error: exit code 0");
    String never = CLIENT + "sys.exit(4)\n";
    assertThat(answer(function(isolation, HANDLER, Map.of("extensions/never", never))))
        .contains("Extension.LaunchError", "exit status 4");
    String reports =
        CLIENT
            + """
            me, _, _ = register(["INVOKE"])
            call("POST", "init/error", "{}", Lambda_Extension_Identifier=me,
                 Lambda_Extension_Function_Error_Type="Mine.NoLicence")
            call("GET", "event/next", Lambda_Extension_Identifier=me)
            """;
    assertThat(answer(function(isolation, HANDLER, Map.of("extensions/reports", reports))))
        .contains("Extension.InitError", "Error: Mine.NoLicence");
    String later =
        CLIENT
            + """
            me, _, _ = register(["INVOKE"])
            call("GET", "event/next", Lambda_Extension_Identifier=me)
            call("POST", "exit/error", "{}", Lambda_Extension_Identifier=me,
                 Lambda_Extension_Function_Error_Type="Mine.Late")
            """;
    String slow = "exports.handler = () => new Promise((done) => setTimeout(done, 5000));";
    assertThat(answer(function(isolation, slow, Map.of("extensions/later", later))))
        .contains("Extension.ExitError", "Error: Mine.Late");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void aRuntimeThatEndsBesideThemInsteadOfComingIsNotWaitedFor(
      FunctionsSettings.Isolation isolation) throws Exception {
    var spec = function(isolation, HANDLER, Map.of("extensions/listener.py", LISTENS));
    var wrong =
        Map.of("environment", (Object) Map.of("NODE_OPTIONS", "--nonsense", "COLOUR", "red"));
    assertThat(answer(FunctionsFixture.with(spec, wrong))).contains("Runtime.ExitError");
    var log = afterwards();
    assertThat(log).anyMatch(line -> line.contains("--nonsense"));
    assertThat(ends(log)).containsExactly("EVENT SHUTDOWN FAILURE");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void whatIsNotAllowedIsRefused(FunctionsSettings.Isolation isolation) throws Exception {
    String odd =
        CLIENT
            + """
            say("NAMELESS", call("POST", "register", "{}")[1]["errorType"])
            say("BROKEN", call("POST", "register", "{", Lambda_Extension_Name="odd")[1]["errorType"])
            say("EVENTS", register(["LUNCH"])[2]["errorType"])
            me, _, _ = register([])
            say("TWICE", register([])[2]["errorType"])
            say("NOBODY", call("GET", "event/next")[1]["errorType"])
            say("OTHER", call("GET", "event/next", Lambda_Extension_Identifier="x")[1]["errorType"])
            say("METHOD", call("POST", "event/next", "", Lambda_Extension_Identifier=me)[0].status)
            say("PATH", call("GET", "nothing", Lambda_Extension_Identifier=me)[0].status)
            call("GET", "event/next", Lambda_Extension_Identifier=me)
            """;
    String internal =
        """
        const ask = (name, events) => fetch(
          `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension/register`,
          { method: 'POST', headers: { 'Lambda-Extension-Name': name }, body: JSON.stringify({ events }) },
        ).then(async (r) => (await r.json()).errorType ?? r.status);
        const early = ask('inside', ['SHUTDOWN']);
        exports.handler = async () => [await early, await ask('late', [])];
        """;
    assertThat(answer(function(isolation, internal, Map.of("extensions/odd", odd))))
        .isEqualTo("[\"Extension.InvalidEventType\",\"Extension.RegistrationClosed\"]");
    assertThat(fixture.log)
        .contains(
            "NAMELESS Extension.InvalidExtensionName",
            "BROKEN InvalidRequestFormat",
            "EVENTS Extension.InvalidEventType",
            "TWICE Extension.InvalidExtensionState",
            "NOBODY Extension.MissingHeader",
            "OTHER Extension.UnknownExtensionIdentifier",
            "METHOD 405",
            "PATH 404");
  }

  // What it still hears of comes when everything has ended.
  private List<String> afterwards() {
    fixture.close();
    var log = List.copyOf(fixture.log);
    fixture = null;
    return log;
  }

  private FunctionSpec hurried(FunctionSpec spec) {
    return FunctionsFixture.with(spec, Map.of("timeoutSeconds", 1));
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theyHearOfATimeout(FunctionsSettings.Isolation isolation) throws Exception {
    String endless = "exports.handler = () => { console.log('working'); while (true); };";
    var spec = hurried(function(isolation, endless, Map.of("extensions/listener.py", LISTENS)));
    assertThat(answer(spec)).contains("Sandbox.Timedout", "Task timed out after 1.00 seconds");
    // The next event finds another environment.
    assertThat(answer(spec)).contains("Sandbox.Timedout");
    assertThat(afterwards())
        .anyMatch(line -> line.endsWith("INFO\tworking\n"))
        .anyMatch(line -> line.contains("Status: timeout"))
        .noneMatch(line -> line.startsWith("Killed") || line.startsWith("unshare"))
        .filteredOn(line -> line.startsWith("EVENT SHUTDOWN"))
        .containsExactly("EVENT SHUTDOWN TIMEOUT", "EVENT SHUTDOWN TIMEOUT");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theyHearOfAFailure(FunctionsSettings.Isolation isolation) throws Exception {
    String exits = "exports.handler = () => { console.log('bye'); process.exit(3); };";
    var spec = function(isolation, exits, Map.of("extensions/listener.py", LISTENS));
    var failed = fixture.invoke(spec, "{}");
    assertThat(failed.payload()).asString().contains("Runtime exited with error: exit status 3");
    assertThat(failed.report().logTail())
        .asString()
        .contains("bye", "Error Type: Runtime.ExitError");
    assertThat(afterwards())
        .filteredOn(line -> line.startsWith("EVENT SHUTDOWN"))
        .containsExactly("EVENT SHUTDOWN FAILURE");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void whoIsStillAtAnEventHearsOfTheEndAfterIt(FunctionsSettings.Isolation isolation)
      throws Exception {
    String late = LISTENS.replace("    if event", "    import time; time.sleep(1.5)\n    if event");
    var spec = hurried(function(isolation, HANDLER, Map.of("extensions/listener.py", late)));
    assertThat(answer(spec)).isEqualTo("{\"a\":1}");
    FunctionsFixture.await("its end", () -> fixture.log.contains("EVENT SHUTDOWN TIMEOUT"));
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void runtimesThatFunctionsBringEndBeforeThem(FunctionsSettings.Isolation isolation)
      throws Exception {
    String bootstrap =
        """
        #!/bin/sh
        echo started
        api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation/next
        python3 -c "import urllib.request, sys; urllib.request.urlopen(sys.argv[1]).read()" "$api"
        exit 5
        """;
    assumeTrue(!Programs.onPath("python3").isEmpty(), "no Python");
    fixture = new FunctionsFixture(folder, isolation);
    var spec =
        fixture.with(
            fixture.spec("provided.al2023", "any"),
            Map.of("bootstrap", bootstrap),
            Map.of("extensions/listener.py", LISTENS),
            Map.of("COLOUR", "blue"));
    assertThat(answer(spec)).contains("Runtime exited with error: exit status 5");
    assertThat(afterwards()).contains("started", "EVENT SHUTDOWN FAILURE");
  }

  private static List<String> ends(List<String> log) {
    return log.stream().filter(line -> line.startsWith("EVENT SHUTDOWN")).toList();
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theyHearOfAnInitialisationThatTookTooLong(FunctionsSettings.Isolation isolation)
      throws Exception {
    String endless = "while (true);";
    var spec = hurried(function(isolation, endless, Map.of("extensions/listener.py", LISTENS)));
    // One that never registers keeps the runtime from being started at all.
    String hangs = CLIENT + "import time\ntime.sleep(1000)\n";
    var stuck =
        hurried(
            function(
                isolation,
                HANDLER,
                Map.of("extensions/hangs", hangs, "extensions/listener.py", LISTENS)));
    var other = CompletableFuture.supplyAsync(() -> answer(stuck));
    assertThat(answer(spec)).contains("Sandbox.Timedout");
    assertThat(other.join()).contains("Sandbox.Timedout");
    assertThat(ends(afterwards()))
        .containsExactly("EVENT SHUTDOWN TIMEOUT", "EVENT SHUTDOWN TIMEOUT");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theyHearOfTooMuchMemory(FunctionsSettings.Isolation isolation) throws Exception {
    String greedy =
        """
        const all = [];
        exports.handler = () => { for (;;) all.push(Buffer.alloc(1 << 20, 1)); };
        """;
    var spec = function(isolation, greedy, Map.of("extensions/listener.py", LISTENS));
    assertThat(answer(FunctionsFixture.with(spec, Map.of("memoryMegabytes", 256))))
        .contains("Runtime exited with error: signal: killed");
    assertThat(ends(afterwards())).containsExactly("EVENT SHUTDOWN FAILURE");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theyHearOfTheFailureOfAnother(FunctionsSettings.Isolation isolation) throws Exception {
    String crashes =
        CLIENT
            + """
            me, _, _ = register(["INVOKE"])
            call("GET", "event/next", Lambda_Extension_Identifier=me)
            sys.exit(7)
            """;
    String slow = "exports.handler = () => new Promise((done) => setTimeout(done, 8000));";
    var layer = Map.of("extensions/crashes", crashes, "extensions/listener.py", LISTENS);
    assertThat(answer(function(isolation, slow, layer)))
        .contains("Extension.Crash", "Error: exit status 7");
    // It ends when the other one has registered.
    String place = "'\\0' + os.environ['AWS_LAMBDA_RUNTIME_API']";
    String early =
        CLIENT
            + """
            import socket, time
            register([])
            while socket.socket(socket.AF_UNIX).connect_ex(%s):
                time.sleep(0.01)
            sys.exit(3)
            """
                .formatted(place);
    String opens =
        "import socket\ndoor = socket.socket(socket.AF_UNIX)\ndoor.bind(%s)\ndoor.listen()\n";
    String listens = LISTENS.replace("while True", opens.formatted(place) + "while True");
    layer = Map.of("extensions/early", early, "extensions/listener.py", listens);
    assertThat(answer(function(isolation, slow, layer)))
        .contains("Extension.Crash", "Error: exit status 3");
    assertThat(ends(afterwards()))
        .containsExactly("EVENT SHUTDOWN FAILURE", "EVENT SHUTDOWN FAILURE");
  }

  private static final String ON_TERM =
      """
      process.on('SIGTERM', () => { console.log('TERMINATED'); process.exit(0); });
      """;

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void theRuntimeIsToldBeforeThem(FunctionsSettings.Isolation isolation) throws Exception {
    String deaf = "process.on('SIGTERM', () => console.log('NEVER'));\n";
    for (String handler : List.of(ON_TERM, deaf)) {
      var spec = function(isolation, handler + HANDLER, Map.of("extensions/listener.py", LISTENS));
      assertThat(answer(spec)).isEqualTo("{\"a\":1}");
    }
    var log = afterwards();
    assertThat(log).anyMatch(line -> line.contains("TERMINATED"));
    assertThat(ends(log)).containsExactly("EVENT SHUTDOWN SPINDOWN", "EVENT SHUTDOWN SPINDOWN");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void soIsPython(FunctionsSettings.Isolation isolation) throws Exception {
    String handler =
        """
        import signal, sys
        def end(number, frame):
            print("TERMINATED")
            sys.exit(0)
        signal.signal(signal.SIGTERM, end)
        def handler(event, context):
            return event
        """;
    assumeTrue(!Programs.onPath("python3").isEmpty(), "no Python");
    fixture = new FunctionsFixture(folder, isolation);
    var spec =
        fixture.with(
            fixture.spec("python3.12", "index.handler"),
            Map.of("index.py", handler),
            Map.of("extensions/listener.py", LISTENS),
            Map.of("COLOUR", "blue"));
    assertThat(answer(spec)).isEqualTo("{\"a\": 1}");
    var log = afterwards();
    assertThat(log).anyMatch(line -> line.startsWith("TERMINATED"));
    assertThat(ends(log)).containsExactly("EVENT SHUTDOWN SPINDOWN");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void soIsJava(FunctionsSettings.Isolation isolation) throws Exception {
    String handler =
        """
        public class Hooked {
          static {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("TERMINATED")));
          }
          public String handle(String event) { return event; }
        }
        """;
    fixture = new FunctionsFixture(Files.createDirectory(folder.resolve("data")), isolation);
    var classes = new JavaCode(folder, 17).compile(Map.of("Hooked.java", handler));
    var spec =
        fixture.with(
            fixture.spec("java21", "Hooked::handle"),
            JavaCode.jar(classes),
            FunctionsFixture.zip(Map.of("extensions/listener.py", LISTENS)),
            Map.of("COLOUR", "blue"));
    assertThat(fixture.invoke(spec, "\"a\"").payload()).asString().isEqualTo("\"a\"");
    var log = afterwards();
    assertThat(log).anyMatch(line -> line.startsWith("TERMINATED"));
    assertThat(ends(log)).containsExactly("EVENT SHUTDOWN SPINDOWN");
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void aRuntimeWithAnInternalOneIsToldToo(FunctionsSettings.Isolation isolation) throws Exception {
    // It cannot register once the initialisation is over.
    String internal =
        """
        const api = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2020-01-01/extension/`;
        const headers = { 'Lambda-Extension-Name': 'inside' };
        const answer = await fetch(api + 'register', { method: 'POST', headers, body: '{}' });
        const id = answer.headers.get('lambda-extension-identifier');
        fetch(api + 'event/next', { headers: { 'Lambda-Extension-Identifier': id } }).catch(() => {});
        export const handler = async (event) => event;
        """;
    fixture = new FunctionsFixture(folder, isolation);
    var spec = fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler");
    spec = fixture.with(spec, Map.of("index.mjs", internal + ON_TERM), Map.of(), Map.of());
    assertThat(answer(spec)).isEqualTo("{\"a\":1}");
    assertThat(afterwards()).anyMatch(line -> line.contains("TERMINATED"));
  }
}

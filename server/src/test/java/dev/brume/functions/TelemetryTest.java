package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What the platform says of a function: to its extensions, and in its log as JSON.
class TelemetryTest {
  // Prints every batch that it is sent, in a frame of its own that is no telemetry again.
  private static final String LISTENER =
      """
      #!/usr/bin/env python3
      import http.client, http.server, json, os, socket, threading
      class Batches(http.server.BaseHTTPRequestHandler):
          def do_POST(self):
              batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
              self.send_response(200)
              self.end_headers()
              for event in batch:
                  if event["type"] != "extension":
                      print("GOT", json.dumps(event), flush=True)
          def log_message(self, *words): pass
      server = http.server.HTTPServer(("", 0), Batches)
      threading.Thread(target=server.serve_forever, daemon=True).start()
      api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
      def call(method, path, body=None, **headers):
          api.request(method, path, body and json.dumps(body), {k.replace("_", "-"): v for k, v in headers.items()})
          answer = api.getresponse()
          return answer, json.loads(answer.read().decode())
      answer, _ = call("POST", "/2020-01-01/extension/register", {"events": ["INVOKE", "SHUTDOWN"]},
                       Lambda_Extension_Name=os.path.basename(__file__))
      me = answer.getheader("Lambda-Extension-Identifier")
      def subscribe(**change):
          return call("PUT", "/2022-07-01/telemetry", {
              "schemaVersion": "2022-12-13", "types": ["platform", "function"],
              "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
              "destination": {"protocol": "HTTP", "URI": f"http://sandbox.localdomain:{server.server_port}"},
              **change}, Lambda_Extension_Identifier=me)
      for wrong in ({"types": []}, {"schemaVersion": "1"}, {"buffering": {"timeoutMs": 1}},
                    {"destination": {"protocol": "HTTP", "URI": "http://example.org:80"}},
                    {"destination": {"protocol": "HTTP", "URI": "http://sandbox"}}):
          answer, said = subscribe(**wrong)
          print("WRONG", answer.status, said["errorType"], said["errorMessage"], flush=True)
      print("SUBSCRIBED", subscribe()[1], flush=True)
      while True:
          _, event = call("GET", "/2020-01-01/extension/event/next", Lambda_Extension_Identifier=me)
          if event["eventType"] == "SHUTDOWN": break
      """;
  private static final String HANDLER =
      "exports.handler = async () => { console.log('hello'); return 'four'; };";
  @TempDir Path folder;
  private FunctionsFixture fixture;

  @AfterEach
  void stop() {
    if (fixture != null) {
      fixture.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void extensionsGetWhatTheySubscribeTo(FunctionsSettings.Isolation isolation) throws Exception {
    assumeTrue(!Programs.onPath("python3").isEmpty(), "no Python");
    fixture = new FunctionsFixture(folder, isolation);
    var spec =
        fixture.with(
            fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler"),
            Map.of("index.js", HANDLER),
            Map.of("extensions/listener", LISTENER),
            Map.of());
    fixture.invoke(spec, "{}");
    // What is printed after an answer is in the log of the next event.
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (got("platform.report").isEmpty() && System.nanoTime() < deadline) {
      fixture.invoke(spec, "{}");
    }
    assertThat(fixture.log)
        .contains(
            "SUBSCRIBED OK",
            "TELEMETRY\tName: listener\tState: Subscribed\tTypes: [platform, function]\n",
            "WRONG 400 ValidationError types should not be empty",
            "WRONG 400 ValidationError timeoutMs must be between 25 and 30000",
            "WRONG 400 ValidationError URI host must be sandbox.localdomain",
            "WRONG 400 ValidationError URI port is not provided");
    assertThat(
            got("platform.telemetrySubscription").getFirst().path("record").path("name").asText())
        .isEqualTo("listener");
    assertThat(got("platform.extension").getFirst().path("record").path("state").asText())
        .isEqualTo("Ready");
    JsonNode start = got("platform.start").getFirst().path("record");
    assertThat(start.path("version").asText()).isEqualTo("$LATEST");
    JsonNode done = got("platform.runtimeDone").getFirst().path("record");
    assertThat(done.path("requestId")).isEqualTo(start.path("requestId"));
    assertThat(done.path("status").asText()).isEqualTo("success");
    assertThat(done.path("metrics").path("producedBytes").asInt()).isEqualTo(6);
    JsonNode report = got("platform.report").getFirst().path("record").path("metrics");
    assertThat(report.path("memorySizeMB").asInt()).isEqualTo(512);
    assertThat(report.path("initDurationMs").asDouble()).isPositive();
    assertThat(got("function").getFirst().path("record").asText()).endsWith("\tINFO\thello\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2020-08-15", "2021-03-18"})
  void theOlderApiHasFormsOfItsOwn(String schema) throws Exception {
    assumeTrue(!Programs.onPath("python3").isEmpty(), "no Python");
    String logs =
        LISTENER
            .replace("def do_POST", "def do_PUT")
            .replace("/2022-07-01/telemetry", "/2020-08-15/logs")
            .replace("\"protocol\": \"HTTP\",", "\"protocol\": \"HTTP\", \"method\": \"PUT\",")
            .replace("2022-12-13", schema)
            .replace(
                "while True:",
                """
                answer, said = call("PUT", "/2022-07-01/telemetry", {}, Lambda_Extension_Identifier=me)
                print("OTHER", answer.status, said["errorMessage"], flush=True)
                while True:\
                """)
            .replace(
                "    if event[\"eventType",
                """
                    answer, said = subscribe()
                    print("LATE", answer.status, said["errorType"], said["errorMessage"], flush=True)
                    if event["eventType\
                """);
    fixture = new FunctionsFixture(folder);
    String handler = "exports.handler = async (e) => { if (e.bad) process.exit(3); return 1; };";
    var spec =
        fixture.with(
            fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler"),
            Map.of("index.js", handler),
            Map.of("extensions/listener", logs),
            Map.of());
    fixture.invoke(spec, "{}");
    fixture.invoke(spec, "{\"bad\":true}");
    fixture.close();
    assertThat(got("platform.end")).hasSize(2);
    assertThat(got("platform.report")).hasSize(2);
    assertThat(fixture.log)
        .contains(
            "SUBSCRIBED OK",
            "LOGS\tName: listener\tState: Subscribed\tTypes: [platform, function]\n",
            "WRONG 400 Logs.ValidationError types should not be empty",
            "LATE 403 Logs.SubscriptionClosed Logs API subscription is closed already")
        .anyMatch(line -> line.startsWith("OTHER 400 extension has subscribed by another API"));
    assertThat(got("platform.logsSubscription").getFirst().path("record"))
        .hasToString(
            "{\"name\":\"listener\",\"state\":\"Subscribed\",\"types\":[\"platform\",\"function\"]}");
    assertThat(got("platform.start").getFirst().path("record").size()).isEqualTo(1);
    assertThat(got("platform.end").getFirst().path("record"))
        .isEqualTo(got("platform.start").getFirst().path("record"));
    assertThat(got("platform.fault").getFirst().path("record").asText())
        .contains("Error: Runtime exited with error: exit status 3");
    JsonNode report = got("platform.report").getFirst().path("record");
    assertThat(report.path("metrics").path("initDurationMs").asDouble()).isPositive();
    assertThat(report.has("status")).isFalse();
    assertThat(got("platform.initStart")).isEmpty();
    assertThat(got("platform.runtimeDone"))
        .extracting(one -> one.at("/record/status").asText())
        .isEqualTo(schema.equals("2021-03-18") ? List.of("success", "failure") : List.of());
  }

  private List<JsonNode> got(String type) {
    var found = new ArrayList<JsonNode>();
    for (String line : List.copyOf(fixture.log)) {
      if (line.startsWith("GOT ")) {
        JsonNode event = Json.parseOwn(line.substring(4));
        if (event.path("type").asText().equals(type)) {
          found.add(event);
        }
      }
    }
    return found;
  }

  @Test
  void logsAsJsonHaveThePlatformsLinesAsJson() throws Exception {
    fixture = new FunctionsFixture(folder);
    String handler = "exports.handler = async (e) => { if (e.bad) process.exit(3); return 1; };";
    assertThat(types(json(handler, "INFO"), "{}"))
        .containsExactly("platform.initStart", "platform.start", "platform.report");
    assertThat(types(json(handler, "DEBUG"), "{}"))
        .containsExactly(
            "platform.initStart",
            "platform.initRuntimeDone",
            "platform.initReport",
            "platform.start",
            "platform.runtimeDone",
            "platform.report");
    assertThat(types(json(handler + " // again", "WARN"), "{}")).isEmpty();
    assertThat(types(json(handler + " // bad", "WARN"), "{\"bad\":true}"))
        .containsExactly("platform.fault", "platform.runtimeDone", "platform.report");
    JsonNode report = Json.parseOwn(fixture.log.getLast());
    assertThat(report.path("record").path("status").asText()).isEqualTo("error");
    assertThat(report.path("record").path("errorType").asText()).isEqualTo("Runtime.ExitError");
  }

  @Test
  void tracesAreNamedWhereTracingIsActive() throws Exception {
    fixture = new FunctionsFixture(folder);
    var spec = fixture.spec(FunctionsFixture.nodeRuntime(), "kinds.echo");
    String root = "1-5759e988-bd862e3fe1be46a994272793";
    String header = "Root=" + root + ";Parent=53995c3f42cd8ad8;Sampled=";
    for (boolean sampled : List.of(true, false)) {
      fixture.log.clear();
      String trace = header + (sampled ? "1" : "0") + ";Lineage=1:aabbccdd:0";
      var invocation = fixture.invocation(spec, "{}", trace);
      fixture.functions.invoke(spec, invocation, fixture.sink());
      String line = "\nXRAY TraceId: " + root + "\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t\n";
      assertThat(fixture.log.getLast()).startsWith("REPORT RequestId: ");
      assertThat(fixture.log.getLast().endsWith(line)).isEqualTo(sampled);
    }
    fixture.invoke(spec, "{}");
    assertThat(fixture.log.getLast()).doesNotContain("XRAY");
    var json = json("exports.handler = async () => 1", "INFO");
    String traced = header + "1";
    fixture.functions.invoke(json, fixture.invocation(json, "{}", traced), fixture.sink());
    JsonNode record = Json.parseOwn(fixture.log.getLast()).path("record");
    assertThat(record.path("tracing").path("type").asText()).isEqualTo("X-Amzn-Trace-Id");
    assertThat(record.path("tracing").path("value").asText()).isEqualTo(traced);
    fixture.invoke(json, "{}");
    assertThat(Json.parseOwn(fixture.log.getLast()).path("record").has("tracing")).isFalse();
  }

  @Test
  void linesPastTheRuntimesLoggerAreLeftOutByTheirLevel() throws Exception {
    fixture = new FunctionsFixture(folder);
    String handler =
        """
        const time = '2024-11-02T16:51:31.587199Z';
        const lines = [
          { level: 'debug', timestamp: time, n: 1 }, { level: 'WARN', time, n: 2 }, { level: 'ERROR', n: 3 },
          { level: 'FATAL', timestamp: 1730566291, n: 4 }, { level: 'loud', timestamp: time, n: 5 },
          { level: 'error', timestamp: '2024-11-02T16:51:31+01:00', n: 6 }];
        exports.handler = async () => {
          lines.forEach((line) => process.stdout.write(JSON.stringify(line) + '\\n'));
          process.stderr.write('{"level":\\n');
          process.stderr.write('plain\\n');
          console.error('logged');
        };
        """;
    assertThat(printed(handler, "WARN")).containsExactly("2", "6", "logged");
    assertThat(printed(handler, "INFO"))
        .containsExactly("2", "3", "4", "5", "6", "logged", "plain", "{\"level\":");
    assertThat(printed(handler, "DEBUG")).hasSize(9).startsWith("1");
  }

  private List<String> printed(String handler, String level) throws Exception {
    fixture.log.clear();
    fixture.invoke(json(handler, "WARN", level), "{}");
    var found = new ArrayList<String>();
    for (String line : List.copyOf(fixture.log)) {
      boolean whole = line.startsWith("{") && line.endsWith("}");
      JsonNode record = whole ? Json.parseOwn(line) : Json.object();
      String text = whole ? record.path("n").asText() + record.path("message").asText() : line;
      found.add(text);
    }
    // Standard output and standard error are one pipe, but the logger's frames may overtake.
    return found.stream().sorted().toList();
  }

  private List<String> types(FunctionSpec spec, String event) {
    fixture.log.clear();
    byte[] payload = fixture.invoke(spec, event).payload();
    assertThat(new String(payload, StandardCharsets.UTF_8)).isNotEmpty();
    return fixture.log.stream().map(line -> Json.parseOwn(line).path("type").asText()).toList();
  }

  private FunctionSpec json(String handler, String level) throws Exception {
    return json(handler, level, "INFO");
  }

  private FunctionSpec json(String handler, String level, String application) throws Exception {
    var spec =
        fixture.with(
            fixture.spec(FunctionsFixture.nodeRuntime(), "index.handler"),
            Map.of("index.js", handler),
            Map.of(),
            Map.of());
    return FunctionsFixture.with(
        spec,
        Map.of(
            "revision",
            level + application,
            "jsonLogs",
            true,
            "logLevel",
            application,
            "systemLogLevel",
            level));
  }
}

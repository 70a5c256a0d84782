package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Debuggers' doors: Node's inspector, Java's wire protocol, Python's debugpy and Ruby's debugger
/// answer on the machine's loopback.
class DebuggingTest {
  private static final long PIP_SECONDS = 120;
  @TempDir Path folder;
  private FunctionsFixture fixture;

  @AfterEach
  void stop() {
    if (fixture != null) {
      fixture.close();
    }
  }

  private int start(FunctionsSettings.Isolation isolation, String function) throws Exception {
    int port;
    try (var free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    fixture =
        new FunctionsFixture(
            folder, isolation, SandboxSettings.DEFAULT, new Debugging(Map.of(function, port)));
    return port;
  }

  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void nodesInspectorAnswersAndNothingTimesOut(FunctionsSettings.Isolation isolation)
      throws Exception {
    int port = start(isolation, "kinds-sleeps");
    // One second is over long before it answers.
    var spec = fixture.spec(FunctionsFixture.nodeRuntime(), "kinds.sleeps", 512, 1);
    assertThat(fixture.invoke(spec, "{\"millis\":1500}")).isInstanceOf(Outcome.Success.class);
    assertThat(fixture.invoke(spec, "{\"millis\":1}").report().cold()).isFalse();
    try (var in = URI.create("http://127.0.0.1:" + port + "/json/version").toURL().openStream()) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("node.js/v");
    }
  }

  @Test
  void javasWireProtocolAnswers() throws Exception {
    int port = start(FunctionsSettings.Isolation.BEST, "java");
    String source =
        "package e; public class Echo { public String handle(String in) { return in; } }";
    var classes = new JavaCode(folder, 21).compile(Map.of("e/Echo.java", source));
    String hash = fixture.functions.code().add(JavaCode.jar(classes)).hash();
    var spec =
        FunctionsFixture.with(
            fixture.spec("java25", "e.Echo::handle", 512, 20),
            Map.of("name", "java", "codeHash", hash));
    assertThat(fixture.invoke(spec, "\"hi\"").payload()).asString().isEqualTo("\"hi\"");
    byte[] greeting = "JDWP-Handshake".getBytes(StandardCharsets.US_ASCII);
    try (var socket = new Socket("127.0.0.1", port)) {
      socket.getOutputStream().write(greeting);
      assertThat(socket.getInputStream().readNBytes(greeting.length)).isEqualTo(greeting);
    }
  }

  // With debugpy in a layer, as an editor does it: stops at a line, looks at a variable, goes on.
  @ParameterizedTest
  @EnumSource(
      value = FunctionsSettings.Isolation.class,
      names = {"BEST", "NONE"})
  void pythonStopsAtALine(FunctionsSettings.Isolation isolation) throws Exception {
    int port = start(isolation, "python");
    Debugpy debugpy = debugpy();
    String source =
        """
        import os, sys
        def handler(event, context):
            told = event['n'] * 2
            return [told, os.path.dirname(__file__), 'debugpy' in sys.modules]
        """;
    FunctionSpec plain = fixture.spec(debugpy.runtime(), "index.handler", 512, 1);
    FunctionSpec spec =
        FunctionsFixture.with(
            fixture.with(
                plain, FunctionsFixture.zip(Map.of("index.py", source)), debugpy.layer(), Map.of()),
            Map.of("name", "python"));
    JsonNode first = FunctionsFixture.json(fixture.invoke(spec, "{\"n\":1}"));
    assertThat(first.path(2).asBoolean()).as(first.toString()).isTrue();
    try (var editor = new DapClient(port);
        var invoking = Executors.newVirtualThreadPerTaskExecutor()) {
      editor.ask("initialize", "{\"adapterID\":\"test\",\"pathFormat\":\"path\"}");
      String mapping =
          "{\"localRoot\":\"/home/me/app\",\"remoteRoot\":\"%s\"}"
              .formatted(first.path(1).asText());
      int attached =
          editor.send("attach", "{\"justMyCode\":true,\"pathMappings\":[" + mapping + "]}");
      editor.event("initialized");
      JsonNode set =
          editor.ask(
              "setBreakpoints",
              "{\"source\":{\"path\":\"/home/me/app/index.py\"},\"breakpoints\":[{\"line\":4}]}");
      assertThat(set.path("breakpoints").path(0).path("verified").asBoolean()).isTrue();
      editor.ask("configurationDone", "{}");
      editor.answer(attached);
      Future<Outcome> answer = invoking.submit(() -> fixture.invoke(spec, "{\"n\":21}"));
      JsonNode stopped = editor.event("stopped");
      assertThat(stopped.path("reason").asText()).isEqualTo("breakpoint");
      String thread = "{\"threadId\":" + stopped.path("threadId") + "}";
      JsonNode frame = editor.ask("stackTrace", thread).path("stackFrames").path(0);
      assertThat(frame.path("source").path("path").asText()).isEqualTo("/home/me/app/index.py");
      String expression = "{\"expression\":\"told + 1\",\"frameId\":" + frame.path("id") + "}";
      assertThat(editor.ask("evaluate", expression).path("result").asText()).isEqualTo("43");
      assertThat(answer.isDone()).isFalse();
      editor.ask("continue", thread);
      assertThat(FunctionsFixture.json(answer.get()).path(0).asInt()).isEqualTo(42);
      editor.ask("disconnect", "{}");
    }
    Outcome last = fixture.invoke(spec, "{\"n\":3}");
    assertThat(FunctionsFixture.json(last).path(0).asInt()).isEqualTo(6);
    assertThat(last.report().cold()).isFalse();
  }

  @Test
  void aPythonWithoutDebugpySaysSo() throws Exception {
    start(FunctionsSettings.Isolation.BEST, "kinds-echo-py");
    FunctionSpec spec = fixture.spec("python3.12", "kinds.echo");
    Path python = new Interpreters(FunctionsSettings.of(folder)).of(spec).executable();
    assumeTrue(Programs.run(python, "-c", "import debugpy; print(1)").isEmpty());
    var failed = (Outcome.Failed) fixture.invoke(spec, "{}");
    assertThat(failed.errorType()).isEqualTo("Runtime.ExitError");
    assertThat(fixture.log).anyMatch(line -> line.contains("No module named debugpy"));
  }

  /// A Python whose pip gets debugpy.
  private record Debugpy(String runtime, byte[] layer) {}

  private Debugpy debugpy() throws IOException {
    List<RuntimeEntry> pythons =
        Runtimes.table(FunctionsSettings.of(folder)).stream()
            .filter(entry -> entry.runtime().startsWith("python") && entry.exact())
            .toList();
    for (RuntimeEntry entry : pythons) {
      Path wheels = Files.createDirectory(folder.resolve("wheels-" + entry.runtime()));
      Programs.run(
          PIP_SECONDS,
          List.of(
              String.valueOf(entry.program()),
              "-m",
              "pip",
              "download",
              "-q",
              "--retries",
              "0",
              "--no-deps",
              "--only-binary=:all:",
              "-d",
              wheels.toString(),
              "debugpy"));
      try (var found = Files.list(wheels)) {
        Path wheel = found.findFirst().orElse(null);
        if (wheel != null) {
          return new Debugpy(entry.runtime(), layer(wheel));
        }
      }
    }
    return abort("pip cannot get debugpy");
  }

  private static byte[] layer(Path wheel) throws IOException {
    var layer = new ByteArrayOutputStream();
    try (var in = new ZipInputStream(Files.newInputStream(wheel));
        var out = new ZipOutputStream(layer)) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        out.putNextEntry(new ZipEntry("python/" + entry.getName()));
        in.transferTo(out);
      }
    }
    return layer.toByteArray();
  }

  @Test
  void rubysDebuggerAnswers() throws Exception {
    int port = start(FunctionsSettings.Isolation.BEST, "ruby");
    assumeTrue(fixture.functions.unavailable("ruby3.3") == null, "no Ruby");
    Map<String, String> code =
        Map.of("index.rb", "def handler(event:, context:) = defined?(DEBUGGER__)\n");
    var spec =
        FunctionsFixture.with(
            fixture.spec("ruby3.3", "index.handler", 512, 20),
            Map.of(
                "name",
                "ruby",
                "codeHash",
                fixture.functions.code().add(FunctionsFixture.zip(code)).hash()));
    String answer = new String(fixture.invoke(spec, "{}").payload(), StandardCharsets.UTF_8);
    assumeTrue(!answer.contains("Runtime."), "no gem debug");
    assertThat(answer).isEqualTo("\"constant\"");
    String hello = "{\"seq\":1,\"type\":\"request\",\"command\":\"initialize\",\"arguments\":{}}";
    try (var socket = new Socket("127.0.0.1", port)) {
      String request = "Content-Length: " + hello.length() + "\r\n\r\n" + hello;
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      assertThat(socket.getInputStream().readNBytes(15)).asString().isEqualTo("Content-Length:");
    }
  }

  @Test
  void whatIsNotAFunctionAndAPortIsRefused() {
    assertThat(Debugging.parse("").ports()).isEmpty();
    assertThat(Debugging.parse("a:9229, b:5005").ports()).isEqualTo(Map.of("a", 9229, "b", 5005));
    for (String wrong : new String[] {"a", "a:", ":1", "a:x", "a:0", "a:70000", "a:1,b"}) {
      assertThatThrownBy(() -> Debugging.parse(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("function:port");
    }
  }
}

package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Debuggers' doors: Node's inspector and Java's wire protocol answer on the machine's loopback.
class DebuggingTest {
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

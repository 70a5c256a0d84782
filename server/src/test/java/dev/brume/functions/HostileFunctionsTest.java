package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.http.Headers;
import dev.brume.http.Limits;
import dev.brume.http.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Functions that do what they should not, in the strongest sandbox: each claim of
/// docs/functions.md has one here.
class HostileFunctionsTest {
  @TempDir static Path folder;
  private static FunctionsFixture fixture;
  private static Listener endpoint;

  private static Leaks leaks;

  @BeforeAll
  static void start() throws IOException, CodeStore.BadCode {
    leaks = new Leaks(folder);
    fixture = new FunctionsFixture(folder);
    endpoint =
        Listener.open(
            "127.0.0.1",
            0,
            Limits.DEFAULT,
            InstantSource.system(),
            exchange ->
                exchange.respond(
                    200, new Headers(), exchange.rawPath().getBytes(StandardCharsets.UTF_8)));
    fixture.endpointPort = endpoint.port();
    fixture.node("kinds.echo", "{}");
    assumeTrue(fixture.functions.status().isolation().equals("root"), "needs root");
  }

  @AfterAll
  static void stop() {
    fixture.close();
    endpoint.close();
    leaks.awaitNone();
  }

  @Test
  void nothingIsReachedButTheEndpoint() throws IOException {
    assertThat(hostile("gets", "{\"port\":" + endpoint.port() + ",\"path\":\"/here\"}").asText())
        .isEqualTo("/here");
    try (ServerSocketChannel other = new Network.Shared().listen(0)) {
      int port = ((InetSocketAddress) other.getLocalAddress()).getPort();
      JsonNode found =
          hostile(
              "connects",
              ("{\"targets\":[\"127.0.0.1/%d\",\"::1/%d\",\"127.0.0.1/%d\",\"192.0.2.1/80\",\"2001:db8::1/80\"]}")
                  .formatted(port, port, endpoint.port()));
      assertThat(found.get("127.0.0.1/" + port).asText()).isEqualTo("ECONNREFUSED");
      assertThat(found.get("::1/" + port).asText()).isEqualTo("ECONNREFUSED");
      assertThat(found.get("127.0.0.1/" + endpoint.port()).asText()).isEqualTo("open");
      assertThat(found.get("192.0.2.1/80").asText()).isEqualTo("ENETUNREACH");
      assertThat(found.get("2001:db8::1/80").asText()).isIn("ENETUNREACH", "EADDRNOTAVAIL");
      String ports = hostile("scans", "{\"from\":1,\"to\":65536}").toString();
      // And the environment's own Runtime API.
      assertThat(ports).isIn("[" + endpoint.port() + ",9001]", "[9001," + endpoint.port() + "]");
    }
    assertThat(hostile("resolves", "{}").asText()).isIn("EAI_AGAIN", "ENOTFOUND");
  }

  @Test
  void memoryThatAChildTakesCountsAndEndsTheWholeEnvironment() {
    var spec = fixture.spec(FunctionsFixture.nodeRuntime(), "hostile.childHog", 256, 60);
    Outcome outcome = fixture.invoke(spec, "{}");
    assertThat(text(outcome)).contains("Runtime exited with error: signal: killed");
    assertThat(outcome.report().memoryUsedMegabytes()).isBetween(100, 256 + 32);
  }

  @Test
  void processesAreBounded() {
    int processes = hostile("processes", "{}").asInt();
    assertThat(processes).isBetween(900, 1023);
    fixture.functions.retire("000000000000", "us-east-1", "hostile-processes");
  }

  @Test
  void theTemporaryFolderIsOfTheOrderedSizeAndNoMemory() {
    var spec = fixture.spec(FunctionsFixture.nodeRuntime(), "hostile.fills", 128, 120);
    JsonNode filled = FunctionsFixture.json(fixture.invoke(spec, "{}"));
    assertThat(filled.get("code").asText()).isEqualTo("ENOSPC");
    assertThat(filled.get("bytes").asLong() >> 20).isBetween(510L, 530L);
    assertThat(hostile("takes", "{\"megabytes\":600}").get("code").asInt()).isNotZero();
    fixture.storageMegabytes = 2048;
    try {
      fixture.functions.retire("000000000000", "us-east-1", "hostile-takes");
      assertThat(hostile("takes", "{\"megabytes\":2040}").get("code").asInt()).isZero();
      assertThat(hostile("takes", "{\"megabytes\":2100}").get("code").asInt()).isNotZero();
    } finally {
      fixture.storageMegabytes = 512;
    }
  }

  @Test
  void filesAreBoundedInNumberToo() {
    assertThat(hostile("files", "{\"most\":10000}").get("files").asInt()).isEqualTo(10_000);
    JsonNode many = hostile("files", "{\"most\":1000000}");
    assertThat(many.get("code").asText()).isEqualTo("ENOSPC");
    assertThat(many.get("files").asInt()).isBetween(60_000, 70_000);
  }

  @Test
  void openFilesAreBounded() {
    JsonNode opened = hostile("opens", "{}");
    assertThat(opened.get("code").asText()).isEqualTo("EMFILE");
    assertThat(opened.get("open").asInt()).isBetween(900, 1024);
  }

  @Test
  void nothingElseCanBeWritten() {
    JsonNode written =
        hostile(
            "writes",
            """
            {"folders":["/tmp","/","/var/task","/var/runtime","/opt","/etc","/usr","/bin","/dev",
            "/dev/shm","/run","/run/brume","/var","/home/sbx_user1051","/proc/sys/kernel","/sys",
            "/.brume"]}
            """);
    assertThat(written.toString()).isEqualTo("[\"/tmp\"]");
  }

  @Test
  void theKernelRefusesWhatOnlyTheMachinesOwnersMay() {
    var spec = fixture.spec("python3.11", "hostile.kernel", 512, 60);
    JsonNode calls = FunctionsFixture.json(fixture.invoke(spec, "{}"));
    calls
        .properties()
        .forEach(call -> assertThat(call.getValue().asText()).isNotEqualTo("allowed"));
    for (String filtered :
        List.of(
            "unshare user",
            "unshare user and network",
            "keyctl",
            "add_key",
            "bpf",
            "perf",
            "userfaultfd",
            "io_uring")) {
      assertThat(calls.get(filtered).asText()).as(filtered).isEqualTo("EPERM");
    }
    assertThat(calls.size()).isEqualTo(25);
  }

  @Test
  void nobodyElseIsSeenOrHurt() {
    var spec = fixture.spec("python3.11", "hostile.signals", 512, 60);
    long brume = ProcessHandle.current().pid();
    JsonNode hurt = FunctionsFixture.json(fixture.invoke(spec, "{\"brume\":" + brume + "}"));
    assertThat(hurt.get("init").asText()).isEqualTo("EPERM");
    assertThat(hurt.get("parent").asText()).isEqualTo("EPERM");
    assertThat(hurt.get("brume").asText()).isIn("ESRCH", "EPERM");
    JsonNode seen =
        FunctionsFixture.json(
            fixture.invoke(fixture.spec("python3.11", "hostile.sees", 512, 60), "{}"));
    assertThat(seen.get("count").asInt()).isLessThan(5);
    assertThat(seen.get("readable")).isEmpty();
    assertThat(text(fixture.invoke(fixture.spec("python3.11", "hostile.everybody", 512, 60), "{}")))
        .isNotEmpty();
    assertThat(fixture.node("kinds.echo", "1")).isEqualTo("1");
  }

  @Test
  void whatIsForkedTwiceDoesNotOutliveItsEnvironment() {
    var spec = fixture.spec("python3.11", "hostile.lives_on", 512, 60);
    assertThat(text(fixture.invoke(spec, "{\"seconds\":98765}"))).isEqualTo("\"done\"");
    FunctionsFixture.await("the orphan", () -> runs("98765"));
    fixture.functions.retire("000000000000", "us-east-1", spec.name());
    FunctionsFixture.await("its end", () -> !runs("98765"));
  }

  private static boolean runs(String argument) {
    return ProcessHandle.allProcesses()
        .anyMatch(
            process ->
                process
                    .info()
                    .arguments()
                    .map(all -> List.of(all).contains(argument))
                    .orElse(false));
  }

  @Test
  void otherEnvironmentsAndTheMachineAreOutOfSight() throws IOException {
    fixture.invoke(fixture.spec("python3.11", "hostile.keeps", 512, 60), "{}");
    String secret = folder.resolve("host-secret").toString();
    Files.writeString(Path.of(secret), "secret");
    JsonNode seen =
        FunctionsFixture.json(
            fixture.invoke(
                fixture.spec("python3.11", "hostile.looks", 512, 60),
                """
                {"paths":["/tmp/secret","/etc/shadow","/root/.ssh","/root/.bashrc","/home/sbx_user1051/x",
                "/boot","/sys","/run/brume/../docker.sock","/var/lib","/.brume/code","/dev/sda","/dev/vda",
                "/dev/loop0","/dev/mem","/dev/kmsg","/proc/kcore/x","%s","%s","%s"]}
                """
                    .formatted(secret, folder, folder.resolve("functions/zips"))));
    assertThat(seen.get("tmp")).isEmpty();
    assertThat(seen.get("found")).isEmpty();
    assertThat(seen.get("task").toString()).contains("hostile.py");
    assertThat(seen.get("root").toString()).doesNotContain("host", "work", "mnt", "data");
  }

  @Test
  void namesWithoutFilesAreThoseOfTheEnvironment() throws IOException {
    Process listener =
        new ProcessBuilder(
                "python3",
                "-c",
                "import socket, sys\n"
                    + "s = socket.socket(socket.AF_UNIX); s.bind('\\0brume-host'); s.listen()\n"
                    + "print('ready', flush=True); sys.stdin.read()")
            .start();
    try (var out = listener.inputReader()) {
      assertThat(out.readLine()).isEqualTo("ready");
      assertThat(
              text(
                  fixture.invoke(
                      fixture.spec("python3.11", "hostile.abstract", 512, 60),
                      "{\"name\":\"brume-host\"}")))
          .isEqualTo("\"ECONNREFUSED\"");
    } finally {
      listener.destroyForcibly();
    }
  }

  @Test
  void whoSpeaksNonsenseToBrumeIsEnded() {
    for (String text :
        List.of(
            "nonsense\\r\\n\\r\\n",
            "GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n\\r\\n",
            "POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r"
                + "\\n"
                + "Content-Length: x\\r"
                + "\\n"
                + "\\r"
                + "\\n",
            "POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\\r"
                + "\\n"
                + "Content-Length: -1\\r"
                + "\\n"
                + "\\r"
                + "\\n",
            "POST /x/response HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n-5\\r\\n")) {
      Outcome outcome = hostileOutcome("speaks", "{\"text\":\"" + text + "\"}", 3);
      assertThat(outcome).as(text).isInstanceOf(Outcome.Failed.class);
    }
    assertThat(hostileOutcome("hangsUp", "{}", 3)).isInstanceOf(Outcome.Failed.class);
    assertThat(fixture.node("kinds.echo", "1")).isEqualTo("1");
  }

  @Test
  void whoNeverStopsSpeakingIsEnded() {
    for (String text :
        List.of(
            "flood",
            "X-Header: flood\\r\\n",
            "POST /x/response HTTP/1.1\\r"
                + "\\n"
                + "Transfer-Encoding: chunked\\r"
                + "\\n"
                + "\\r"
                + "\\n"
                + "0\\r"
                + "\\n"
                + "A: b\\r"
                + "\\n")) {
      Outcome outcome = hostileOutcome("speaks", "{\"forever\":true,\"text\":\"" + text + "\"}", 3);
      assertThat(outcome).as(text).isInstanceOf(Outcome.Failed.class);
    }
    assertThat(fixture.node("kinds.echo", "1")).isEqualTo("1");
  }

  @Test
  void connectionsToTheEndpointAreBounded() {
    String event = "{\"count\":400,\"refused\":144,\"port\":" + endpoint.port() + "}";
    assertThat(hostile("connectsMany", event).asInt()).isEqualTo(256);
    assertThat(hostile("gets", "{\"port\":" + endpoint.port() + ",\"path\":\"/x\"}").asText())
        .isEqualTo("/x");
  }

  private static Outcome hostileOutcome(String handler, String event, int seconds) {
    return fixture.invoke(
        fixture.spec(FunctionsFixture.nodeRuntime(), "hostile." + handler, 512, seconds), event);
  }

  private static JsonNode hostile(String handler, String event) {
    return FunctionsFixture.json(
        fixture.invoke(
            fixture.spec(FunctionsFixture.nodeRuntime(), "hostile." + handler, 512, 60), event));
  }

  private static String text(Outcome outcome) {
    return new String(outcome.payload(), StandardCharsets.UTF_8);
  }
}

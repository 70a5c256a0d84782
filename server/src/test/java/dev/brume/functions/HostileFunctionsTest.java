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
import java.nio.file.Path;
import java.time.InstantSource;
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
      assertThat(ports).isEqualTo("[" + endpoint.port() + "]");
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

  private static JsonNode hostile(String handler, String event) {
    return FunctionsFixture.json(
        fixture.invoke(
            fixture.spec(FunctionsFixture.nodeRuntime(), "hostile." + handler, 512, 60), event));
  }

  private static String text(Outcome outcome) {
    return new String(outcome.payload(), StandardCharsets.UTF_8);
  }
}

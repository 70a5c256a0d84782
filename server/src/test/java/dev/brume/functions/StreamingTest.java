package dev.brume.functions;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Answers that come while the function runs.
class StreamingTest {
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

  private static FunctionsFixture.Streamed stream(String handler, String event) {
    return fixture.stream(fixture.spec("nodejs20.x", "streams." + handler), event);
  }

  @Test
  void whatIsWrittenComesInOrder() {
    var answer = stream("words", "{\"words\":[\"a\",\"ü\",\"c\"]}");
    assertThat(answer.text()).isEqualTo("aüc{\"of\":\"streams-words\"}");
    assertThat(answer.types).containsExactly("application/octet-stream");
    assertThat(answer.outcome).isInstanceOf(Outcome.Success.class);
    assertThat(answer.outcome.payload()).isEmpty();
    assertThat(stream("words", "{\"words\":[\"again\"]}").text()).startsWith("again");
    assertThat(stream("nothing", "{}").types).containsExactly("application/octet-stream");
    assertThat(stream("plain", "{}").outcome).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void statusAndHeadersComeBeforeTheBody() {
    var answer = stream("http", "{}");
    assertThat(answer.types).containsExactly("application/vnd.awslambda.http-integration-response");
    assertThat(answer.text())
        .isEqualTo("{\"statusCode\":201,\"headers\":{\"X-A\":\"b\"}}\0\0\0\0\0\0\0\0one two");
  }

  @Test
  void theFirstBytesComeBeforeTheLast() {
    var answer = stream("pause", "{\"millis\":300}");
    assertThat(answer.text()).isEqualTo("firstsecond");
    assertThat(answer.nanos.getLast() - answer.nanos.getFirst()).isGreaterThan(200_000_000L);
  }

  @Test
  void anErrorHalfWayEndsTheAnswer() {
    var answer = stream("breaks", "{\"text\":\"some\"}");
    assertThat(answer.text()).isEqualTo("some");
    assertThat(((Outcome.Failed) answer.outcome).errorType()).isEqualTo("TypeError");
    assertThat(new String(answer.outcome.payload(), StandardCharsets.UTF_8))
        .contains("\"errorMessage\":\"half-way\"", "\"trace\":[");
    var before = stream("breaks", "{}");
    assertThat(before.types).isEmpty();
    assertThat(((Outcome.Failed) before.outcome).errorType()).isEqualTo("TypeError");
    var uncaught = stream("uncaught", "{}");
    assertThat(uncaught.text()).isEqualTo("some");
    assertThat(((Outcome.Failed) uncaught.outcome).errorType()).isEqualTo("RangeError");
    var never = stream("never", "{}");
    assertThat(((Outcome.Failed) never.outcome).errorType()).isEqualTo("Runtime.NodeJsExit");
    var late = fixture.spec("nodejs20.x", "streams.pause", 128, 1);
    var timedOut = fixture.stream(late, "{\"millis\":5000}");
    assertThat(timedOut.text()).isEqualTo("first");
    assertThat(((Outcome.Failed) timedOut.outcome).errorType()).isEqualTo("Sandbox.Timedout");
  }

  @Test
  void handlersThatReturnAreHeardToo() {
    var answer = stream("buffered", "{\"a\":1}");
    assertThat(answer.text()).isEqualTo("{\"got\":{\"a\":1}}");
    assertThat(answer.types).containsExactly("application/json");
    var failing = fixture.stream(fixture.spec("nodejs20.x", "kinds.throws"), "{}");
    assertThat(failing.types).isEmpty();
    assertThat(((Outcome.Failed) failing.outcome).errorType()).isEqualTo("OrderError");
  }

  @Test
  void whoAsksForAWholeAnswerGetsIt() {
    assertThat(fixture.node("streams.words", "{\"words\":[\"a\",\"b\"]}"))
        .isEqualTo("ab{\"of\":\"streams-words\"}");
    assertThat(fixture.node("streams.breaks", "{\"text\":\"some\"}")).contains("half-way");
    assertThat(fixture.node("streams.large", "{\"chunks\":100}"))
        .contains("Function.ResponseSizeTooLarge");
  }

  @Test
  void streamsMayBeLargeButNotEndless() {
    var large = stream("large", "{\"chunks\":320}");
    assertThat(large.bytes.size()).isEqualTo(20 << 20);
    var tooLarge = stream("large", "{\"chunks\":3201}");
    assertThat(((Outcome.Failed) tooLarge.outcome).errorType())
        .isEqualTo("Function.ResponseSizeTooLarge");
    assertThat(new String(tooLarge.outcome.payload(), StandardCharsets.UTF_8))
        .contains("209715200");
  }

  @Test
  void aListenerThatGoesDoesNotDisturbTheFunction() {
    var spec = fixture.spec("nodejs20.x", "streams.large");
    var outcome =
        fixture.functions.invokeStreaming(
            spec,
            fixture.invocation(spec, "{\"chunks\":20}"),
            fixture.sink(),
            new ResponseSink() {
              @Override
              public void begin(String contentType) throws IOException {
                throw new IOException("gone");
              }

              @Override
              public void write(byte[] bytes, int offset, int length) {
                throw new AssertionError("nobody listens");
              }
            });
    assertThat(outcome).isInstanceOf(Outcome.Success.class);
    assertThat(fixture.stream(spec, "{\"chunks\":1}").outcome.report().cold()).isFalse();
  }
}

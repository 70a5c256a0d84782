package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.functions.Outcome;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlReplyTest {
  private static final Outcome.Report REPORT = new Outcome.Report(1, -1, 1, new byte[0], false);

  private static UrlReply reply(String payload) {
    return reply(payload, "application/json");
  }

  private static UrlReply reply(String payload, String contentType) {
    return UrlReply.of(
        new Outcome.Success(payload.getBytes(StandardCharsets.UTF_8), contentType, REPORT));
  }

  private static String text(UrlReply reply) {
    return new String(reply.body(), StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "hello"                    | hello
          {"hello": "world"}         | {"hello":"world"}
          ["hello", 3, true]         | ["hello",3,true]
          3.1                        | 3.1
          true                       | true
          null                       | null
          {"body": "x"}              | {"body":"x"}
          """)
  void whatHasNoStatusIsTheBody(String payload, String body) {
    UrlReply reply = reply(payload);
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(text(reply)).isEqualTo(body);
  }

  @Test
  void statusHeadersCookiesAndBodyAreTheFunctions() {
    UrlReply reply =
        reply(
            """
            {"statusCode":"201","headers":{"content-type":"text/plain","X-N":1,"Date":"d",
             "transfer-encoding":"chunked"},"cookies":["a=1","b=2"],"body":"hi"}
            """);
    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.headers().get("Content-Type")).isEqualTo("text/plain");
    assertThat(reply.headers().get("X-N")).isEqualTo("1");
    assertThat(reply.headers().get("x-amzn-Remapped-Date")).isEqualTo("d");
    assertThat(reply.headers().has("Transfer-Encoding")).isFalse();
    assertThat(reply.headers().all("Set-Cookie")).containsExactly("a=1", "b=2");
    assertThat(text(reply)).isEqualTo("hi");
  }

  @Test
  void bodiesAreDecodedWhenTheFunctionSaysSo() {
    assertThat(reply("{\"statusCode\":200,\"body\":\"AAH/\",\"isBase64Encoded\":true}").body())
        .containsExactly(0, 1, 0xFF);
    assertThat(reply("{\"statusCode\":204}").body()).isEmpty();
    assertThat(text(reply("{\"statusCode\":200,\"body\":{\"a\":[1]}}"))).isEqualTo("{\"a\":[1]}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"statusCode\":\"abc\"}",
        "{\"statusCode\":99}",
        "{\"statusCode\":101}",
        "{\"statusCode\":600}",
        "{\"statusCode\":200.5}",
        "{\"statusCode\":null}",
        "{\"statusCode\":[200]}",
        "{\"statusCode\":1e99}",
        "{\"statusCode\":200,\"headers\":\"x\"}",
        "{\"statusCode\":200,\"headers\":{\"a b\":\"x\"}}",
        "{\"statusCode\":200,\"headers\":{\"a\":\"x\\r\\nset-cookie: y\"}}",
        "{\"statusCode\":200,\"headers\":{\"a\":[\"x\"]}}",
        "{\"statusCode\":200,\"cookies\":[\"a\\nb\"]}",
        "{\"statusCode\":200,\"cookies\":[{}]}",
        "{\"statusCode\":200,\"body\":\"*\",\"isBase64Encoded\":true}"
      })
  void aMalformedAnswerIsABadGateway(String payload) {
    UrlReply reply = reply(payload);
    assertThat(reply.status()).isEqualTo(502);
    assertThat(text(reply)).isEqualTo("Internal Server Error");
  }

  @Test
  void aFailureIsABadGatewayWithoutDetails() {
    var failed = new Outcome.Failed("Error", "{\"errorMessage\":\"secret\"}".getBytes(), REPORT);
    assertThat(UrlReply.of(failed).status()).isEqualTo(502);
    assertThat(text(UrlReply.of(failed))).isEqualTo("Internal Server Error");
  }

  @Test
  void streamedAnswersWithAPreludeAreReadToo() {
    String nuls = "\0".repeat(8);
    UrlReply reply =
        reply(
            "{\"statusCode\":418,\"headers\":{\"X-A\":\"b\"},\"cookies\":[\"c=1\"]}" + nuls + "tea",
            UrlReply.WITH_PRELUDE);
    assertThat(reply.status()).isEqualTo(418);
    assertThat(reply.headers().get("X-A")).isEqualTo("b");
    assertThat(reply.headers().get("Set-Cookie")).isEqualTo("c=1");
    assertThat(text(reply)).isEqualTo("tea");
    assertThat(reply("{\"statusCode\":200}", UrlReply.WITH_PRELUDE).status()).isEqualTo(502);
    assertThat(reply("no" + nuls, UrlReply.WITH_PRELUDE).status()).isEqualTo(502);
    UrlReply raw = reply("not JSON", "application/octet-stream");
    assertThat(raw.headers().get("Content-Type")).isEqualTo("application/octet-stream");
    assertThat(text(raw)).isEqualTo("not JSON");
  }
}

package dev.brume.services.apigateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyReplyTest {
  private static Reply reply(String payload, String accept, String... binary) {
    return ProxyReply.of(
        payload.replace('\'', '"').getBytes(StandardCharsets.UTF_8), List.of(binary), accept);
  }

  @Test
  void takesStatusHeadersAndBody() {
    Reply reply =
        reply(
            "{'statusCode':201,'headers':{'X-A':'1','X-N':5},"
                + "'multiValueHeaders':{'Set-Cookie':['a','b']},'body':'hé'}",
            null);
    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.headers().get("x-a")).isEqualTo("1");
    assertThat(reply.headers().get("x-n")).isEqualTo("5");
    assertThat(reply.headers().all("Set-Cookie")).containsExactly("a", "b");
    assertThat(reply.headers().get("Content-Type")).isEqualTo("application/json");
    assertThat(new String(reply.body(), StandardCharsets.UTF_8)).isEqualTo("hé");
    assertThat(reply("{'statusCode':'204'}", null).status()).isEqualTo(204);
    assertThat(reply("{'statusCode':200.0,'body':null}", null).status()).isEqualTo(200);
  }

  @Test
  void decodesBinaryOnlyForClientsThatAcceptIt() {
    String payload = "{'statusCode':200,'body':'AP8=','isBase64Encoded':true}";
    assertThat(reply(payload, "image/png", "image/*").body()).containsExactly(0, 255);
    assertThat(reply(payload, null, "*/*").body()).containsExactly(0, 255);
    assertThat(reply(payload, "text/html", "image/*").body()).hasSize(4);
  }

  @Test
  void keepsItsOwnHeaders() {
    Reply reply = reply("{'statusCode':200,'headers':{'Date':'x','Content-Length':'5'}}", null);
    assertThat(reply.headers().get("Date")).isNull();
    assertThat(reply.headers().get("x-amzn-Remapped-Content-Length")).isEqualTo("5");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nonsense",
        "'text'",
        "[]",
        "null",
        "{}",
        "{'statusCode':'abc'}",
        "{'statusCode':99}",
        "{'statusCode':200.5}",
        "{'statusCode':200,'body':{'a':1}}",
        "{'statusCode':200,'headers':'x'}",
        "{'statusCode':200,'headers':{'a':{}}}",
        "{'statusCode':200,'headers':{'a b':'x'}}",
        "{'statusCode':200,'headers':{'a':'x\\r\\ny'}}",
        "{'statusCode':200,'multiValueHeaders':{'a':'x'}}",
        "{'statusCode':200,'message':'unknown field'}"
      })
  void answers502ToWhatIsMalformed(String payload) {
    Reply reply = reply(payload, null);
    assertThat(reply.status()).isEqualTo(502);
    assertThat(new String(reply.body(), StandardCharsets.UTF_8))
        .isEqualTo("{\"message\":\"Internal server error\"}");
  }
}

package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import dev.brume.model.Principal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class UrlEventTest {
  private static final String ID = "a1b2c3d4a1b2c3d4a1b2c3d4a1b2c3d4";

  private static JsonNode event(
      String path, String query, Headers headers, byte[] body, UrlEvent.Caller caller) {
    var event =
        new UrlEvent(
            ID,
            ID + ".lambda-url.eu-west-1.on.aws",
            "POST",
            path,
            query,
            headers,
            body,
            "127.0.0.1",
            "4566",
            "id",
            "Root=1-a",
            Instant.parse("2020-03-12T19:03:58.390Z"));
    return Json.parseOwn(new String(event.document(caller), StandardCharsets.UTF_8));
  }

  private static JsonNode body(byte[] body, String... headers) {
    return event("/", null, Headers.of(headers), body, null);
  }

  @Test
  void anEventIsInFormatTwo() {
    var headers =
        Headers.of(
            "Host",
            "h:4566",
            "X-One",
            "1",
            "x-one",
            "2",
            "Cookie",
            "a=1; b=2",
            "Cookie",
            "c=3",
            "User-Agent",
            "agent",
            "Connection",
            "keep-alive",
            "X-Forwarded-For",
            "6.6.6.6");
    JsonNode event =
        event(
            "/my%20path",
            "p=1&p=2&q=%C3%A9&empty&bad=%zz",
            headers,
            "{\"a\":1}".getBytes(StandardCharsets.UTF_8),
            null);
    assertThat(event.toString())
        .isEqualTo(
            """
            {"version":"2.0","routeKey":"$default","rawPath":"/my%20path",\
            "rawQueryString":"p=1&p=2&q=%C3%A9&empty&bad=%zz","cookies":["a=1","b=2","c=3"],\
            "headers":{"host":"h:4566","x-one":"1,2","cookie":"a=1; b=2,c=3",\
            "user-agent":"agent","x-forwarded-for":"127.0.0.1","x-amzn-trace-id":"Root=1-a",\
            "x-forwarded-port":"4566","x-forwarded-proto":"http"},\
            "queryStringParameters":{"p":"1,2","q":"é","empty":"","bad":"%zz"},\
            "requestContext":{"accountId":"anonymous","apiId":"ID",\
            "domainName":"ID.lambda-url.eu-west-1.on.aws","domainPrefix":"ID",\
            "http":{"method":"POST","path":"/my%20path","protocol":"HTTP/1.1",\
            "sourceIp":"127.0.0.1","userAgent":"agent"},"requestId":"id","routeKey":"$default",\
            "stage":"$default","time":"12/Mar/2020:19:03:58 +0000","timeEpoch":1584039838390},\
            "body":"eyJhIjoxfQ==","isBase64Encoded":true}\
            """
                .replace("ID", ID));
  }

  @Test
  void whatIsNotThereIsLeftOut() {
    JsonNode event = body(new byte[0]);
    assertThat(event.has("cookies")).isFalse();
    assertThat(event.has("queryStringParameters")).isFalse();
    assertThat(event.has("body")).isFalse();
    assertThat(event.path("rawQueryString").asText()).isEmpty();
    assertThat(event.path("isBase64Encoded").asBoolean(true)).isFalse();
    assertThat(event.path("requestContext").has("authorizer")).isFalse();
  }

  @Test
  void textComesAsItIsAndTheRestInBase64() {
    byte[] text = "é{}".getBytes(StandardCharsets.UTF_8);
    for (String type :
        new String[] {
          "text/plain; charset=utf-8",
          "application/json",
          "application/xml",
          "application/vnd.api+json",
          "Application/JavaScript"
        }) {
      JsonNode event = body(text, "Content-Type", type);
      assertThat(event.path("body").asText()).as(type).isEqualTo("é{}");
      assertThat(event.path("isBase64Encoded").asBoolean()).as(type).isFalse();
    }
    for (String type :
        new String[] {
          "application/x-www-form-urlencoded", "image/png", "application/octet-stream", ""
        }) {
      JsonNode event = body(text, "Content-Type", type);
      assertThat(event.path("body").asText()).as(type).isEqualTo("w6l7fQ==");
      assertThat(event.path("isBase64Encoded").asBoolean()).as(type).isTrue();
    }
    // Not what it says: nothing is lost.
    JsonNode event = body(new byte[] {(byte) 0xFF}, "Content-Type", "text/plain");
    assertThat(event.path("body").asText()).isEqualTo("/w==");
  }

  @Test
  void whoSignedIsInTheContext() {
    var role =
        new Principal.RoleSession(
            "111122223333", "r", "arn:aws:iam::111122223333:role/r", "AROAX", "session");
    JsonNode context =
        event("/", null, new Headers(), new byte[0], new UrlEvent.Caller(role, "ASIAX"))
            .path("requestContext");
    assertThat(context.path("accountId").asText()).isEqualTo("111122223333");
    assertThat(context.path("authentication").isNull()).isTrue();
    assertThat(context.path("authorizer").toString())
        .isEqualTo(
            "{\"iam\":{\"accessKey\":\"ASIAX\",\"accountId\":\"111122223333\","
                + "\"callerId\":\"AROAX:session\",\"cognitoIdentity\":null,"
                + "\"principalOrgId\":null,"
                + "\"userArn\":\"arn:aws:sts::111122223333:assumed-role/r/session\","
                + "\"userId\":\"AROAX:session\"}}");
  }
}

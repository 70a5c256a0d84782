package dev.brume;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The request path from outside.
class BrumeTest {
  private static TestBrume brume;

  @BeforeAll
  static void start() {
    brume = TestBrume.start();
  }

  @AfterAll
  static void stop() {
    brume.close();
  }

  @Test
  void isHealthy() {
    var answer = brume.get("/_brume/health");
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("\"status\":\"ready\"").contains("dynamodb");
  }

  @Test
  void answersAnOperationWithItsIdsAndChecksum() {
    var answer = brume.json("dynamodb", "DynamoDB_20120810.ListTables", "{}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("TableNames");
    assertThat(answer.headers().firstValue("x-amzn-RequestId")).isPresent();
    assertThat(answer.headers().firstValue("x-amz-crc32")).isPresent();
  }

  @Test
  void refusesAnUnsignedRequest() {
    var answer =
        brume.send(
            java.net.http.HttpRequest.newBuilder(java.net.URI.create(brume.endpoint() + "/"))
                .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("MissingAuthenticationToken");
  }

  @Test
  void answersUnknownOperationsInTheirProtocol() {
    assertThat(brume.json("dynamodb", "DynamoDB_20120810.Nonsense", "{}").body())
        .contains("UnknownOperationException");
    var query = brume.query("iam", "Action=Nonsense&Version=2010-05-08");
    assertThat(query.statusCode()).isEqualTo(400);
    assertThat(query.body()).contains("<Code>InvalidAction</Code>");
  }

  @Test
  void answersMalformedBodiesWithA400() {
    var answer = brume.json("dynamodb", "DynamoDB_20120810.ListTables", "{\"Limit\":");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("SerializationException");
    assertThat(brume.json("dynamodb", "DynamoDB_20120810.ListTables", "{\"Limit\":\"x\"}").body())
        .contains("SerializationException");
  }

  @Test
  void movesTheClock() {
    var before = brume.get("/_brume/clock");
    var moved =
        brume.send(
            java.net.http.HttpRequest.newBuilder(
                    java.net.URI.create(brume.endpoint() + "/_brume/clock"))
                .POST(
                    java.net.http.HttpRequest.BodyPublishers.ofString(
                        "{\"action\":\"advance\",\"seconds\":86400}"))
                .build());
    assertThat(moved.statusCode()).isEqualTo(200);
    assertThat(moved.body()).isGreaterThan(before.body());
  }

  @Test
  void refusesPagesOfOtherSites() {
    for (String[] header :
        new String[][] {
          {"Origin", "https://evil.example"}, {"Origin", "null"}, {"Sec-Fetch-Site", "cross-site"}
        }) {
      var request =
          brume
              .signed("dynamodb", "/")
              .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
              .header(header[0], header[1])
              .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
              .build();
      assertThat(brume.send(request).statusCode()).isEqualTo(403);
      var clock =
          java.net.http.HttpRequest.newBuilder(
                  java.net.URI.create(brume.endpoint() + "/_brume/clock"))
              .header(header[0], header[1])
              .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"action\":\"freeze\"}"))
              .build();
      assertThat(brume.send(clock).statusCode()).isEqualTo(403);
    }
    var local =
        brume
            .signed("dynamodb", "/")
            .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
            .header("Origin", "http://localhost:3000")
            .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{}"))
            .build();
    assertThat(brume.send(local).statusCode()).isEqualTo(200);
  }
}

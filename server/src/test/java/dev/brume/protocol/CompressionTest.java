package dev.brume.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.TestBrume;
import dev.brume.http.Headers;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CompressionTest {
  private static TestBrume brume;

  @BeforeAll
  static void start() {
    brume = TestBrume.start();
  }

  @AfterAll
  static void stop() {
    brume.close();
  }

  private static byte[] gzip(String text) {
    return gzip(text.getBytes(StandardCharsets.UTF_8), 1);
  }

  private static byte[] gzip(byte[] bytes, int times) {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      for (int i = 0; i < times; i++) {
        gzip.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static HttpResponse<String> json(byte[] body, String... headers) {
    return brume.send(
        brume
            .signed("dynamodb", "/")
            .header("X-Amz-Target", "DynamoDB_20120810.ListTables")
            .header("Content-Type", "application/x-amz-json-1.0")
            .headers(headers)
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  private static HttpResponse<String> form(byte[] body) {
    return brume.send(
        brume
            .signed("sts", "/")
            .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
            .header("Content-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body))
            .build());
  }

  @Test
  void unpacksJson() {
    var answer = json(gzip("{\"Limit\":1}"), "Content-Encoding", "gzip");
    assertThat(answer.body()).isEqualTo("{\"TableNames\":[]}");
    // What a client had there already stays in front of it.
    assertThat(json(gzip("{\"Limit\":1}"), "Content-Encoding", "custom, gzip").statusCode())
        .isEqualTo(200);
    assertThat(json("{}".getBytes(StandardCharsets.UTF_8), "Content-Encoding", "amz-1.0").body())
        .contains("TableNames");
  }

  @Test
  void unpacksForms() {
    var answer = form(gzip("Action=GetCallerIdentity&Version=2011-06-15"));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).contains("<Account>000000000000</Account>");
  }

  @Test
  void unpacksRestJson() {
    var answer =
        brume.send(
            brume
                .signed("lambda", "/2015-03-31/functions")
                .header("Content-Encoding", "gzip")
                .POST(
                    HttpRequest.BodyPublishers.ofByteArray(
                        gzip("{\"FunctionName\":\"f\",\"Role\":\"nonsense\",\"Code\":{}}")))
                .build());
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body()).contains("nonsense");
  }

  @Test
  void leavesObjectsAsTheyAre() {
    assertThat(brume.rest("s3", "PUT", "/packed", "").statusCode()).isEqualTo(200);
    byte[] packed = gzip("content");
    brume.send(
        brume
            .signed("s3", "/packed/key")
            .header("Content-Encoding", "gzip")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(packed))
            .build());
    var head = brume.rest("s3", "HEAD", "/packed/key", "");
    assertThat(head.headers().firstValue("Content-Encoding")).contains("gzip");
    assertThat(head.headers().firstValueAsLong("Content-Length")).hasValue(packed.length);
  }

  @Test
  void refusesWhatWouldBecomeTooLarge() {
    // 200 MB of spaces in 200 KB.
    byte[] spaces = new byte[1 << 20];
    Arrays.fill(spaces, (byte) ' ');
    byte[] bomb = gzip(spaces, 200);
    assertThat(bomb.length).isLessThan(1 << 20);
    var answer = json(bomb, "Content-Encoding", "gzip");
    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(answer.body()).contains("RequestEntityTooLargeException");
    var query = form(bomb);
    assertThat(query.statusCode()).isEqualTo(413);
    assertThat(query.body()).contains("<Code>RequestEntityTooLargeException</Code>");
    // Packed twice it is not unpacked twice.
    assertThat(json(gzip(bomb, 1), "Content-Encoding", "gzip, gzip").body())
        .contains("SerializationException");
  }

  @Test
  void refusesWhatIsNotGzip() {
    byte[] good = gzip("Action=GetCallerIdentity&Version=2011-06-15");
    for (byte[] bad :
        new byte[][] {
          "{}".getBytes(StandardCharsets.UTF_8), Arrays.copyOf(good, good.length / 2), {31}
        }) {
      var answer = json(bad, "Content-Encoding", "gzip");
      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.body()).contains("SerializationException").contains("Content-Encoding");
      assertThat(form(bad).body()).contains("<Code>MalformedInput</Code>");
    }
  }

  @Test
  void hashesArePackedOnes() {
    byte[] packed = gzip("{}");
    String hash = java.util.HexFormat.of().formatHex(sha256(packed));
    assertThat(json(packed, "Content-Encoding", "gzip", "x-amz-content-sha256", hash).statusCode())
        .isEqualTo(200);
    String other =
        java.util.HexFormat.of().formatHex(sha256("{}".getBytes(StandardCharsets.UTF_8)));
    assertThat(json(packed, "Content-Encoding", "gzip", "x-amz-content-sha256", other).body())
        .contains("XAmzContentSHA256Mismatch");
  }

  private static byte[] sha256(byte[] bytes) {
    return ChecksumAlgorithm.digest("SHA-256").digest(bytes);
  }

  @Test
  void onlyTheLastCodingCounts() {
    assertThat(packed("gzip")).isTrue();
    assertThat(packed("GZIP")).isTrue();
    assertThat(packed("a, gzip")).isTrue();
    assertThat(packed("gzip, a")).isFalse();
    assertThat(Compression.isPacked(Headers.of(), Protocol.AWS_QUERY)).isFalse();
    assertThat(Compression.isPacked(Headers.of("Content-Encoding", "gzip"), Protocol.REST_XML))
        .isFalse();
    assertThatThrownBy(() -> Compression.unpack(gzip("12345"), 4, Protocol.AWS_JSON_1_0))
        .isInstanceOf(ServiceError.class);
    assertThat(Compression.unpack(gzip("1234"), 4, Protocol.AWS_JSON_1_0)).hasSize(4);
  }

  private static boolean packed(String encoding) {
    return Compression.isPacked(Headers.of("Content-Encoding", encoding), Protocol.AWS_JSON_1_0);
  }
}

package dev.brume.services.s3;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.TestBrume;
import dev.brume.http.Headers;
import dev.brume.http.RawClient;
import dev.brume.model.ServiceError;
import dev.brume.model.s3.CORSConfiguration;
import dev.brume.model.s3.CORSRule;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CorsTest {
  private static final String APP = "https://app.example.com";
  private static final String RULES =
      """
      <CORSConfiguration>
        <CORSRule><AllowedOrigin>https://app.example.com</AllowedOrigin>
          <AllowedMethod>GET</AllowedMethod><AllowedMethod>PUT</AllowedMethod>
          <AllowedHeader>x-amz-*</AllowedHeader><AllowedHeader>Content-Type</AllowedHeader>
          <ExposeHeader>ETag</ExposeHeader><ExposeHeader>x-amz-version-id</ExposeHeader>
          <MaxAgeSeconds>3000</MaxAgeSeconds></CORSRule>
        <CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod></CORSRule>
        <CORSRule><AllowedOrigin>https://*.example.org</AllowedOrigin>
          <AllowedMethod>DELETE</AllowedMethod></CORSRule>
      </CORSConfiguration>
      """;
  private static TestBrume brume;

  @BeforeAll
  static void start() {
    brume = TestBrume.start();
    for (String bucket : List.of("photos", "plain")) {
      assertThat(brume.rest("s3", "PUT", "/" + bucket, "").statusCode()).isEqualTo(200);
      brume.rest("s3", "PUT", "/" + bucket + "/a/key", "content");
    }
    assertThat(brume.rest("s3", "PUT", "/photos?cors", RULES).statusCode()).isEqualTo(200);
  }

  @AfterAll
  static void stop() {
    brume.close();
  }

  private static HttpResponse<String> preflight(String path, String... headers) {
    var request =
        HttpRequest.newBuilder(URI.create(brume.endpoint() + path))
            .method("OPTIONS", HttpRequest.BodyPublishers.noBody());
    return brume.send((headers.length == 0 ? request : request.headers(headers)).build());
  }

  private static HttpResponse<String> asked(String origin, String method) {
    return preflight("/photos/a/key", "Origin", origin, "Access-Control-Request-Method", method);
  }

  private static Map<String, List<String>> cors(HttpResponse<String> answer) {
    var found = new java.util.TreeMap<String, List<String>>();
    answer
        .headers()
        .map()
        .forEach(
            (name, values) -> {
              if (name.startsWith("access-control") || name.equals("vary")) {
                found.put(name, values);
              }
            });
    return found;
  }

  @Test
  void preflightOfTheFirstRuleThatFits() {
    var answer =
        preflight(
            "/photos/not/there",
            "Origin",
            APP,
            "Access-Control-Request-Method",
            "PUT",
            "Access-Control-Request-Headers",
            "X-Amz-Meta-A,content-TYPE");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("x-amz-request-id")).isPresent();
    assertThat(cors(answer))
        .containsOnly(
            Map.entry("access-control-allow-origin", List.of(APP)),
            Map.entry("access-control-allow-methods", List.of("GET, PUT")),
            Map.entry("access-control-allow-headers", List.of("x-amz-meta-a, content-type")),
            Map.entry("access-control-expose-headers", List.of("ETag, x-amz-version-id")),
            Map.entry("access-control-max-age", List.of("3000")),
            Map.entry("access-control-allow-credentials", List.of("true")),
            Map.entry(
                "vary",
                List.of("Origin, Access-Control-Request-Headers, Access-Control-Request-Method")));
    assertThat(cors(asked("http://else.where:1234", "GET")))
        .containsEntry("access-control-allow-origin", List.of("*"))
        .doesNotContainKey("access-control-allow-credentials")
        .doesNotContainKey("access-control-max-age");
    assertThat(cors(asked("https://a.example.org", "DELETE")))
        .containsEntry("access-control-allow-origin", List.of("https://a.example.org"));
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example.com/, PUT",
    "http://app.example.com, PUT",
    "https://app.example.com, DELETE",
    "https://example.org, DELETE",
    "https://a.example.org.evil, DELETE",
    "null, PUT"
  })
  void preflightThatNoRuleFits(String origin, String method) {
    var answer = asked(origin, method);
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .contains("<Code>AccessForbidden</Code>")
        .contains("<Message>CORSResponse: This CORS request is not allowed. This is usually")
        .contains("<Method>" + method + "</Method><ResourceType>OBJECT</ResourceType>");
    assertThat(cors(answer)).isEmpty();
  }

  @Test
  void preflightWithAHeaderThatIsNotAllowed() {
    var answer =
        preflight(
            "/photos",
            "Origin",
            APP,
            "Access-Control-Request-Method",
            "PUT",
            "Access-Control-Request-Headers",
            "x-amz-date, authorization");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body()).contains("<ResourceType>BUCKET</ResourceType>");
  }

  @Test
  void preflightWithoutWhatItNeeds() {
    assertThat(preflight("/photos/a/key").body())
        .contains("<Code>BadRequest</Code>")
        .contains("Insufficient information. Origin request header needed.");
    assertThat(preflight("/photos/a/key").statusCode()).isEqualTo(400);
    assertThat(preflight("/photos/a/key", "Origin", APP).statusCode()).isEqualTo(400);
    assertThat(asked(APP, "PATCH").body()).contains("Invalid Access-Control-Request-Method: PATCH");
    var without = preflight("/plain/a/key", "Origin", APP);
    assertThat(without.statusCode()).isEqualTo(403);
    assertThat(without.body())
        .contains("CORSResponse: CORS is not enabled for this bucket.")
        .contains("<Method>OPTIONS</Method><ResourceType>BUCKET</ResourceType>");
    for (String path : List.of("/nowhere/key", "/", "//")) {
      assertThat(preflight(path, "Origin", APP).body()).contains("CORSResponse: Bucket not found");
    }
  }

  @Test
  void preflightOfPresignedUrls() {
    var answer =
        preflight(
            "/photos/a/key?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=nonsense",
            "Origin",
            APP,
            "Access-Control-Request-Method",
            "PUT");
    assertThat(answer.statusCode()).isEqualTo(200);
  }

  private static HttpResponse<String> request(String method, String path, String... headers) {
    return brume.send(
        brume
            .signed("s3", path)
            .headers(headers)
            .method(method, HttpRequest.BodyPublishers.ofString(""))
            .build());
  }

  @Test
  void actualRequests() {
    assertThat(cors(request("GET", "/photos/a/key", "Origin", APP)))
        .containsEntry("access-control-allow-origin", List.of(APP))
        .containsEntry("access-control-expose-headers", List.of("ETag, x-amz-version-id"))
        .doesNotContainKey("access-control-allow-headers");
    assertThat(cors(request("HEAD", "/photos/a/key", "Origin", APP))).isEmpty();
    assertThat(cors(request("GET", "/photos?list-type=2", "Origin", APP))).isNotEmpty();
    assertThat(cors(request("GET", "/photos/a/key", "If-Match", "x"))).isEmpty();
    assertThat(cors(request("GET", "/plain/a/key", "Origin", "http://localhost:3000"))).isEmpty();
    // Errors can be read by the page, too.
    var missing = request("GET", "/photos/missing", "Origin", APP);
    assertThat(missing.statusCode()).isEqualTo(404);
    assertThat(cors(missing)).containsEntry("access-control-allow-origin", List.of(APP));
    var range = request("GET", "/photos/a/key", "Origin", APP, "Range", "bytes=0-1");
    assertThat(range.statusCode()).isEqualTo(206);
    assertThat(cors(range)).isNotEmpty();
    // The announced method counts even here, as in S3.
    assertThat(
            cors(
                request(
                    "GET",
                    "/photos/a/key",
                    "Origin",
                    APP,
                    "Access-Control-Request-Method",
                    "DELETE")))
        .isEmpty();
  }

  @Test
  void onlyOriginsGivenByNameMaySignAsTheOwner() {
    assertThat(request("PUT", "/photos/new", "Origin", APP).statusCode()).isEqualTo(200);
    // `*` and patterns let a page read answers; they do not vouch for it.
    var star = request("GET", "/photos/a/key", "Origin", "https://evil.example");
    assertThat(star.statusCode()).isEqualTo(403);
    assertThat(cors(star)).containsEntry("access-control-allow-origin", List.of("*"));
    assertThat(request("DELETE", "/photos/new", "Origin", "https://a.example.org").statusCode())
        .isEqualTo(403);
    assertThat(request("PUT", "/plain/new", "Origin", APP).statusCode()).isEqualTo(403);
    assertThat(request("GET", "/photos/a/key", "Origin", "null").statusCode()).isEqualTo(403);
  }

  @Test
  void virtualHosts() throws IOException {
    for (String host : List.of("photos.s3.localhost", "photos.localhost:4566")) {
      try (var client = new RawClient(brume.port())) {
        var answer =
            client
                .send(
                    "OPTIONS /a/key HTTP/1.1\r\nHost: "
                        + host
                        + "\r\nOrigin: "
                        + APP
                        + "\r\nAccess-Control-Request-Method: PUT\r\n\r\n")
                .answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.head()).contains("Access-Control-Allow-Origin: " + APP);
        var get =
            client.send("GET /a/key HTTP/1.1\r\nHost: " + host + "\r\nOrigin: x\r\n\r\n").answer();
        // Nobody in particular: the bucket is not public, and the page may see that.
        assertThat(get.status()).isEqualTo(403);
        assertThat(get.head()).contains("Access-Control-Allow-Origin: *");
      }
    }
  }

  private static CORSRule rule() {
    return new CORSRule().allowedMethods(List.of("GET")).allowedOrigins(List.of("*"));
  }

  private static String refused(CORSRule... rules) {
    try {
      Cors.check(new CORSConfiguration().corsRules(List.of(rules)));
      return "";
    } catch (ServiceError e) {
      return e.code() + ": " + e.getMessage();
    }
  }

  @Test
  void configurationsThatS3WouldNotTake() {
    assertThat(refused(rule())).isEmpty();
    assertThat(refused()).startsWith("MalformedXML");
    assertThat(refused(new CORSRule().allowedMethods(List.of("GET")))).startsWith("MalformedXML");
    assertThat(refused(new CORSRule().allowedOrigins(List.of("*")))).startsWith("MalformedXML");
    assertThat(refused(rule().allowedMethods(List.of("GET", "OPTIONS"))))
        .isEqualTo(
            "InvalidRequest: Found unsupported HTTP method in CORS config. Unsupported method is"
                + " OPTIONS");
    assertThat(refused(rule().allowedOrigins(List.of("*example*.com"))))
        .isEqualTo(
            "InvalidRequest: AllowedOrigin \"*example*.com\" can not have more than one wildcard.");
    assertThat(refused(rule().allowedHeaders(List.of("x-*-*"))))
        .startsWith("InvalidRequest: AllowedHeader");
    assertThat(refused(rule().exposeHeaders(List.of("*"))))
        .contains("We currently do not support wildcard for ExposeHeader");
    assertThat(refused(rule().exposeHeaders(List.of("a\r\nSet-Cookie: b"))))
        .contains("contains invalid character");
    assertThat(refused(rule().maxAgeSeconds(-1))).startsWith("MalformedXML");
    assertThat(refused(rule().id("x".repeat(256)))).startsWith("MalformedXML");
    var many = new ArrayList<CORSRule>();
    for (int i = 0; i <= S3Limits.CORS_RULES_MAX; i++) {
      many.add(rule());
    }
    assertThat(refused(many.toArray(new CORSRule[0]))).startsWith("InvalidRequest");
    assertThat(refused(rule().allowedOrigins(List.of("x".repeat(70_000)))))
        .startsWith("MalformedXML");
    assertThat(brume.rest("s3", "PUT", "/plain?cors", "<CORSConfiguration/>").body())
        .contains("<Code>MalformedXML</Code>");
  }

  @Test
  void wildcardsOfOrigins() {
    var configuration =
        new CORSConfiguration()
            .corsRules(List.of(rule().allowedOrigins(List.of("start*end", "*.suffix", "pre*"))));
    for (String origin : List.of("startend", "start1end", "a.suffix", ".suffix", "pre", "prefix")) {
      assertThat(Cors.find(configuration, Cors.Asked.of(origin, "GET", new Headers())))
          .as(origin)
          .isNotNull();
    }
    for (String origin : List.of("starten", "0startend", "suffix", "star", "a.suffix.b")) {
      assertThat(Cors.find(configuration, Cors.Asked.of(origin, "GET", new Headers())))
          .as(origin)
          .isNull();
    }
  }
}

package dev.brume.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.protocol.RequestHead;
import dev.brume.store.MemoryKv;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AuthenticatorTest {
  private static final Principal ROLE =
      new Principal.RoleSession(
          "000000000000", "r", "arn:aws:iam::000000000000:role/r", "AROAX", "s");
  private Instant now = Instant.parse("2026-11-23T10:00:00Z");
  private final MemoryKv kv = new MemoryKv();
  private final Credentials credentials = new Credentials(kv, () -> now, new Ids(new Random(1)));
  private final Authenticator authenticator =
      new Authenticator(credentials, () -> now, "us-east-1");
  private final Credentials.Credential issued = credentials.issue(ROLE, Duration.ofHours(1));

  /// A request to SQS, signed as a client does.
  private Headers signed(String secret, @Nullable String token, String body) {
    var headers = Headers.of("Host", "localhost:4566", "X-Amz-Date", "20261123T100000Z");
    if (token != null) {
      headers.add("X-Amz-Security-Token", token);
    }
    var names =
        token == null
            ? java.util.List.of("host", "x-amz-date")
            : java.util.List.of("host", "x-amz-date", "x-amz-security-token");
    String canonical =
        "POST\n/a%2520b\n\n"
            + Canonical.headers(names, headers)
            + "\n"
            + String.join(";", names)
            + "\n"
            + Canonical.sha256(Canonical.bytes(body));
    var scope =
        new Signature.V4(
            "x", "20261123", "eu-west-1", "sqs", names, "", "20261123T100000Z", null, -1);
    String text =
        "AWS4-HMAC-SHA256\n20261123T100000Z\n20261123/eu-west-1/sqs/aws4_request\n"
            + Canonical.sha256(Canonical.bytes(canonical));
    headers.add(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential="
            + issued.accessKeyId()
            + "/20261123/eu-west-1/sqs/aws4_request, SignedHeaders="
            + String.join(";", names)
            + ", Signature="
            + SigningKey.derive(secret, scope).sign(text));
    return headers;
  }

  private Authenticator.Caller call(Headers headers, String body) {
    Signature signature = Signature.of(null, headers);
    return authenticator.authenticate(
        signature,
        new RequestHead("POST", "localhost", "/a%20b", null, headers, signature.signingName()),
        "/a%20b",
        "sqs",
        AuthErrors.of(Protocol.AWS_JSON_1_0),
        () -> Canonical.bytes(body));
  }

  private String refused(Headers headers, String body) {
    try {
      call(headers, body);
      return "nothing";
    } catch (ServiceError e) {
      return e.code();
    }
  }

  @Test
  void knowsTheSessionOfIssuedCredentials() {
    Authenticator.Caller caller =
        call(signed(issued.secretAccessKey(), issued.sessionToken(), "{}"), "{}");
    assertThat(caller.principal()).isEqualTo(ROLE);
    assertThat(caller.region()).isEqualTo("eu-west-1");
  }

  @Test
  void refusesWhatIsNotSignedWithThem() {
    Headers good = signed(issued.secretAccessKey(), issued.sessionToken(), "{}");
    assertThat(refused(good, "{ }")).isEqualTo("InvalidSignatureException");
    assertThat(refused(signed("other", issued.sessionToken(), "{}"), "{}"))
        .isEqualTo("InvalidSignatureException");
    assertThat(refused(signed(issued.secretAccessKey(), null, "{}"), "{}"))
        .isEqualTo("UnrecognizedClientException");
    assertThat(refused(signed(issued.secretAccessKey(), "wrong", "{}"), "{}"))
        .isEqualTo("UnrecognizedClientException");
  }

  @Test
  void refusesOldRequestsAndExpiredCredentials() {
    Headers good = signed(issued.secretAccessKey(), issued.sessionToken(), "{}");
    now = now.plus(Duration.ofMinutes(14));
    assertThat(refused(good, "{}")).isEqualTo("nothing");
    now = now.plus(Duration.ofMinutes(2));
    assertThat(refused(good, "{}")).isEqualTo("InvalidSignatureException");
    now = Instant.parse("2026-11-23T09:44:00Z");
    assertThat(refused(good, "{}")).isEqualTo("InvalidSignatureException");
    now = Instant.parse("2026-11-23T10:10:00Z");
    Credentials.Credential brief = credentials.issue(ROLE, Duration.ofMinutes(-5));
    assertThat(credentials.find(brief.accessKeyId())).isNotNull();
    Headers expired = signed(issued.secretAccessKey(), issued.sessionToken(), "{}");
    expired.set(
        "Authorization",
        String.valueOf(expired.get("Authorization"))
            .replace(issued.accessKeyId(), brief.accessKeyId()));
    expired.set("X-Amz-Security-Token", brief.sessionToken());
    assertThat(refused(expired, "{}")).isEqualTo("ExpiredTokenException");
  }

  @Test
  void takesTwelveDigitsForAnAccount() {
    Headers headers = signed("any", null, "{}");
    String authorization = String.valueOf(headers.get("Authorization"));
    headers.set("Authorization", authorization.replace(issued.accessKeyId(), "123456789012"));
    assertThat(call(headers, "x").principal()).isEqualTo(new Principal.Root("123456789012"));
    headers.set("Authorization", authorization.replace(issued.accessKeyId(), "AKIATEST"));
    assertThat(call(headers, "x").account()).isEqualTo("000000000000");
    headers.set(
        "Authorization", authorization.replace(issued.accessKeyId(), "ASIABRUM000000000000"));
    assertThat(refused(headers, "x")).isEqualTo("UnrecognizedClientException");
  }

  @Test
  void refusesMalformedSignatures() {
    for (String authorization :
        new String[] {
          "AWS4-HMAC-SHA256 nothing",
          "AWS4-HMAC-SHA256 Credential=a/b/c, SignedHeaders=host, Signature=" + "0".repeat(64),
          "AWS4-HMAC-SHA256 Credential=a/20261123/r/sqs/aws4_request, SignedHeaders=host,"
              + " Signature=short",
          "AWS4-HMAC-SHA256 Credential=a/20261123/r/sqs/aws4_request, SignedHeaders=x-amz-date,"
              + " Signature="
              + "0".repeat(64),
          "AWS a:b"
        }) {
      Headers headers =
          Headers.of("Host", "x", "X-Amz-Date", "20261123T100000Z", "Authorization", authorization);
      assertThat(refused(headers, "")).as(authorization).isEqualTo("IncompleteSignatureException");
    }
    Headers unsigned = Headers.of("Host", "x");
    Authenticator.Caller caller = call(unsigned, "");
    assertThat(caller.principal()).isEqualTo(new Principal.Anonymous());
    assertThatThrownBy(() -> Authenticator.requireSigned(caller, AuthErrors.of(Protocol.AWS_QUERY)))
        .hasMessage("Request is missing Authentication Token");
  }

  @Test
  void computesAwsOwnExample() {
    // "GET Object" of the Signature Version 4 examples in S3's API reference.
    var names = java.util.List.of("host", "range", "x-amz-content-sha256", "x-amz-date");
    var headers =
        Headers.of(
            "Host",
            "examplebucket.s3.amazonaws.com",
            "Range",
            "bytes=0-9",
            "x-amz-content-sha256",
            Canonical.sha256(new byte[0]),
            "x-amz-date",
            "20130524T000000Z");
    String canonical =
        "GET\n"
            + Canonical.pathOfS3("/test.txt")
            + "\n"
            + Canonical.query(null)
            + "\n"
            + Canonical.headers(names, headers)
            + "\n"
            + String.join(";", names)
            + "\n"
            + Canonical.sha256(new byte[0]);
    var scope =
        new Signature.V4(
            "AKIAIOSFODNN7EXAMPLE",
            "20130524",
            "us-east-1",
            "s3",
            names,
            "",
            "20130524T000000Z",
            null,
            -1);
    String text =
        "AWS4-HMAC-SHA256\n20130524T000000Z\n"
            + scope.scope()
            + "\n"
            + Canonical.sha256(Canonical.bytes(canonical));
    assertThat(SigningKey.derive("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", scope).sign(text))
        .isEqualTo("f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  }

  @Test
  void remembersCredentialsOverARestart() {
    var again = new Credentials(kv, () -> now, new Ids(new Random(2)));
    assertThat(again.find(issued.accessKeyId())).isEqualTo(issued);
    now = now.plus(Duration.ofDays(3));
    again.issue(ROLE, Duration.ofHours(1));
    assertThat(again.find(issued.accessKeyId())).isNull();
  }
}

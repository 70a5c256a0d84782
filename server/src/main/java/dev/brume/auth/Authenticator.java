package dev.brume.auth;

import dev.brume.auth.Credentials.Credential;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.protocol.ChunkSignatures;
import dev.brume.protocol.RequestHead;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Finds out who sent a request.
///
/// - Keys that Brume issued (STS) are verified to the last bit: token, expiry, signature.
/// - Any other access key is the owner of an account: an id of 12 digits is the account, every
///   other id stands for `000000000000`. Brume does not know its secret, so only the form of the
///   signature, its time and a presigned URL's expiry are checked. Whoever can reach the port is
///   trusted that far, which is why Brume listens on loopback unless told otherwise.
/// - Unsigned requests are anonymous.
///
/// Signatures are compared with the wall clock: clients sign by theirs, however far the virtual one
/// was advanced.
public final class Authenticator {
  public static final String DEFAULT_ACCOUNT = "000000000000";

  private static final Duration SKEW = Duration.ofMinutes(15);
  private static final long PRESIGNED_SECONDS_MAX = 604_800;
  private static final Pattern ACCOUNT = Pattern.compile("\\d{12}");
  private static final DateTimeFormatter BASIC =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.US);
  private static final String UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";
  // Of SigV2: the query parameters that are part of the resource.
  private static final Set<String> SUB_RESOURCES =
      Set.of(
          "accelerate",
          "acl",
          "cors",
          "delete",
          "encryption",
          "inventory",
          "lifecycle",
          "location",
          "logging",
          "metrics",
          "notification",
          "partNumber",
          "policy",
          "policyStatus",
          "publicAccessBlock",
          "replication",
          "requestPayment",
          "response-cache-control",
          "response-content-disposition",
          "response-content-encoding",
          "response-content-language",
          "response-content-type",
          "response-expires",
          "restore",
          "select",
          "select-type",
          "tagging",
          "torrent",
          "uploadId",
          "uploads",
          "versionId",
          "versioning",
          "versions",
          "website");

  private final Credentials credentials;
  private final InstantSource wall;
  private final String defaultRegion;

  /// Who sent a request.
  ///
  /// @param region of the credential scope, else the default one
  /// @param chunks verifies the signed chunks of the body, null when there is nothing to verify
  ///   them with
  public record Caller(
      Principal principal, String account, String region, @Nullable ChunkSignatures chunks) {}

  public Authenticator(Credentials credentials, InstantSource wall, String defaultRegion) {
    this.credentials = credentials;
    this.wall = wall;
    this.defaultRegion = defaultRegion;
  }

  /// The time that signatures are compared with.
  public Instant now() {
    return wall.instant();
  }

  /// Throws [ServiceError] in the words of the service when the signature is not good.
  ///
  /// @param pathStyle the path with the bucket in it (SigV2 signs that one)
  /// @param expectedSigningName the service that the request is for
  /// @param body gives the whole body, asked only when the signature covers it and no header
  ///   declares its hash
  public Caller authenticate(
      Signature signature,
      RequestHead head,
      String pathStyle,
      String expectedSigningName,
      AuthErrors errors,
      Supplier<byte[]> body) {
    return switch (signature) {
      case Signature.Unsigned unsigned ->
          new Caller(new Principal.Anonymous(), DEFAULT_ACCOUNT, defaultRegion, null);
      case Signature.Malformed malformed -> throw errors.malformed(malformed.reason());
      case Signature.V4 v4 -> v4(v4, head, expectedSigningName, errors, body);
      case Signature.V2 v2 -> v2(v2, head, pathStyle, errors);
    };
  }

  /// Finds out who signed the policy of a
  /// [form](https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-UsingHTTPPOST.html); anonymous
  /// when nobody did.
  ///
  /// @param fields of the form, names in lower case
  public Caller authenticateForm(Map<String, String> fields, AuthErrors errors) {
    String policy = fields.get("policy");
    if (policy == null) {
      return new Caller(new Principal.Anonymous(), DEFAULT_ACCOUNT, defaultRegion, null);
    }
    Signature signature = Signature.ofForm(fields);
    return switch (signature) {
      case Signature.Unsigned unsigned ->
          throw errors.malformed(
              "Bucket POST must contain a field named 'X-Amz-Signature'.  If it is specified,"
                  + " please check the order of the fields.");
      case Signature.Malformed malformed -> throw errors.malformed(malformed.reason());
      case Signature.V4 v4 -> {
        Credential credential = credential(v4.accessKeyId(), v4.token(), errors);
        String expected =
            credential == null
                ? v4.signature()
                : SigningKey.derive(credential.secretAccessKey(), v4).sign(policy);
        yield signer(v4.accessKeyId(), v4.region(), credential, expected, v4.signature(), errors);
      }
      case Signature.V2 v2 -> {
        Credential credential = credential(v2.accessKeyId(), v2.token(), errors);
        String expected =
            credential == null ? v2.signature() : ofV2(credential.secretAccessKey(), policy);
        yield signer(v2.accessKeyId(), defaultRegion, credential, expected, v2.signature(), errors);
      }
    };
  }

  private static Caller signer(
      String accessKeyId,
      String region,
      @Nullable Credential credential,
      String expected,
      String given,
      AuthErrors errors) {
    if (credential == null) {
      return owner(accessKeyId, region);
    }
    if (!SigningKey.same(expected, given)) {
      throw errors.signatureDoesNotMatch();
    }
    return new Caller(credential.principal(), account(credential.principal()), region, null);
  }

  /// Refuses an anonymous caller where the operation asks for a signed request.
  public static void requireSigned(Caller caller, AuthErrors errors) {
    if (caller.principal() instanceof Principal.Anonymous) {
      throw errors.missingToken();
    }
  }

  private Caller v4(
      Signature.V4 v4,
      RequestHead head,
      String expectedSigningName,
      AuthErrors errors,
      Supplier<byte[]> body) {
    Instant signedAt = date(v4.date(), errors);
    checkTime(v4, signedAt, errors);
    Credential credential = credential(v4.accessKeyId(), v4.token(), errors);
    String region = v4.region().isEmpty() ? defaultRegion : v4.region();
    if (credential == null) {
      return owner(v4.accessKeyId(), region);
    }
    if (!v4.service().equals(expectedSigningName)) {
      throw errors.scopeMismatch(
          "Credential should be scoped to correct service: '" + expectedSigningName + "'.");
    }
    String date = BASIC.format(LocalDateTime.ofInstant(signedAt, ZoneOffset.UTC));
    if (!date.startsWith(v4.scopeDate())) {
      throw errors.scopeMismatch(
          "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from"
              + " HTTP");
    }
    boolean s3 = v4.service().equals("s3");
    if (s3) {
      requireAmzHeadersSigned(v4, head);
    }
    String canonical =
        head.method()
            + "\n"
            + (s3 ? Canonical.pathOfS3(head.rawPath()) : Canonical.path(head.rawPath()))
            + "\n"
            + Canonical.query(head.rawQuery())
            + "\n"
            + Canonical.headers(v4.signedHeaders(), head.headers())
            + "\n"
            + String.join(";", v4.signedHeaders())
            + "\n"
            + payloadHash(v4, s3, head, body);
    SigningKey key = SigningKey.derive(credential.secretAccessKey(), v4);
    String prefix = date + "\n" + v4.scope();
    String expected =
        key.sign(
            Signature.ALGORITHM
                + "\n"
                + prefix
                + "\n"
                + Canonical.sha256(Canonical.bytes(canonical)));
    if (!SigningKey.same(expected, v4.signature())) {
      throw errors.signatureDoesNotMatch();
    }
    return new Caller(
        credential.principal(),
        account(credential.principal()),
        region,
        new ChunkVerifier(key, prefix, expected, errors));
  }

  private static String payloadHash(
      Signature.V4 v4, boolean s3, RequestHead head, Supplier<byte[]> body) {
    String declared = head.headers().get("x-amz-content-sha256");
    if (s3) {
      return declared != null ? declared : UNSIGNED_PAYLOAD;
    }
    if (declared != null && !declared.equals(UNSIGNED_PAYLOAD)) {
      // That the body has this hash is checked when it is read.
      return declared;
    }
    return Canonical.sha256(v4.presigned() ? new byte[0] : body.get());
  }

  private static void requireAmzHeadersSigned(Signature.V4 v4, RequestHead head) {
    head.headers()
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              boolean exempt = v4.presigned() && lower.equals("x-amz-content-sha256");
              if (lower.startsWith("x-amz-") && !v4.signedHeaders().contains(lower) && !exempt) {
                throw new ServiceError(
                        "AccessDenied",
                        "There were headers present in the request which were not signed",
                        403)
                    .with("HeadersNotSigned", lower);
              }
            });
  }

  private void checkTime(Signature.V4 v4, Instant signedAt, AuthErrors errors) {
    Instant now = wall.instant();
    if (v4.presigned()) {
      if (v4.expiresSeconds() > PRESIGNED_SECONDS_MAX) {
        throw new ServiceError(
            "AuthorizationQueryParametersError",
            "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires"
                + " must be less than 604800 seconds",
            400);
      }
      if (now.isAfter(signedAt.plusSeconds(v4.expiresSeconds()))) {
        throw errors.urlExpired();
      }
    } else if (now.isAfter(signedAt.plus(SKEW))) {
      throw errors.skewed(
          "Signature expired: "
              + basic(signedAt)
              + " is now earlier than "
              + basic(now.minus(SKEW))
              + " ("
              + basic(now)
              + " - 15 min.)");
    }
    if (signedAt.isAfter(now.plus(SKEW))) {
      throw errors.skewed(
          "Signature not yet current: "
              + basic(signedAt)
              + " is still later than "
              + basic(now.plus(SKEW))
              + " ("
              + basic(now)
              + " + 15 min.)");
    }
  }

  private Caller v2(Signature.V2 v2, RequestHead head, String pathStyle, AuthErrors errors) {
    if (wall.instant().getEpochSecond() > v2.expires()) {
      throw errors.urlExpired();
    }
    Credential credential = credential(v2.accessKeyId(), v2.token(), errors);
    if (credential == null) {
      return owner(v2.accessKeyId(), defaultRegion);
    }
    String expected = ofV2(credential.secretAccessKey(), textOfV2(v2, head, pathStyle));
    if (!SigningKey.same(expected, v2.signature())) {
      throw errors.signatureDoesNotMatch();
    }
    return new Caller(credential.principal(), account(credential.principal()), defaultRegion, null);
  }

  private static String ofV2(String secret, String text) {
    byte[] signature = SigningKey.hmac("HmacSHA1", Canonical.bytes(secret), text);
    return Base64.getEncoder().encodeToString(signature);
  }

  private static String textOfV2(Signature.V2 v2, RequestHead head, String pathStyle) {
    var amz = new TreeMap<String, String>();
    head.headers()
        .forEach(
            (name, value) -> {
              String lower = name.toLowerCase(Locale.ROOT);
              if (lower.startsWith("x-amz-")) {
                amz.merge(lower, value.strip(), (a, b) -> a + "," + b);
              }
            });
    var resource = new TreeMap<String, String>();
    for (Canonical.Parameter parameter : Canonical.parameters(head.rawQuery())) {
      String lower = parameter.name().toLowerCase(Locale.ROOT);
      if (lower.startsWith("x-amz-")) {
        amz.merge(lower, parameter.value(), (a, b) -> a + "," + b);
      } else if (SUB_RESOURCES.contains(parameter.name())) {
        String value = parameter.value();
        resource.put(
            parameter.name(), value.isEmpty() ? parameter.name() : parameter.name() + "=" + value);
      }
    }
    var text = new StringBuilder(head.method()).append('\n');
    text.append(orEmpty(head.headers().get("Content-MD5"))).append('\n');
    text.append(orEmpty(head.headers().get("Content-Type"))).append('\n');
    text.append(v2.expires()).append('\n');
    amz.forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
    text.append(pathStyle);
    if (!resource.isEmpty()) {
      text.append('?').append(String.join("&", resource.values()));
    }
    return text.toString();
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  // Null for the owner of an account.
  private @Nullable Credential credential(
      String accessKeyId, @Nullable String token, AuthErrors errors) {
    Credential credential = credentials.find(accessKeyId);
    if (credential == null) {
      if (Credentials.isIssued(accessKeyId)) {
        throw errors.unknownKey();
      }
      return null;
    }
    if (token == null || !SigningKey.same(credential.sessionToken(), token)) {
      throw errors.wrongToken();
    }
    if (!wall.instant().isBefore(credential.expiration())) {
      throw errors.expiredToken();
    }
    return credential;
  }

  private static Caller owner(String accessKeyId, String region) {
    String account = ACCOUNT.matcher(accessKeyId).matches() ? accessKeyId : DEFAULT_ACCOUNT;
    return new Caller(new Principal.Root(account), account, region, null);
  }

  private static String account(Principal principal) {
    return switch (principal) {
      case Principal.Root root -> root.account();
      case Principal.RoleSession role -> role.account();
      case Principal.ServicePrincipal service -> service.sourceAccount();
      case Principal.Anonymous anonymous -> DEFAULT_ACCOUNT;
    };
  }

  private static String basic(Instant instant) {
    return BASIC.format(LocalDateTime.ofInstant(instant, ZoneOffset.UTC));
  }

  private static Instant date(String text, AuthErrors errors) {
    try {
      return text.length() == 16 && text.charAt(8) == 'T'
          ? LocalDateTime.parse(text, BASIC).toInstant(ZoneOffset.UTC)
          : ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      throw errors.malformed(
          "Date must be in ISO-8601 'basic format'. Got '" + text + "'. See ISO-8601.");
    }
  }
}

package dev.brume.services.lambda;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import dev.brume.model.Principal;
import dev.brume.protocol.Parameters;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A request to a function URL as its function gets it: [payload format
/// 2.0](https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads). The path
/// stays percent-encoded, query parameters are decoded.
///
/// @param urlId of the URL
/// @param path below the URL, percent-encoded, starts with `/`
/// @param query percent-encoded, null without one
/// @param port that the client connected to
/// @param requestId of the invocation
/// @param traceId of X-Ray: `Root=…`
record UrlEvent(
    String urlId,
    String domainName,
    String method,
    String path,
    @Nullable String query,
    Headers headers,
    byte[] body,
    String sourceIp,
    String port,
    String requestId,
    String traceId,
    Instant now) {
  private static final String DEFAULT = "$default";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US).withZone(ZoneOffset.UTC);

  /// Who signed a request.
  record Caller(Principal principal, String accessKeyId) {}

  /// @param caller null for a URL that asks nobody who they are
  byte[] document(@Nullable Caller caller) {
    ObjectNode event = Json.object();
    event.put("version", "2.0");
    event.put("routeKey", DEFAULT);
    event.put("rawPath", path);
    event.put("rawQueryString", query == null ? "" : query);
    cookies(event);
    putAll(event.putObject("headers"), fields());
    var parameters = new LinkedHashMap<String, String>();
    Parameters.lenient(query)
        .forEach((name, values) -> parameters.put(name, String.join(",", values)));
    if (!parameters.isEmpty()) {
      putAll(event.putObject("queryStringParameters"), parameters);
    }
    event.set("requestContext", context(caller));
    String text = isText(headers.get("Content-Type")) ? utf8(body) : null;
    if (body.length > 0) {
      event.put("body", text == null ? Base64.getEncoder().encodeToString(body) : text);
    }
    event.put("isBase64Encoded", body.length > 0 && text == null);
    return Json.write(event).getBytes(StandardCharsets.UTF_8);
  }

  private void cookies(ObjectNode event) {
    ArrayNode cookies = Json.array();
    for (String field : headers.all("Cookie")) {
      for (String cookie : field.split(";")) {
        if (!cookie.isBlank()) {
          cookies.add(cookie.strip());
        }
      }
    }
    if (!cookies.isEmpty()) {
      event.set("cookies", cookies);
    }
  }

  private Map<String, String> fields() {
    var fields = new LinkedHashMap<String, String>();
    headers.forEach(
        (name, value) -> {
          if (!Headers.isHopByHop(name)) {
            fields.merge(name.toLowerCase(Locale.ROOT), value, (one, other) -> one + "," + other);
          }
        });
    fields.put("x-amzn-trace-id", traceId);
    fields.put("x-forwarded-for", sourceIp);
    fields.put("x-forwarded-port", port);
    fields.put("x-forwarded-proto", "http");
    return fields;
  }

  private static void putAll(ObjectNode into, Map<String, String> fields) {
    fields.forEach(into::put);
  }

  private ObjectNode context(@Nullable Caller caller) {
    ObjectNode context = Json.object();
    context.put("accountId", caller == null ? "anonymous" : account(caller.principal()));
    context.put("apiId", urlId);
    if (caller != null) {
      context.putNull("authentication");
      context.putObject("authorizer").set("iam", identity(caller));
    }
    context.put("domainName", domainName);
    context.put("domainPrefix", urlId);
    context
        .putObject("http")
        .put("method", method)
        .put("path", path)
        .put("protocol", "HTTP/1.1")
        .put("sourceIp", sourceIp)
        .put("userAgent", headers.get("User-Agent"));
    context.put("requestId", requestId);
    context.put("routeKey", DEFAULT);
    context.put("stage", DEFAULT);
    context.put("time", TIME.format(now));
    context.put("timeEpoch", now.toEpochMilli());
    return context;
  }

  private static ObjectNode identity(Caller caller) {
    Principal principal = caller.principal();
    String id =
        principal instanceof Principal.RoleSession role
            ? role.roleId() + ":" + role.sessionName()
            : account(principal);
    ObjectNode identity = Json.object();
    identity.put("accessKey", caller.accessKeyId());
    identity.put("accountId", account(principal));
    identity.put("callerId", id);
    identity.putNull("cognitoIdentity");
    identity.putNull("principalOrgId");
    identity.put("userArn", principal.arn());
    identity.put("userId", id);
    return identity;
  }

  static String account(Principal principal) {
    return switch (principal) {
      case Principal.Root root -> root.account();
      case Principal.RoleSession role -> role.account();
      case Principal.ServicePrincipal service -> service.sourceAccount();
      case Principal.Anonymous anonymous -> "anonymous";
    };
  }

  /// Whether a body of this content type comes as it is.
  static boolean isText(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    int end = contentType.indexOf(';');
    String type =
        (end < 0 ? contentType : contentType.substring(0, end)).strip().toLowerCase(Locale.ROOT);
    return type.startsWith("text/")
        || type.matches("application/(.+\\+)?(json|xml)")
        || type.matches("application/(x-)?(javascript|ecmascript)");
  }

  private static @Nullable String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }
}

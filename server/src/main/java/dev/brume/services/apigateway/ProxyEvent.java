package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The event of an
/// [Lambda proxy](https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html)
/// integration, format 1.0. Path and path parameters stay percent-encoded, query parameters are
/// decoded.
final class ProxyEvent {
  private static final DateTimeFormatter REQUEST_TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.US).withZone(ZoneOffset.UTC);

  private ProxyEvent() {}

  static ObjectNode of(Invocation invocation) {
    ObjectNode event = Json.object();
    event.put("resource", invocation.match().resource().path());
    event.put("path", invocation.path());
    event.put("httpMethod", invocation.verb());
    Map<String, List<String>> headers = headers(invocation);
    putLast(event, "headers", headers);
    putAll(event, "multiValueHeaders", headers);
    Map<String, List<String>> query = invocation.query();
    putLast(event, "queryStringParameters", query);
    putAll(event, "multiValueQueryStringParameters", query);
    putMap(event, "pathParameters", invocation.match().parameters());
    putMap(event, "stageVariables", invocation.served().stage().variables());
    event.set("requestContext", context(invocation));
    byte[] body = invocation.body();
    boolean binary =
        MediaTypes.contains(
            invocation.served().deployment().binaryMediaTypes(),
            invocation.headers().get("Content-Type"));
    if (body.length == 0) {
      event.putNull("body");
    } else if (binary) {
      event.put("body", Base64.getEncoder().encodeToString(body));
    } else {
      event.put("body", new String(body, StandardCharsets.UTF_8));
    }
    event.put("isBase64Encoded", binary && body.length > 0);
    return event;
  }

  private static Map<String, List<String>> headers(Invocation invocation) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    var spelling = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    Headers own =
        Headers.of(
            "X-Amzn-Trace-Id",
            invocation.traceId(),
            "X-Forwarded-For",
            invocation.sourceIp(),
            "X-Forwarded-Port",
            port(invocation.headers().get("Host")),
            "X-Forwarded-Proto",
            "http");
    invocation
        .headers()
        .forEach(
            (name, value) -> {
              if (!Headers.isHopByHop(name) && !own.has(name)) {
                String spelled = spelling.computeIfAbsent(name, first -> name);
                headers.computeIfAbsent(spelled, a -> new java.util.ArrayList<>()).add(value);
              }
            });
    own.forEach((name, value) -> headers.put(name, List.of(value)));
    return headers;
  }

  private static String port(@org.jspecify.annotations.Nullable String host) {
    int colon = host == null ? -1 : host.lastIndexOf(':');
    return host == null || colon < 0 ? "80" : host.substring(colon + 1);
  }

  private static ObjectNode context(Invocation invocation) {
    ApiGatewayStore.Served served = invocation.served();
    ObjectNode context = Json.object();
    context.put("resourceId", invocation.match().resource().id());
    context.put("resourcePath", invocation.match().resource().path());
    if (invocation.method().operationName() != null) {
      context.put("operationName", invocation.method().operationName());
    }
    context.put("httpMethod", invocation.verb());
    context.put("extendedRequestId", invocation.extendedRequestId());
    context.put("requestTime", REQUEST_TIME.format(invocation.now()));
    context.put("path", "/" + served.stage().name() + invocation.path());
    context.put("accountId", served.owner().account());
    context.put("protocol", "HTTP/1.1");
    context.put("stage", served.stage().name());
    context.put("domainPrefix", served.api().id());
    context.put("requestTimeEpoch", invocation.now().toEpochMilli());
    context.put("requestId", invocation.requestId());
    ObjectNode identity = context.putObject("identity");
    for (String name :
        List.of("cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller")) {
      identity.putNull(name);
    }
    identity.put("sourceIp", invocation.sourceIp());
    for (String name :
        List.of(
            "principalOrgId",
            "accessKey",
            "cognitoAuthenticationType",
            "cognitoAuthenticationProvider",
            "userArn")) {
      identity.putNull(name);
    }
    identity.put("userAgent", invocation.headers().get("User-Agent"));
    identity.putNull("user");
    context.put("domainName", invocation.domainName());
    context.put("deploymentId", served.deployment().id());
    context.put("apiId", served.api().id());
    return context;
  }

  private static void putLast(ObjectNode event, String name, Map<String, List<String>> values) {
    if (values.isEmpty()) {
      event.putNull(name);
      return;
    }
    ObjectNode node = event.putObject(name);
    values.forEach((key, all) -> node.put(key, all.getLast()));
  }

  private static void putAll(ObjectNode event, String name, Map<String, List<String>> values) {
    if (values.isEmpty()) {
      event.putNull(name);
      return;
    }
    ObjectNode node = event.putObject(name);
    values.forEach(
        (key, all) -> {
          ArrayNode array = node.putArray(key);
          all.forEach(array::add);
        });
  }

  private static void putMap(ObjectNode event, String name, Map<String, String> values) {
    if (values.isEmpty()) {
      event.putNull(name);
      return;
    }
    ObjectNode node = event.putObject(name);
    values.forEach(node::put);
  }
}

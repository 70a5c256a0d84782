package dev.brume.services.apigateway;

import dev.brume.gateway.FrontDoor;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.InvocationRequest;
import dev.brume.model.lambda.InvocationResponse;
import dev.brume.model.lambda.LambdaClient;
import dev.brume.time.Clock;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The URLs of deployed APIs: `<api>.execute-api.<region>.…/<stage>/…` and
/// `/restapis/<api>/<stage>/_user_request_/…`.
public final class InvokeUrls implements FrontDoor {
  private static final System.Logger LOG = System.getLogger("brume.apigateway");
  private static final Pattern HOST =
      Pattern.compile("([a-z0-9]+)\\.execute-api\\..+", Pattern.CASE_INSENSITIVE);
  private static final Pattern PATH =
      Pattern.compile("/restapis/([a-z0-9]+)/([^/]+)/_user_request_(/.*)?");
  private static final Pattern FUNCTION =
      Pattern.compile(".*:lambda:path/2015-03-31/functions/(.+)/invocations");

  private final ApiGatewayStore store;
  private final LambdaClient lambda;
  private final Clock clock;
  private final Ids ids;

  InvokeUrls(ApiGatewayStore store, Operations operations, Clock clock, Ids ids) {
    this.store = store;
    this.lambda = new LambdaClient(operations);
    this.clock = clock;
    this.ids = ids;
  }

  /// What an invoke URL names.
  ///
  /// @param path below the stage
  /// @param host the API's own host, null when it was asked by path
  private record Target(String apiId, String stage, String path, @Nullable String host) {}

  private static @Nullable Target target(Exchange exchange) {
    Matcher path = PATH.matcher(exchange.rawPath());
    if (path.matches()) {
      String rest = path.group(3);
      return new Target(path.group(1), path.group(2), rest == null ? "/" : rest, null);
    }
    Matcher host = HOST.matcher(exchange.host());
    if (!host.matches()) {
      return null;
    }
    String raw = exchange.rawPath();
    int slash = raw.indexOf('/', 1);
    String stage = slash < 0 ? raw.substring(1) : raw.substring(1, slash);
    int colon = exchange.host().indexOf(':');
    return new Target(
        host.group(1),
        stage,
        slash < 0 ? "/" : raw.substring(slash),
        colon < 0 ? exchange.host() : exchange.host().substring(0, colon));
  }

  @Override
  public boolean handle(Exchange exchange) throws IOException {
    Target target = target(exchange);
    if (target == null) {
      return false;
    }
    String requestId = ids.uuid();
    String extendedId = Base64.getEncoder().encodeToString(ids.bytes(11));
    String traceId = "Root=1-" + Long.toHexString(clock.millis() / 1000) + "-" + ids.hex(24);
    Reply reply = reply(exchange, target, requestId, extendedId, traceId);
    Headers headers = reply.headers();
    headers.set("x-amzn-RequestId", requestId);
    headers.set("x-amz-apigw-id", extendedId);
    if (!headers.has("X-Amzn-Trace-Id")) {
      headers.set("X-Amzn-Trace-Id", traceId);
    }
    exchange.respond(reply.status(), headers, reply.body());
    return true;
  }

  private Reply reply(
      Exchange exchange, Target target, String requestId, String extendedId, String traceId)
      throws IOException {
    ApiGatewayStore.Served served = store.served(target.apiId(), target.stage());
    if (served == null || served.api().executeApiDisabled()) {
      return Reply.forbidden();
    }
    Routes.Match match = served.routes().find(target.path());
    if (match == null) {
      return Reply.missingToken();
    }
    ApiMethod method = match.resource().methods().get(exchange.method());
    if (method == null) {
      method = match.resource().methods().get("ANY");
    }
    if (method == null || method.integration() == null) {
      return Reply.missingToken();
    }
    if (exchange.contentLength() > ApiGatewayLimits.PAYLOAD_BYTES_MAX) {
      return Reply.tooLong();
    }
    byte[] body = exchange.body().readNBytes(ApiGatewayLimits.PAYLOAD_BYTES_MAX + 1);
    if (body.length > ApiGatewayLimits.PAYLOAD_BYTES_MAX) {
      return Reply.tooLong();
    }
    String awsHost = target.apiId() + ".execute-api." + served.owner().region() + ".amazonaws.com";
    var invocation =
        new Invocation(
            served,
            match,
            method,
            exchange.method(),
            target.path(),
            exchange.rawQuery(),
            exchange.headers(),
            body,
            exchange.remoteAddress(),
            target.host() == null ? awsHost : target.host(),
            requestId,
            extendedId,
            traceId,
            clock.instant());
    ApiIntegration integration = method.needIntegration();
    return integration.type().equals("MOCK")
        ? MockIntegration.answer(invocation, integration)
        : invoke(invocation, integration, "http://" + exchange.host());
  }

  private Reply invoke(Invocation invocation, ApiIntegration integration, String endpoint)
      throws IOException {
    Matcher uri =
        FUNCTION.matcher(invocation.withStageVariables(String.valueOf(integration.uri())));
    if (!uri.matches()) {
      return Reply.internalError();
    }
    ApiGatewayStore.Owner owner = invocation.served().owner();
    var call =
        new Call(
            owner.account(),
            owner.region(),
            new Principal.ServicePrincipal(
                "apigateway.amazonaws.com", invocation.sourceArn(), owner.account()),
            invocation.requestId(),
            invocation.now(),
            endpoint,
            invocation.traceId());
    byte[] event = Json.write(ProxyEvent.of(invocation)).getBytes(StandardCharsets.UTF_8);
    var request =
        new InvocationRequest()
            .functionName(uri.group(1))
            .invocationType("RequestResponse")
            .payload(event);
    try {
      InvocationResponse answer = invoke(call, request, integration.timeoutMillis());
      byte[] payload = answer.payload();
      if (answer.functionError() != null || payload == null) {
        return Reply.badGateway();
      }
      return ProxyReply.of(
          payload,
          invocation.served().deployment().binaryMediaTypes(),
          invocation.headers().get("Accept"));
    } catch (TimeoutException e) {
      return Reply.timeout();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof ServiceError error) {
        LOG.log(
            Level.WARNING,
            "{0} cannot invoke {1}: {2}",
            invocation.sourceArn(),
            uri.group(1),
            error.getMessage());
      } else {
        LOG.log(Level.ERROR, invocation.sourceArn(), e.getCause());
      }
      return Reply.internalError();
    }
  }

  // On a thread of its own, since the client is answered after the integration's timeout while the
  // function goes on.
  private InvocationResponse invoke(Call call, InvocationRequest request, int timeoutMillis)
      throws IOException, ExecutionException, TimeoutException {
    var answer = new CompletableFuture<InvocationResponse>();
    Thread.ofVirtual()
        .name("apigateway-invoke")
        .start(
            () -> {
              try {
                answer.complete(lambda.invoke(call, request));
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            });
    try {
      return answer.get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }
}

package dev.brume.services.lambda;

import dev.brume.auth.AuthErrors;
import dev.brume.auth.Authenticator;
import dev.brume.auth.Signature;
import dev.brume.functions.Invocation;
import dev.brume.functions.Outcome;
import dev.brume.gateway.FrontDoor;
import dev.brume.gateway.WebPages;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.protocol.Bodies;
import dev.brume.protocol.Payload;
import dev.brume.protocol.RequestHead;
import dev.brume.time.Clock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Serves function URLs: `/_brume/lambda-url/<id>/…`, and the hosts
/// `<id>.lambda-url.<region>.localhost` and, as on AWS, `<id>.lambda-url.<region>.on.aws`.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html>
public final class FunctionUrlDoor implements FrontDoor {
  private static final Pattern HOST =
      Pattern.compile(
          "([a-z0-9]{" + FunctionUrls.ID_LENGTH + "})\\.lambda-url\\.([a-z0-9-]+)\\..+");
  private static final Pattern PATH =
      Pattern.compile(FunctionUrls.PATH + "([a-z0-9]{" + FunctionUrls.ID_LENGTH + "})(/.*)?");
  private static final String FORBIDDEN =
      "Forbidden. For troubleshooting Function URL authorization issues, see: "
          + "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html";
  private static final int BODY_BYTES_MAX = LambdaLimits.SYNCHRONOUS_PAYLOAD_BYTES_MAX;

  private final FunctionUrls urls;
  private final Invoker invoker;
  private final UrlAccess access;
  private final Authenticator authenticator;
  private final Clock clock;
  private final Ids ids;

  FunctionUrlDoor(
      FunctionUrls urls,
      Invoker invoker,
      UrlAccess access,
      Authenticator authenticator,
      Clock clock,
      Ids ids) {
    this.urls = urls;
    this.invoker = invoker;
    this.access = access;
    this.authenticator = authenticator;
    this.clock = clock;
    this.ids = ids;
  }

  /// What a request asks for.
  ///
  /// @param host lower case, without port; null when asked by path
  /// @param path below the URL
  private record Target(String id, @Nullable String host, String path) {}

  private static @Nullable Target target(Exchange exchange) {
    Matcher path = PATH.matcher(exchange.rawPath());
    if (path.matches()) {
      return new Target(path.group(1), null, path.group(2) == null ? "/" : path.group(2));
    }
    String name = exchange.host().toLowerCase(Locale.ROOT);
    int colon = name.indexOf(':');
    name = colon < 0 ? name : name.substring(0, colon);
    Matcher host = HOST.matcher(name);
    return host.matches() ? new Target(host.group(1), name, exchange.rawPath()) : null;
  }

  /// A request on its way to its function.
  private record Request(
      Exchange exchange, Target target, FunctionUrls.Found url, String requestId, String traceId) {

    /// Adds the headers that every answer has.
    UrlReply dress(UrlReply reply) {
      Headers headers = reply.headers();
      headers.set("x-amzn-RequestId", requestId);
      if (!headers.has("X-Amzn-Trace-Id")) {
        headers.add("X-Amzn-Trace-Id", traceId);
      }
      UrlCors cors = url.row().cors();
      if (cors != null) {
        cors.grant(exchange.headers(), headers);
      }
      return reply;
    }

    void send(UrlReply reply) throws IOException {
      UrlReply dressed = dress(reply);
      exchange.respond(dressed.status(), dressed.headers(), dressed.body());
    }
  }

  @Override
  public boolean handle(Exchange exchange) throws IOException {
    Target target = target(exchange);
    if (target == null) {
      return false;
    }
    FunctionUrls.Found url = urls.find(target.id());
    if (url == null) {
      UrlReply unknown = UrlReply.error(403, "AccessDeniedException", null);
      exchange.respond(unknown.status(), unknown.headers(), unknown.body());
      return true;
    }
    String traceId = "Root=1-" + Long.toHexString(clock.millis() / 1000) + "-" + ids.hex(24);
    var request = new Request(exchange, target, url, ids.uuid(), traceId);
    UrlCors cors = url.row().cors();
    if (cors != null && UrlCors.isPreflight(exchange.method(), exchange.headers())) {
      exchange.respond(200, cors.preflight(exchange.headers()), new byte[0]);
      return true;
    }
    try {
      serve(request);
    } catch (ServiceError e) {
      request.send(UrlReply.error(e.httpStatus(), e.code(), e.getMessage()));
    }
    return true;
  }

  private void serve(Request request) throws IOException {
    Exchange exchange = request.exchange();
    var body = new RawBody(exchange);
    Signature signature = Signature.of(exchange.rawQuery(), exchange.headers());
    RequestHead head = RequestHead.of(exchange, signature.signingName());
    boolean iam = request.url().row().authType().equals(FunctionUrls.IAM);
    Authenticator.Caller caller = iam ? authenticate(exchange, signature, head, body) : null;
    Principal principal = caller == null ? new Principal.Anonymous() : caller.principal();
    FunctionName name = request.url().name();
    var call =
        new Call(
            name.account(),
            name.region(),
            principal,
            request.requestId(),
            clock.instant(),
            "http://" + exchange.host());
    boolean known = !(principal instanceof Principal.Anonymous);
    if (iam && !known || !access.allows(call, request.url())) {
      throw forbidden();
    }
    byte[] bytes = body.bytes();
    if (caller != null) {
      Body checked =
          Payload.open(head, new ByteArrayInputStream(bytes), bytes.length, caller.chunks());
      bytes = Bodies.read(checked, BODY_BYTES_MAX);
    }
    UrlEvent.Caller who =
        signature instanceof Signature.V4 v4 && known
            ? new UrlEvent.Caller(principal, v4.accessKeyId())
            : null;
    byte[] event = event(request, bytes, call).document(who);
    if (event.length > BODY_BYTES_MAX) {
      throw LambdaErrors.payloadTooLarge(BODY_BYTES_MAX);
    }
    invoke(request, event);
  }

  // An owner's key is taken at its word, so what names one must not come from a page of elsewhere.
  private Authenticator.Caller authenticate(
      Exchange exchange, Signature signature, RequestHead head, RawBody body) {
    if (signature instanceof Signature.V2) {
      throw forbidden();
    }
    Authenticator.Caller caller =
        authenticator.authenticate(
            signature,
            head,
            exchange.rawPath(),
            "lambda",
            AuthErrors.of(Protocol.REST_JSON_1),
            body::bytes);
    if (caller.principal() instanceof Principal.Root && WebPages.foreign(exchange)) {
      throw forbidden();
    }
    return caller;
  }

  private static ServiceError forbidden() {
    return new ServiceError("AccessDeniedException", FORBIDDEN, 403);
  }

  private static UrlEvent event(Request request, byte[] body, Call call) {
    Exchange exchange = request.exchange();
    Target target = request.target();
    String awsHost = target.id() + ".lambda-url." + call.region() + ".on.aws";
    String host = exchange.host();
    int colon = host.endsWith("]") ? -1 : host.lastIndexOf(':');
    return new UrlEvent(
        target.id(),
        target.host() == null ? awsHost : target.host(),
        exchange.method(),
        target.path(),
        exchange.rawQuery(),
        exchange.headers(),
        body,
        exchange.remoteAddress(),
        colon < 0 ? "80" : host.substring(colon + 1),
        request.requestId(),
        request.traceId(),
        call.now());
  }

  private void invoke(Request request, byte[] event) throws IOException {
    FunctionUrls.Found url = request.url();
    Invoker.Chosen chosen = invoker.choose(url.name());
    Invocation invocation =
        invoker.invocation(chosen, request.requestId(), event, null, request.traceId(), false);
    if (FunctionUrls.STREAM.equals(url.row().invokeMode())) {
      var stream = new UrlStream(request.exchange(), request::dress);
      Outcome outcome = invoker.run(chosen, invocation, stream);
      stream.end(outcome instanceof Outcome.Failed);
    } else {
      request.send(UrlReply.of(invoker.run(chosen, invocation, null)));
    }
  }

  /// The body as it came, read when it is needed first.
  private static final class RawBody {
    private final Exchange exchange;
    private byte @Nullable [] read;

    RawBody(Exchange exchange) {
      this.exchange = exchange;
    }

    byte[] bytes() {
      byte[] bytes = read;
      if (bytes == null) {
        bytes = Bodies.read(new Body(exchange.body(), exchange.contentLength()), BODY_BYTES_MAX);
        read = bytes;
      }
      return bytes;
    }
  }
}

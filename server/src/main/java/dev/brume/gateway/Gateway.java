package dev.brume.gateway;

import dev.brume.auth.AuthErrors;
import dev.brume.auth.Authenticator;
import dev.brume.auth.Authenticator.Caller;
import dev.brume.auth.Signature;
import dev.brume.gateway.BrowserAccess.Grant;
import dev.brume.http.Exchange;
import dev.brume.http.Handler;
import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.BodyError;
import dev.brume.model.Call;
import dev.brume.model.Operation;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.Struct;
import dev.brume.protocol.Bodies;
import dev.brume.protocol.Codec;
import dev.brume.protocol.Codecs;
import dev.brume.protocol.Compression;
import dev.brume.protocol.Payload;
import dev.brume.protocol.RequestHead;
import dev.brume.protocol.Route;
import dev.brume.protocol.Router;
import dev.brume.protocol.WireRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The path of a request: front doors, then identify, authenticate, decode, validate, authorize,
/// call, encode.
public final class Gateway implements Handler {
  private static final System.Logger LOG = System.getLogger("brume.gateway");
  // Operations for clients without credentials: how they get some, and the links in notifications.
  private static final Set<String> UNSIGNED =
      Set.of(
          "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "ConfirmSubscription", "Unsubscribe");

  private static final int TRACE_LENGTH_MAX = 2048;

  private final List<FrontDoor> doors;
  private final Map<String, BrowserAccess> browsers;
  private final Router router;
  private final Authenticator authenticator;
  private final Services services;
  private final InstantSource clock;
  private final Ids ids;
  private final String endpoint;

  /// @param doors asked in this order before the services
  /// @param browsers by the name of the service
  /// @param endpoint where Brume is reached when the `Host` header does not say so, e.g.
  ///   `http://127.0.0.1:4566`
  public Gateway(
      List<FrontDoor> doors,
      Map<String, BrowserAccess> browsers,
      Router router,
      Authenticator authenticator,
      Services services,
      InstantSource clock,
      Ids ids,
      String endpoint) {
    this.doors = List.copyOf(doors);
    this.browsers = Map.copyOf(browsers);
    this.router = router;
    this.authenticator = authenticator;
    this.services = services;
    this.clock = clock;
    this.ids = ids;
    this.endpoint = endpoint;
  }

  @Override
  public void handle(Exchange exchange) throws IOException {
    for (FrontDoor door : doors) {
      if (door.handle(exchange)) {
        return;
      }
    }
    Signature signature = Signature.of(exchange.rawQuery(), exchange.headers());
    RequestHead head = RequestHead.of(exchange, signature.signingName());
    Form form = head.hasForm() ? form(exchange) : null;
    Route route = router.route(head, form == null ? null : form.text());
    String requestId = requestId(route.protocol());
    BrowserAccess access = browsers.get(route.model().name());
    if (access != null && exchange.method().equals("OPTIONS")) {
      preflight(access, new Answer(exchange, route, requestId, ids, new Headers()));
      return;
    }
    Grant grant =
        access == null
            ? Grant.none()
            : access.grant(route.path(), exchange.method(), exchange.headers());
    var answer = new Answer(exchange, route, requestId, ids, grant.headers());
    Operation operation = route.operation();
    if (form != null && form.error() != null) {
      answer.error(form.error());
      return;
    }
    if (operation == null) {
      answer.error(route.error() == null ? internal(route) : route.error());
      return;
    }
    serve(new Request(exchange, head, signature, form, route, grant, operation, requestId), answer);
  }

  private static void preflight(BrowserAccess access, Answer answer) throws IOException {
    try {
      Exchange exchange = answer.exchange();
      answer.preflight(access.preflight(answer.route().path(), exchange.headers()));
    } catch (ServiceError e) {
      answer.error(e);
    }
  }

  /// A request that is known to be for an operation.
  private record Request(
      Exchange exchange,
      RequestHead head,
      Signature signature,
      @Nullable Form form,
      Route route,
      Grant grant,
      Operation operation,
      String requestId) {
    ServiceModel model() {
      return route.model();
    }
  }

  /// A form, which is read before its operation is known.
  ///
  /// @param raw as it came: what is signed
  /// @param text unpacked; empty when it is refused
  /// @param error why it is refused, null when it is not
  private record Form(byte[] raw, String text, @Nullable ServiceError error) {}

  private void serve(Request request, Answer answer) throws IOException {
    try {
      Struct output = run(request);
      answer.success(request.operation(), output);
    } catch (ServiceError e) {
      answer.error(e);
    } catch (IOException e) {
      throw e;
    } catch (Exception | StackOverflowError e) {
      ServiceError sendersFault = bodyError(e);
      if (sendersFault != null) {
        answer.error(sendersFault);
        return;
      }
      LOG.log(
          Level.ERROR,
          request.model().name()
              + " "
              + request.operation().name()
              + " failed, request id "
              + request.requestId(),
          e);
      answer.error(internal(request.route()));
    }
  }

  private Struct run(Request request) throws IOException {
    ServiceModel model = request.model();
    Protocol protocol = request.route().protocol();
    Form form = request.form();
    var body =
        new RequestPayload(request.exchange(), request.head(), form == null ? null : form.raw());
    AuthErrors errors = AuthErrors.of(protocol);
    Caller caller =
        authenticator.authenticate(
            request.signature(),
            request.head(),
            request.route().path(),
            model.identity().signingName(),
            errors,
            body::buffered);
    if (caller.principal() instanceof Principal.Root
        && !request.grant().named()
        && WebPages.foreign(request.exchange())) {
      // Nothing but the form of an owner's signature is checked, so a page could make one up.
      throw new ServiceError("AccessDenied", "Refused: sent by a web page of another site", 403);
    }
    if (protocol != Protocol.REST_XML && !UNSIGNED.contains(request.operation().name())) {
      Authenticator.requireSigned(caller, errors);
    }
    Codec codec = Codecs.of(protocol);
    Struct input =
        codec.decode(
            model,
            request.operation(),
            new WireRequest(
                request.exchange().method(),
                request.route().path(),
                request.exchange().rawQuery(),
                request.exchange().headers(),
                body.open(caller, request.route())));
    Call call =
        new Call(
            caller.account(),
            caller.region(),
            caller.principal(),
            request.requestId(),
            clock.instant(),
            endpoint(request),
            trace(request.exchange()));
    return services.run(call, model, request.operation(), input);
  }

  // Only what can be a header again is carried on.
  private static @Nullable String trace(Exchange exchange) {
    String given = exchange.headers().get("X-Amzn-Trace-Id");
    return given == null
            || given.isBlank()
            || given.length() > TRACE_LENGTH_MAX
            || !given.chars().allMatch(c -> c >= ' ' && c < 0x7f)
        ? null
        : given.strip();
  }

  /// The body of a request, buffered as soon as anything needs all of it.
  private static final class RequestPayload {
    private final Exchange exchange;
    private final RequestHead head;
    private byte @Nullable [] buffer;

    RequestPayload(Exchange exchange, RequestHead head, byte @Nullable [] form) {
      this.exchange = exchange;
      this.head = head;
      buffer = form;
    }

    byte[] buffered() {
      byte[] bytes = buffer;
      if (bytes == null) {
        bytes =
            Bodies.read(
                new Body(exchange.body(), exchange.contentLength()), Bodies.LARGEST_BYTES_MAX);
        buffer = bytes;
      }
      return bytes;
    }

    Body open(Caller caller, Route route) {
      byte[] bytes = buffer;
      Body body =
          bytes == null
              ? Payload.open(head, exchange.body(), exchange.contentLength(), caller.chunks())
              : Payload.open(head, new ByteArrayInputStream(bytes), bytes.length, caller.chunks());
      return Compression.open(body, head.headers(), route.model().identity(), route.protocol());
    }
  }

  private static Form form(Exchange exchange) {
    byte[] raw = new byte[0];
    try {
      int bytesMax = Bodies.BUFFERED_BYTES_MAX;
      raw = Bodies.read(new Body(exchange.body(), exchange.contentLength()), bytesMax);
      byte[] form =
          Compression.isPacked(exchange.headers(), Protocol.AWS_QUERY)
              ? Compression.unpack(raw, bytesMax, Protocol.AWS_QUERY)
              : raw;
      return new Form(raw, new String(form, StandardCharsets.UTF_8), null);
    } catch (ServiceError e) {
      return new Form(raw, "", e);
    }
  }

  private String endpoint(Request request) {
    String host = request.exchange().host();
    boolean virtualHost = !request.route().path().equals(request.exchange().rawPath());
    return host.isEmpty() || virtualHost ? endpoint : "http://" + host;
  }

  private String requestId(Protocol protocol) {
    return protocol == Protocol.REST_XML ? ids.upper(16) : ids.uuid();
  }

  // What a service wraps while it reads the body: the sender's fault, not ours.
  private static @Nullable ServiceError bodyError(Throwable thrown) throws IOException {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof BodyError wrong) {
        return wrong.error();
      }
      if (cause instanceof ServiceError error) {
        return error;
      }
      if (cause instanceof UncheckedIOException unchecked
          && unchecked.getCause() instanceof Exchange.ClientGone gone) {
        throw gone;
      }
    }
    return null;
  }

  private static ServiceError internal(Route route) {
    return route.protocol() == Protocol.REST_XML
        ? new ServiceError(
            "InternalError", "We encountered an internal error. Please try again.", 500)
        : new ServiceError(
            "InternalFailure",
            "The request processing has failed because of an unknown error, exception or failure.",
            500);
  }
}

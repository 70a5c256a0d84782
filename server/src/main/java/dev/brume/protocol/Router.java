package dev.brume.protocol;

import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Identity;
import dev.brume.model.ServiceModel.Protocol;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells which service and operation a request is for. Reads a service's model only when a request
/// is for it.
public final class Router {
  private static final Pattern CBOR_PATH =
      Pattern.compile("/service/([^/]{1,128})/operation/([^/]{1,128})");
  private static final Pattern DATED_PATH = Pattern.compile("/20\\d\\d-\\d\\d-\\d\\d/.*");

  private final List<Identity> identities;
  private final Function<String, ServiceModel> models;
  private final Map<String, RestTable> tables = new ConcurrentHashMap<>();

  /// @param identities of every service, see `ServiceModels.identities()`
  /// @param models loads a model by the service's name here
  public Router(List<Identity> identities, Function<String, ServiceModel> models) {
    this.identities = List.copyOf(identities);
    this.models = models;
  }

  /// Never fails: a request for nobody goes to S3, as anonymous requests for objects look like
  /// anything.
  ///
  /// @param form the body when [RequestHead#hasForm], else null
  public Route route(RequestHead head, @Nullable String form) {
    String signedFor = head.signingName();
    if (signedFor != null && !isServed(signedFor)) {
      return unserved(head, form, signedFor);
    }
    String target = head.headers().get("X-Amz-Target");
    if (target != null) {
      Route route = byTarget(head, target);
      if (route != null) {
        return route;
      }
    }
    Matcher cbor = CBOR_PATH.matcher(head.rawPath());
    if ("rpc-v2-cbor".equals(head.headers().get("smithy-protocol")) && cbor.matches()) {
      Route route = byCborPath(head, cbor.group(1), cbor.group(2));
      if (route != null) {
        return route;
      }
    }
    Route query = byAction(head, form);
    if (query != null) {
      return query;
    }
    Route stray = stray(head);
    return stray != null ? stray : byRest(head);
  }

  // Signed for a service that has no paths, and not in its form: the answer is its own all the
  // same.
  private @Nullable Route stray(RequestHead head) {
    for (Identity identity : identities) {
      List<Protocol> protocols = identity.protocols();
      boolean rest =
          protocols.contains(Protocol.REST_JSON_1) || protocols.contains(Protocol.REST_XML);
      if (!rest && identity.signingName().equals(head.signingName())) {
        boolean cbor = head.headers().has("smithy-protocol");
        return named(head, identity, cbor ? Protocol.RPC_V2_CBOR : protocols.getFirst(), "");
      }
    }
    return null;
  }

  // S3 is signed for under several names, e.g. `s3express`.
  private boolean isServed(String signingName) {
    return signingName.startsWith("s3")
        || identities.stream().anyMatch(each -> each.signingName().equals(signingName));
  }

  // Answered in the form that the request came in, by a model that stands in for the service's.
  private Route unserved(RequestHead head, @Nullable String form, String signedFor) {
    String target = head.headers().get("X-Amz-Target");
    Matcher cbor = CBOR_PATH.matcher(head.rawPath());
    Protocol protocol;
    String operation = "";
    if (target != null) {
      protocol = Protocol.AWS_JSON_1_1;
      operation = target.substring(target.lastIndexOf('.') + 1);
    } else if (head.headers().has("smithy-protocol") && cbor.matches()) {
      protocol = Protocol.RPC_V2_CBOR;
      operation = cbor.group(2);
    } else if (form != null) {
      protocol = Protocol.AWS_QUERY;
      operation = action(form);
    } else {
      protocol = Protocol.REST_JSON_1;
    }
    Identity standIn =
        identities.stream()
            .filter(each -> each.protocols().contains(protocol))
            .findFirst()
            .orElse(identities.getFirst());
    String what = operation.matches("[A-Za-z0-9]{1,128}") ? signedFor + " " + operation : signedFor;
    var error =
        new ServiceError("NotImplemented", "Brume does not implement " + what + " yet", 400);
    return new Route(models.apply(standIn.name()), protocol, null, error, head.rawPath());
  }

  private static String action(String form) {
    try {
      String action = first(Parameters.read(form), "Action");
      return action == null ? "" : action;
    } catch (Malformed e) {
      // Nobody reads it.
      return "";
    }
  }

  private @Nullable Route byTarget(RequestHead head, String target) {
    int dot = target.lastIndexOf('.');
    String prefix = dot < 0 ? "" : target.substring(0, dot);
    for (Identity identity : identities) {
      Protocol protocol = jsonProtocol(identity, head.headers().get("Content-Type"));
      if (prefix.equals(identity.targetPrefix()) && protocol != null) {
        return named(head, identity, protocol, target.substring(dot + 1));
      }
    }
    // A signed request with a wrong target still gets its own service's error.
    for (Identity identity : identities) {
      Protocol protocol = jsonProtocol(identity, head.headers().get("Content-Type"));
      if (identity.signingName().equals(head.signingName()) && protocol != null) {
        return named(head, identity, protocol, target);
      }
    }
    return null;
  }

  private static @Nullable Protocol jsonProtocol(Identity identity, @Nullable String contentType) {
    boolean json10 = identity.protocols().contains(Protocol.AWS_JSON_1_0);
    boolean json11 = identity.protocols().contains(Protocol.AWS_JSON_1_1);
    if (json10 && json11) {
      return contentType != null && contentType.contains("json-1.1")
          ? Protocol.AWS_JSON_1_1
          : Protocol.AWS_JSON_1_0;
    }
    return json10 ? Protocol.AWS_JSON_1_0 : json11 ? Protocol.AWS_JSON_1_1 : null;
  }

  private @Nullable Route byCborPath(RequestHead head, String service, String operation) {
    for (Identity identity : identities) {
      boolean named =
          service.equals(identity.targetPrefix())
              || service.equals(identity.serviceId())
              || identity.signingName().equals(head.signingName());
      if (named && identity.protocols().contains(Protocol.RPC_V2_CBOR)) {
        return named(head, identity, Protocol.RPC_V2_CBOR, operation);
      }
    }
    return null;
  }

  private @Nullable Route byAction(RequestHead head, @Nullable String form) {
    boolean inQuery =
        form == null && head.rawQuery() != null && head.rawQuery().contains("Action=");
    if (form == null && !inQuery || "s3".equals(head.signingName())) {
      return null;
    }
    Map<String, List<String>> parameters;
    try {
      parameters = Parameters.read(form != null ? form : head.rawQuery());
    } catch (Malformed e) {
      Identity identity = queryService(head, "");
      return identity == null
          ? null
          : new Route(
              models.apply(identity.name()),
              Protocol.AWS_QUERY,
              null,
              new ServiceError("MalformedQueryString", e.reason(), 400),
              head.rawPath());
    }
    String version = first(parameters, "Version");
    Identity identity = queryService(head, version == null ? "" : version);
    String action = first(parameters, "Action");
    if (identity == null || action == null && !head.rawPath().equals("/")) {
      return null;
    }
    return named(head, identity, Protocol.AWS_QUERY, action == null ? "" : action);
  }

  private @Nullable Identity queryService(RequestHead head, String version) {
    Identity byVersion = null;
    for (Identity identity : identities) {
      if (identity.protocols().contains(Protocol.AWS_QUERY)) {
        if (identity.signingName().equals(head.signingName())) {
          return identity;
        }
        if (head.signingName() == null && identity.apiVersion().equals(version)) {
          byVersion = identity;
        }
      }
    }
    return byVersion;
  }

  private static @Nullable String first(Map<String, List<String>> parameters, String name) {
    List<String> values = parameters.get(name);
    return values == null ? null : values.getFirst();
  }

  private Route named(RequestHead head, Identity identity, Protocol protocol, String name) {
    ServiceModel model = models.apply(identity.name());
    Operation operation = model.operation(name);
    ServiceError error = operation == null ? unknown(identity, protocol, name) : null;
    return new Route(model, protocol, operation, error, head.rawPath());
  }

  /// The answer to an operation that a service does not have: a 4xx, since clients retry a 5xx.
  static ServiceError unknown(Identity identity, Protocol protocol, String name) {
    String shown = name.length() > 256 ? name.substring(0, 256) : name;
    return switch (protocol) {
      case AWS_QUERY ->
          shown.isEmpty()
              ? new ServiceError(
                  "MissingAction", "The request must contain the parameter Action", 400)
              : new ServiceError(
                  "InvalidAction", "The action " + shown + " is not valid for this endpoint.", 400);
      case REST_XML ->
          new ServiceError(
              "MethodNotAllowed",
              "The specified method is not allowed against this resource.",
              405);
      case REST_JSON_1 ->
          new ServiceError(
              "UnknownOperationException",
              "Brume found no operation of " + identity.serviceId() + " for this method and path",
              404);
      case AWS_JSON_1_0, AWS_JSON_1_1, RPC_V2_CBOR ->
          new ServiceError(
              "UnknownOperationException",
              shown.isEmpty() ? null : "Unknown operation " + shown,
              400);
    };
  }

  private Route byRest(RequestHead head) {
    Identity identity = restService(head);
    ServiceModel model = models.apply(identity.name());
    boolean s3 = identity.protocols().contains(Protocol.REST_XML);
    Protocol protocol = s3 ? Protocol.REST_XML : Protocol.REST_JSON_1;
    String bucket = s3 ? VirtualHost.bucket(head.host(), true) : null;
    String path = bucket == null ? head.rawPath() : "/" + bucket + head.rawPath();
    RestTable table = tables.computeIfAbsent(identity.name(), name -> RestTable.of(model));
    Operation operation;
    try {
      operation = table.find(head.method(), path, head.rawQuery(), head.headers());
    } catch (Malformed e) {
      ServiceError error =
          new ServiceError(s3 ? "InvalidURI" : "BadRequestException", e.reason(), 400);
      return new Route(model, protocol, null, error, path);
    }
    ServiceError error = operation == null ? unknown(identity, protocol, "") : null;
    return new Route(model, protocol, operation, error, path);
  }

  private Identity restService(RequestHead head) {
    String signingName = head.signingName();
    if (signingName == null) {
      signingName = signingNameOfPath(head);
    }
    Identity s3 = null;
    for (Identity identity : identities) {
      boolean rest =
          identity.protocols().contains(Protocol.REST_JSON_1)
              || identity.protocols().contains(Protocol.REST_XML);
      if (rest && identity.signingName().equals(signingName)) {
        return identity;
      }
      if (identity.protocols().contains(Protocol.REST_XML)) {
        s3 = identity;
      }
    }
    if (s3 != null) {
      return s3;
    }
    // Without S3 in the list (in tests) any REST service has to answer.
    return identities.getFirst();
  }

  private static String signingNameOfPath(RequestHead head) {
    if (VirtualHost.isS3(head.host())) {
      return "s3";
    }
    if (DATED_PATH.matcher(head.rawPath()).matches()) {
      return "lambda";
    }
    return head.rawPath().startsWith("/restapis") ? "apigateway" : "s3";
  }
}

package dev.brume.services.apigateway;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.apigateway.CreateResourceRequest;
import dev.brume.model.apigateway.CreateRestApiRequest;
import dev.brume.model.apigateway.DeleteMethodRequest;
import dev.brume.model.apigateway.EndpointConfiguration;
import dev.brume.model.apigateway.PutIntegrationRequest;
import dev.brume.model.apigateway.PutIntegrationResponseRequest;
import dev.brume.model.apigateway.PutMethodRequest;
import dev.brume.model.apigateway.PutMethodResponseRequest;
import dev.brume.model.apigateway.UpdateIntegrationRequest;
import dev.brume.model.apigateway.UpdateResourceRequest;
import dev.brume.model.apigateway.UpdateRestApiRequest;
import dev.brume.store.Kv;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Changes an API: its resources, methods and integrations. Nothing of it is served before it is
/// deployed.
final class Editing {
  private static final Set<String> VERBS =
      Set.of("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT");
  private static final Set<String> PASSTHROUGH =
      Set.of("WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER");
  private static final Pattern LAMBDA_URI =
      Pattern.compile(
          "arn:[a-z-]+:apigateway:[^:]+:lambda:path/2015-03-31/functions/.+/invocations");

  private final Kv kv;
  private final ApiGatewayStore store;
  private final Ids ids;

  Editing(Kv kv, ApiGatewayStore store, Ids ids) {
    this.kv = kv;
    this.store = store;
    this.ids = ids;
  }

  Api createApi(Call call, CreateRestApiRequest in) {
    refuse(in.cloneFrom() != null, "CreateRestApi with cloneFrom");
    refuse(in.policy() != null, "resource policies of REST APIs");
    refuse(in.minimumCompressionSize() != null, "compression of REST APIs");
    refuse("AUTHORIZER".equals(in.apiKeySource()), "API keys from authorizers");
    String name = in.name();
    if (name == null || name.isBlank()) {
      throw ApiGatewayErrors.invalid("API name cannot be blank");
    }
    List<String> types = endpointTypes(in.endpointConfiguration());
    String rootId = ids.lower(10);
    var root = new ApiResource(rootId, null, "", "/", Map.of());
    var api =
        new Api(
            ids.lower(10),
            name,
            in.description(),
            in.version(),
            call.now().toEpochMilli(),
            in.binaryMediaTypes(),
            types,
            Boolean.TRUE.equals(in.disableExecuteApiEndpoint()),
            in.tags(),
            rootId,
            Map.of(rootId, root));
    kv.tx(
        tx -> {
          store.put(tx, call, api);
          return null;
        });
    return api;
  }

  private static List<String> endpointTypes(@Nullable EndpointConfiguration configuration) {
    if (configuration == null || configuration.types().isEmpty()) {
      return List.of("EDGE");
    }
    refuse(configuration.types().contains("PRIVATE"), "private REST APIs");
    return configuration.types();
  }

  private static void refuse(boolean asked, String what) {
    if (asked) {
      throw ApiGatewayErrors.notThere(what);
    }
  }

  Api updateApi(Call call, UpdateRestApiRequest in) {
    return change(
        call,
        in.restApiId(),
        api -> {
          Map<String, String> values = new LinkedHashMap<>();
          Patch.put(values, "/name", api.name());
          Patch.put(values, "/description", api.description());
          Patch.put(values, "/version", api.version());
          Patch.put(
              values, "/disableExecuteApiEndpoint", Boolean.toString(api.executeApiDisabled()));
          Map<String, String> binary = new LinkedHashMap<>();
          api.binaryMediaTypes().forEach(type -> binary.put(type, ""));
          Patch.put(values, "/binaryMediaTypes", binary);
          var patch =
              new Patch(
                  values,
                  Set.of("/name", "/description", "/version", "/disableExecuteApiEndpoint"),
                  Set.of("/binaryMediaTypes"));
          patch.apply(in.patchOperations());
          String name = patch.get("/name");
          if (name == null || name.isBlank()) {
            throw ApiGatewayErrors.invalid("API name cannot be blank");
          }
          return new Api(
              api.id(),
              name,
              patch.get("/description"),
              patch.get("/version"),
              api.createdMillis(),
              List.copyOf(patch.map("/binaryMediaTypes").keySet()),
              api.endpointTypes(),
              Boolean.parseBoolean(patch.get("/disableExecuteApiEndpoint")),
              api.tags(),
              api.rootId(),
              api.resources());
        });
  }

  void deleteApi(Call call, @Nullable String apiId) {
    kv.tx(
        tx -> {
          store.deleteApi(tx, call, store.api(tx, call, apiId));
          return null;
        });
  }

  /// Changes an API in one transaction and returns it as it then is.
  Api change(Call call, @Nullable String apiId, UnaryOperator<Api> change) {
    return kv.tx(
        tx -> {
          Api changed = change.apply(store.api(tx, call, apiId));
          store.put(tx, call, changed);
          return changed;
        });
  }

  ApiResource createResource(Call call, CreateResourceRequest in) {
    String id = ids.lower(6);
    String part = String.valueOf(in.pathPart());
    ApiResource.checkPathPart(part);
    return change(
            call,
            in.restApiId(),
            api -> {
              if (api.resources().size() >= ApiGatewayLimits.RESOURCES_PER_API_MAX) {
                throw ApiGatewayErrors.tooMany("resources");
              }
              return api.with(place(api, id, api.resource(in.parentId()), part));
            })
        .resource(id);
  }

  // A new resource below a parent, if it may be there.
  private static ApiResource place(Api api, String id, ApiResource parent, String part) {
    if (parent.greedy()) {
      throw ApiGatewayErrors.belowGreedy(parent.path());
    }
    String path = (parent.parentId() == null ? "" : parent.path()) + "/" + part;
    var resource = new ApiResource(id, parent.id(), part, path, Map.of());
    for (ApiResource sibling : api.resources().values()) {
      if (!parent.id().equals(sibling.parentId()) || sibling.id().equals(id)) {
        continue;
      }
      if (sibling.pathPart().equals(part)) {
        throw ApiGatewayErrors.sameResource(part);
      }
      if (sibling.variable() && resource.variable() && sibling.greedy() == resource.greedy()) {
        throw ApiGatewayErrors.secondVariable(sibling.pathPart());
      }
    }
    return resource;
  }

  ApiResource updateResource(Call call, UpdateResourceRequest in) {
    Api changed =
        change(
            call,
            in.restApiId(),
            api -> {
              ApiResource resource = api.resource(in.resourceId());
              Map<String, String> values = new LinkedHashMap<>();
              Patch.put(values, "/pathPart", resource.pathPart());
              Patch.put(values, "/parentId", resource.parentId());
              var patch = new Patch(values, Set.of("/pathPart", "/parentId"), Set.of());
              patch.apply(in.patchOperations());
              String part = String.valueOf(patch.get("/pathPart"));
              ApiResource.checkPathPart(part);
              ApiResource moved =
                  place(api, resource.id(), api.resource(patch.get("/parentId")), part);
              return moved(api, resource, moved);
            });
    return changed.resource(in.resourceId());
  }

  // With the paths of everything below it.
  private static Api moved(Api api, ApiResource from, ApiResource to) {
    Map<String, ApiResource> resources = new LinkedHashMap<>();
    api.resources()
        .forEach(
            (id, resource) -> {
              boolean below = resource.path().startsWith(from.path() + "/");
              boolean same = id.equals(from.id());
              resources.put(
                  id,
                  new ApiResource(
                      id,
                      same ? to.parentId() : resource.parentId(),
                      same ? to.pathPart() : resource.pathPart(),
                      same || below
                          ? to.path() + resource.path().substring(from.path().length())
                          : resource.path(),
                      resource.methods()));
            });
    return api.withResources(resources);
  }

  void deleteResource(Call call, @Nullable String apiId, @Nullable String resourceId) {
    change(
        call,
        apiId,
        api -> {
          ApiResource resource = api.resource(resourceId);
          if (resource.parentId() == null) {
            throw ApiGatewayErrors.rootDeleted();
          }
          return api.without(resource);
        });
  }

  ApiMethod putMethod(Call call, PutMethodRequest in) {
    String verb = String.valueOf(in.httpMethod());
    if (!VERBS.contains(verb)) {
      throw ApiGatewayErrors.invalid(
          "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY");
    }
    refuse(!"NONE".equals(in.authorizationType()), "authorizers of type " + in.authorizationType());
    refuse(Boolean.TRUE.equals(in.apiKeyRequired()), "methods that need an API key");
    if (in.requestValidatorId() != null) {
      throw ApiGatewayErrors.noValidator();
    }
    checkModels(in.requestModels());
    var method =
        new ApiMethod(
            verb, in.operationName(), in.requestParameters(), in.requestModels(), Map.of(), null);
    change(
        call,
        in.restApiId(),
        api -> {
          ApiResource resource = api.resource(in.resourceId());
          if (resource.methods().containsKey(verb)) {
            throw ApiGatewayErrors.sameMethod();
          }
          return api.with(resource.with(method));
        });
    return method;
  }

  // The two models that every API has.
  private static void checkModels(Map<String, String> models) {
    for (String model : models.values()) {
      if (!model.equals("Empty") && !model.equals("Error")) {
        throw ApiGatewayErrors.noModel(model);
      }
    }
  }

  void deleteMethod(Call call, DeleteMethodRequest in) {
    change(
        call,
        in.restApiId(),
        api -> {
          ApiResource resource = api.resource(in.resourceId());
          return api.with(resource.without(resource.method(in.httpMethod()).verb()));
        });
  }

  ApiMethod.Response putMethodResponse(Call call, PutMethodResponseRequest in) {
    checkModels(in.responseModels());
    var response =
        new ApiMethod.Response(
            String.valueOf(in.statusCode()), in.responseParameters(), in.responseModels());
    change(
        call,
        in.restApiId(),
        api ->
            api.change(
                in.resourceId(),
                in.httpMethod(),
                method -> {
                  if (method.responses().containsKey(response.statusCode())) {
                    throw ApiGatewayErrors.sameResponse();
                  }
                  return method.with(response);
                }));
    return response;
  }

  ApiIntegration putIntegration(Call call, PutIntegrationRequest in) {
    String type = String.valueOf(in.type());
    refuse(!type.equals("AWS_PROXY") && !type.equals("MOCK"), "integrations of type " + type);
    refuse(in.credentials() != null, "integrations with credentials");
    refuse(
        in.connectionType() != null && !in.connectionType().equals("INTERNET"),
        "integrations through VPC links");
    refuse(in.contentHandling() != null, "content handling of integrations");
    refuse("STREAM".equals(in.responseTransferMode()), "response streaming");
    String uri = in.uri();
    if (type.equals("AWS_PROXY")) {
      checkFunctionUri(uri);
      if (in.integrationHttpMethod() == null) {
        throw ApiGatewayErrors.invalid("Enumeration value for HttpMethod must be non-empty");
      }
    }
    String passthrough =
        in.passthroughBehavior() == null ? "WHEN_NO_MATCH" : in.passthroughBehavior();
    if (!PASSTHROUGH.contains(passthrough)) {
      throw ApiGatewayErrors.invalid(
          "Invalid passthrough behavior specified. Valid options are WHEN_NO_MATCH,"
              + " WHEN_NO_TEMPLATES, NEVER");
    }
    if (type.equals("MOCK")) {
      MockIntegration.checkTemplates(in.requestTemplates());
    } else {
      refuse(!in.requestParameters().isEmpty(), "request parameters of AWS_PROXY integrations");
    }
    var integration =
        new ApiIntegration(
            type,
            type.equals("MOCK") ? null : in.integrationHttpMethod(),
            type.equals("MOCK") ? null : uri,
            in.requestParameters(),
            in.requestTemplates(),
            passthrough,
            timeoutMillis(in.timeoutInMillis()),
            in.cacheNamespace() == null ? String.valueOf(in.resourceId()) : in.cacheNamespace(),
            in.cacheKeyParameters(),
            Map.of());
    change(
        call,
        in.restApiId(),
        api -> api.change(in.resourceId(), in.httpMethod(), method -> method.with(integration)));
    return integration;
  }

  private static void checkFunctionUri(@Nullable String uri) {
    if (uri == null || !uri.startsWith("arn:")) {
      throw ApiGatewayErrors.badUri(String.valueOf(uri));
    }
    refuse(!LAMBDA_URI.matcher(uri).matches(), "AWS_PROXY integrations with " + uri);
  }

  private static int timeoutMillis(@Nullable Integer given) {
    if (given == null) {
      return ApiGatewayLimits.INTEGRATION_TIMEOUT_MILLIS;
    }
    if (given < ApiGatewayLimits.INTEGRATION_TIMEOUT_MILLIS_MIN
        || given > ApiGatewayLimits.INTEGRATION_TIMEOUT_MILLIS) {
      throw ApiGatewayErrors.invalid("Timeout should be between 50 ms and 29000 ms");
    }
    return given;
  }

  ApiIntegration updateIntegration(Call call, UpdateIntegrationRequest in) {
    Api changed =
        change(
            call,
            in.restApiId(),
            api ->
                api.change(
                    in.resourceId(),
                    in.httpMethod(),
                    method -> method.with(patched(method.needIntegration(), in))));
    return changed.resource(in.resourceId()).method(in.httpMethod()).needIntegration();
  }

  private static ApiIntegration patched(ApiIntegration old, UpdateIntegrationRequest in) {
    Map<String, String> values = new LinkedHashMap<>();
    Patch.put(values, "/uri", old.uri());
    Patch.put(values, "/httpMethod", old.httpMethod());
    Patch.put(values, "/passthroughBehavior", old.passthroughBehavior());
    Patch.put(values, "/timeoutInMillis", Integer.toString(old.timeoutMillis()));
    Patch.put(values, "/requestParameters", old.requestParameters());
    Patch.put(values, "/requestTemplates", old.requestTemplates());
    var patch =
        new Patch(
            values,
            Set.of("/uri", "/httpMethod", "/passthroughBehavior", "/timeoutInMillis"),
            Set.of("/requestParameters", "/requestTemplates"));
    patch.apply(in.patchOperations());
    MockIntegration.checkTemplates(patch.map("/requestTemplates"));
    if (old.type().equals("AWS_PROXY")) {
      checkFunctionUri(patch.get("/uri"));
    }
    String timeout = patch.get("/timeoutInMillis");
    if (timeout != null && !timeout.matches("\\d{1,9}")) {
      throw ApiGatewayErrors.invalid("Timeout should be between 50 ms and 29000 ms");
    }
    String passthrough = patch.get("/passthroughBehavior");
    return new ApiIntegration(
        old.type(),
        patch.get("/httpMethod"),
        patch.get("/uri"),
        patch.map("/requestParameters"),
        patch.map("/requestTemplates"),
        passthrough == null ? "WHEN_NO_MATCH" : passthrough,
        timeoutMillis(timeout == null ? null : Integer.valueOf(timeout)),
        old.cacheNamespace(),
        old.cacheKeyParameters(),
        old.responses());
  }

  ApiIntegration.Response putIntegrationResponse(Call call, PutIntegrationResponseRequest in) {
    refuse(in.contentHandling() != null, "content handling of integration responses");
    MockIntegration.checkTemplates(in.responseTemplates());
    MockIntegration.checkParameters(in.responseParameters());
    var response =
        new ApiIntegration.Response(
            String.valueOf(in.statusCode()),
            in.selectionPattern(),
            in.responseParameters(),
            in.responseTemplates());
    change(
        call,
        in.restApiId(),
        api ->
            api.change(
                in.resourceId(),
                in.httpMethod(),
                method -> method.with(method.needIntegration().with(response))));
    return response;
  }
}

package dev.brume.services.apigateway;

import dev.brume.model.apigateway.Deployment;
import dev.brume.model.apigateway.EndpointConfiguration;
import dev.brume.model.apigateway.Integration;
import dev.brume.model.apigateway.IntegrationResponse;
import dev.brume.model.apigateway.Method;
import dev.brume.model.apigateway.MethodResponse;
import dev.brume.model.apigateway.MethodSnapshot;
import dev.brume.model.apigateway.Resource;
import dev.brume.model.apigateway.RestApi;
import dev.brume.model.apigateway.Stage;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// What the management API shows of the domain's records.
final class Answers {
  private Answers() {}

  static RestApi of(Api api) {
    return new RestApi()
        .id(api.id())
        .name(api.name())
        .description(api.description())
        .version(api.version())
        .createdDate(Instant.ofEpochMilli(api.createdMillis()))
        .binaryMediaTypes(api.binaryMediaTypes().isEmpty() ? null : api.binaryMediaTypes())
        .apiKeySource("HEADER")
        .endpointConfiguration(
            new EndpointConfiguration().types(api.endpointTypes()).ipAddressType("ipv4"))
        .tags(api.tags().isEmpty() ? null : api.tags())
        .disableExecuteApiEndpoint(api.executeApiDisabled())
        .rootResourceId(api.rootId());
  }

  static Resource of(ApiResource resource, boolean withMethods) {
    Map<String, Method> methods = new LinkedHashMap<>();
    resource
        .methods()
        .forEach((verb, method) -> methods.put(verb, withMethods ? of(method) : new Method()));
    return new Resource()
        .id(resource.id())
        .parentId(resource.parentId())
        .pathPart(resource.parentId() == null ? null : resource.pathPart())
        .path(resource.path())
        .resourceMethods(methods.isEmpty() ? null : methods);
  }

  static Method of(ApiMethod method) {
    Map<String, MethodResponse> responses = new LinkedHashMap<>();
    method.responses().forEach((status, response) -> responses.put(status, of(response)));
    ApiIntegration integration = method.integration();
    return new Method()
        .httpMethod(method.verb())
        .authorizationType("NONE")
        .apiKeyRequired(false)
        .operationName(method.operationName())
        .requestParameters(method.requestParameters().isEmpty() ? null : method.requestParameters())
        .requestModels(method.requestModels().isEmpty() ? null : method.requestModels())
        .methodResponses(responses.isEmpty() ? null : responses)
        .methodIntegration(integration == null ? null : of(integration));
  }

  static MethodResponse of(ApiMethod.Response response) {
    return new MethodResponse()
        .statusCode(response.statusCode())
        .responseParameters(response.parameters().isEmpty() ? null : response.parameters())
        .responseModels(response.models().isEmpty() ? null : response.models());
  }

  static Integration of(ApiIntegration integration) {
    Map<String, IntegrationResponse> responses = new LinkedHashMap<>();
    integration.responses().forEach((status, response) -> responses.put(status, of(response)));
    return new Integration()
        .type(integration.type())
        .httpMethod(integration.httpMethod())
        .uri(integration.uri())
        .requestParameters(
            integration.requestParameters().isEmpty() ? null : integration.requestParameters())
        .requestTemplates(
            integration.requestTemplates().isEmpty() ? null : integration.requestTemplates())
        .passthroughBehavior(integration.passthroughBehavior())
        .timeoutInMillis(integration.timeoutMillis())
        .cacheNamespace(integration.cacheNamespace())
        .cacheKeyParameters(integration.cacheKeyParameters())
        .integrationResponses(responses.isEmpty() ? null : responses);
  }

  static IntegrationResponse of(ApiIntegration.Response response) {
    return new IntegrationResponse()
        .statusCode(response.statusCode())
        .selectionPattern(response.selectionPattern())
        .responseParameters(response.parameters().isEmpty() ? null : response.parameters())
        .responseTemplates(response.templates().isEmpty() ? null : response.templates());
  }

  static Deployment of(ApiDeployment deployment) {
    return new Deployment()
        .id(deployment.id())
        .description(deployment.description())
        .createdDate(Instant.ofEpochMilli(deployment.createdMillis()));
  }

  static Deployment withSummary(ApiDeployment deployment) {
    Map<String, Map<String, MethodSnapshot>> summary = new LinkedHashMap<>();
    for (ApiResource resource : deployment.resources().values()) {
      Map<String, MethodSnapshot> methods = new LinkedHashMap<>();
      for (String verb : resource.methods().keySet()) {
        methods.put(verb, new MethodSnapshot().authorizationType("NONE").apiKeyRequired(false));
      }
      if (!methods.isEmpty()) {
        summary.put(resource.path(), methods);
      }
    }
    return of(deployment).apiSummary(summary);
  }

  static Stage of(ApiStage stage) {
    return new Stage()
        .stageName(stage.name())
        .deploymentId(stage.deploymentId())
        .description(stage.description())
        .variables(stage.variables().isEmpty() ? null : stage.variables())
        .tags(stage.tags().isEmpty() ? null : stage.tags())
        .cacheClusterEnabled(false)
        .cacheClusterStatus("NOT_AVAILABLE")
        .methodSettings(Map.of())
        .tracingEnabled(false)
        .createdDate(Instant.ofEpochMilli(stage.createdMillis()))
        .lastUpdatedDate(Instant.ofEpochMilli(stage.updatedMillis()));
  }
}

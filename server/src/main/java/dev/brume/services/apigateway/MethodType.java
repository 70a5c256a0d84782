package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.Call;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.model.apigateway.DeleteMethodRequest;
import dev.brume.model.apigateway.NotFoundException;
import dev.brume.model.apigateway.PutIntegrationRequest;
import dev.brume.model.apigateway.PutIntegrationResponseRequest;
import dev.brume.model.apigateway.PutMethodRequest;
import dev.brume.model.apigateway.PutMethodResponseRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::ApiGateway::Method`, with its responses and its integration.
final class MethodType implements ResourceType {
  private final ApiGatewayClient client;

  MethodType(ApiGatewayClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "AWS::ApiGateway::Method";
  }

  @Override
  public Set<String> properties() {
    return Set.of(
        "ApiKeyRequired",
        "AuthorizationType",
        "AuthorizerId",
        "HttpMethod",
        "Integration",
        "MethodResponses",
        "OperationName",
        "RequestModels",
        "RequestParameters",
        "RequestValidatorId",
        "ResourceId",
        "RestApiId");
  }

  /// One method: where it is.
  private record Place(@Nullable String api, @Nullable String resource, @Nullable String verb) {
    static Place of(ObjectNode properties) {
      return new Place(
          Properties.text(properties, "RestApiId"),
          Properties.text(properties, "ResourceId"),
          Properties.text(properties, "HttpMethod"));
    }
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    Place place = Place.of(request.properties());
    remove(request.call(), place);
    put(request.call(), place, request.properties());
    return ResourceState.of(place.api() + "|" + place.resource() + "|" + place.verb());
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    return create(request);
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    remove(request.call(), Place.of(request.properties()));
  }

  private void remove(Call call, Place place) {
    try {
      client.deleteMethod(
          call,
          new DeleteMethodRequest()
              .restApiId(place.api())
              .resourceId(place.resource())
              .httpMethod(place.verb()));
    } catch (NotFoundException e) {
      // There is none.
    }
  }

  private void put(Call call, Place place, ObjectNode properties) {
    String authorization = Properties.text(properties, "AuthorizationType");
    client.putMethod(
        call,
        new PutMethodRequest()
            .restApiId(place.api())
            .resourceId(place.resource())
            .httpMethod(place.verb())
            .authorizationType(authorization == null ? "NONE" : authorization)
            .authorizerId(Properties.text(properties, "AuthorizerId"))
            .apiKeyRequired(Properties.flag(properties, "ApiKeyRequired"))
            .operationName(Properties.text(properties, "OperationName"))
            .requestParameters(Properties.flags(properties, "RequestParameters"))
            .requestModels(Properties.map(properties, "RequestModels"))
            .requestValidatorId(Properties.text(properties, "RequestValidatorId")));
    for (JsonNode response : properties.path("MethodResponses")) {
      client.putMethodResponse(
          call,
          new PutMethodResponseRequest()
              .restApiId(place.api())
              .resourceId(place.resource())
              .httpMethod(place.verb())
              .statusCode(Properties.text(response, "StatusCode"))
              .responseParameters(Properties.flags(response, "ResponseParameters"))
              .responseModels(Properties.map(response, "ResponseModels")));
    }
    JsonNode integration = properties.path("Integration");
    if (integration.isObject()) {
      putIntegration(call, place, integration);
    }
  }

  private void putIntegration(Call call, Place place, JsonNode integration) {
    JsonNode timeout = integration.path("TimeoutInMillis");
    client.putIntegration(
        call,
        new PutIntegrationRequest()
            .restApiId(place.api())
            .resourceId(place.resource())
            .httpMethod(place.verb())
            .type(Properties.text(integration, "Type"))
            .integrationHttpMethod(Properties.text(integration, "IntegrationHttpMethod"))
            .uri(Properties.text(integration, "Uri"))
            .connectionType(Properties.text(integration, "ConnectionType"))
            .connectionId(Properties.text(integration, "ConnectionId"))
            .credentials(Properties.text(integration, "Credentials"))
            .requestParameters(Properties.map(integration, "RequestParameters"))
            .requestTemplates(Properties.map(integration, "RequestTemplates"))
            .passthroughBehavior(Properties.text(integration, "PassthroughBehavior"))
            .cacheNamespace(Properties.text(integration, "CacheNamespace"))
            .cacheKeyParameters(Properties.texts(integration, "CacheKeyParameters"))
            .contentHandling(Properties.text(integration, "ContentHandling"))
            .timeoutInMillis(timeout.isMissingNode() ? null : Integer.valueOf(timeout.asInt())));
    for (JsonNode response : integration.path("IntegrationResponses")) {
      client.putIntegrationResponse(
          call,
          new PutIntegrationResponseRequest()
              .restApiId(place.api())
              .resourceId(place.resource())
              .httpMethod(place.verb())
              .statusCode(Properties.text(response, "StatusCode"))
              .selectionPattern(Properties.text(response, "SelectionPattern"))
              .responseParameters(Properties.map(response, "ResponseParameters"))
              .responseTemplates(Properties.map(response, "ResponseTemplates"))
              .contentHandling(Properties.text(response, "ContentHandling")));
    }
  }
}

package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.model.apigateway.CreateRestApiRequest;
import dev.brume.model.apigateway.DeleteRestApiRequest;
import dev.brume.model.apigateway.EndpointConfiguration;
import dev.brume.model.apigateway.GetRestApiRequest;
import dev.brume.model.apigateway.GetRestApisRequest;
import dev.brume.model.apigateway.NotFoundException;
import dev.brume.model.apigateway.PatchOperation;
import dev.brume.model.apigateway.RestApi;
import dev.brume.model.apigateway.TagResourceRequest;
import dev.brume.model.apigateway.UntagResourceRequest;
import dev.brume.model.apigateway.UpdateRestApiRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::ApiGateway::RestApi`.
final class RestApiType implements ResourceType {
  private final ApiGatewayClient client;

  RestApiType(ApiGatewayClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "AWS::ApiGateway::RestApi";
  }

  @Override
  public Set<String> properties() {
    return Set.of(
        "BinaryMediaTypes",
        "Description",
        "DisableExecuteApiEndpoint",
        "EndpointConfiguration",
        "Name",
        "Tags");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode properties = request.properties();
    Map<String, String> tags = Properties.tags(request.tags(), properties);
    RestApi made = alreadyMade(request, tags);
    if (made == null) {
      List<String> types = Properties.texts(properties.path("EndpointConfiguration"), "Types");
      made =
          client.createRestApi(
              request.call(),
              new CreateRestApiRequest()
                  .name(request.nameOr("Name", 1024))
                  .description(Properties.text(properties, "Description"))
                  .binaryMediaTypes(Properties.texts(properties, "BinaryMediaTypes"))
                  .disableExecuteApiEndpoint(
                      Properties.flag(properties, "DisableExecuteApiEndpoint"))
                  .endpointConfiguration(
                      types.isEmpty() ? null : new EndpointConfiguration().types(types))
                  .tags(tags));
    }
    return state(made);
  }

  // By the tags that say which resource of which stack it is.
  private @Nullable RestApi alreadyMade(ResourceRequest request, Map<String, String> tags) {
    if (!tags.containsKey("aws:cloudformation:stack-id")) {
      return null;
    }
    String position = null;
    do {
      var page =
          client.getRestApis(
              request.call(), new GetRestApisRequest().limit(500).position(position));
      for (RestApi api : page.items()) {
        if (api.tags().equals(tags)) {
          return api;
        }
      }
      position = page.position();
    } while (position != null);
    return null;
  }

  private static ResourceState state(RestApi api) {
    String id = String.valueOf(api.id());
    return new ResourceState(
        id,
        Map.of(
            "RestApiId",
            TextNode.valueOf(id),
            "RootResourceId",
            TextNode.valueOf(String.valueOf(api.rootResourceId()))));
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    ObjectNode properties = request.properties();
    List<PatchOperation> patch = new ArrayList<>();
    RestApi present =
        client.getRestApi(request.call(), new GetRestApiRequest().restApiId(physicalId));
    Properties.patch(patch, "/name", present.name(), request.nameOr("Name", 1024));
    Properties.patch(
        patch, "/description", present.description(), Properties.text(properties, "Description"));
    String disabled = Properties.text(properties, "DisableExecuteApiEndpoint");
    Properties.patch(
        patch,
        "/disableExecuteApiEndpoint",
        String.valueOf(present.disableExecuteApiEndpoint()),
        disabled == null ? "false" : disabled);
    Properties.patch(
        patch,
        "/binaryMediaTypes",
        entries(present.binaryMediaTypes()),
        entries(Properties.texts(properties, "BinaryMediaTypes")));
    RestApi changed =
        client.updateRestApi(
            request.call(),
            new UpdateRestApiRequest().restApiId(physicalId).patchOperations(patch));
    Map<String, String> tags = Properties.tags(request.tags(), properties);
    String arn = "arn:aws:apigateway:" + request.call().region() + "::/restapis/" + physicalId;
    List<String> gone = new ArrayList<>(present.tags().keySet());
    gone.removeAll(tags.keySet());
    if (!gone.isEmpty()) {
      client.untagResource(
          request.call(), new UntagResourceRequest().resourceArn(arn).tagKeys(gone));
    }
    if (!tags.isEmpty()) {
      client.tagResource(request.call(), new TagResourceRequest().resourceArn(arn).tags(tags));
    }
    return state(changed);
  }

  private static Map<String, String> entries(List<String> types) {
    Map<String, String> entries = new LinkedHashMap<>();
    types.forEach(type -> entries.put(type, ""));
    return entries;
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    try {
      client.deleteRestApi(request.call(), new DeleteRestApiRequest().restApiId(physicalId));
    } catch (NotFoundException e) {
      // Gone already.
    }
  }
}

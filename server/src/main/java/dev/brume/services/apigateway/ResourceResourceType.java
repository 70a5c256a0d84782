package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.model.apigateway.ConflictException;
import dev.brume.model.apigateway.CreateResourceRequest;
import dev.brume.model.apigateway.DeleteResourceRequest;
import dev.brume.model.apigateway.GetResourcesRequest;
import dev.brume.model.apigateway.NotFoundException;
import dev.brume.model.apigateway.Resource;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.Set;

/// `AWS::ApiGateway::Resource`. Every change is a replacement.
final class ResourceResourceType implements ResourceType {
  private final ApiGatewayClient client;

  ResourceResourceType(ApiGatewayClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "AWS::ApiGateway::Resource";
  }

  @Override
  public Set<String> properties() {
    return Set.of("ParentId", "PathPart", "RestApiId");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode properties = request.properties();
    var wanted =
        new CreateResourceRequest()
            .restApiId(Properties.text(properties, "RestApiId"))
            .parentId(Properties.text(properties, "ParentId"))
            .pathPart(Properties.text(properties, "PathPart"));
    String id;
    try {
      id = String.valueOf(client.createResource(request.call(), wanted).id());
    } catch (ConflictException e) {
      id = alreadyMade(request, wanted, e);
    }
    return Properties.state(id, "ResourceId", id);
  }

  // The same segment below the same parent, without methods yet: made by this request before a
  // crash.
  private String alreadyMade(
      ResourceRequest request, CreateResourceRequest wanted, ConflictException conflict) {
    var all =
        client.getResources(
            request.call(), new GetResourcesRequest().restApiId(wanted.restApiId()).limit(500));
    for (Resource resource : all.items()) {
      boolean same =
          String.valueOf(wanted.parentId()).equals(resource.parentId())
              && String.valueOf(wanted.pathPart()).equals(resource.pathPart());
      if (same && resource.resourceMethods().isEmpty()) {
        return String.valueOf(resource.id());
      }
    }
    throw conflict;
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    return Properties.state(physicalId, "ResourceId", physicalId);
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    try {
      client.deleteResource(
          request.call(),
          new DeleteResourceRequest()
              .restApiId(Properties.text(request.properties(), "RestApiId"))
              .resourceId(physicalId));
    } catch (NotFoundException e) {
      // Gone already, alone or with its API.
    }
  }
}

package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.model.apigateway.CreateDeploymentRequest;
import dev.brume.model.apigateway.DeleteDeploymentRequest;
import dev.brume.model.apigateway.NotFoundException;
import dev.brume.model.apigateway.PatchOperation;
import dev.brume.model.apigateway.UpdateDeploymentRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `AWS::ApiGateway::Deployment`.
final class DeploymentType implements ResourceType {
  private final ApiGatewayClient client;

  DeploymentType(ApiGatewayClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "AWS::ApiGateway::Deployment";
  }

  @Override
  public Set<String> properties() {
    return Set.of("Description", "RestApiId", "StageName");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    // Repeated after a crash this leaves one deployment more, which nothing points to.
    ObjectNode properties = request.properties();
    String id =
        String.valueOf(
            client
                .createDeployment(
                    request.call(),
                    new CreateDeploymentRequest()
                        .restApiId(Properties.text(properties, "RestApiId"))
                        .description(Properties.text(properties, "Description"))
                        .stageName(Properties.text(properties, "StageName")))
                .id());
    return Properties.state(id, "DeploymentId", id);
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    List<PatchOperation> patch = new ArrayList<>();
    Properties.patch(
        patch,
        "/description",
        Properties.text(old, "Description"),
        Properties.text(request.properties(), "Description"));
    client.updateDeployment(
        request.call(),
        new UpdateDeploymentRequest()
            .restApiId(Properties.text(request.properties(), "RestApiId"))
            .deploymentId(physicalId)
            .patchOperations(patch));
    return Properties.state(physicalId, "DeploymentId", physicalId);
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    try {
      client.deleteDeployment(
          request.call(),
          new DeleteDeploymentRequest()
              .restApiId(Properties.text(request.properties(), "RestApiId"))
              .deploymentId(physicalId));
    } catch (NotFoundException e) {
      // Gone already, alone or with its API.
    }
  }
}

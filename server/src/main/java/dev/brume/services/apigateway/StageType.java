package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.model.apigateway.ConflictException;
import dev.brume.model.apigateway.CreateStageRequest;
import dev.brume.model.apigateway.DeleteStageRequest;
import dev.brume.model.apigateway.GetStageRequest;
import dev.brume.model.apigateway.NotFoundException;
import dev.brume.model.apigateway.PatchOperation;
import dev.brume.model.apigateway.Stage;
import dev.brume.model.apigateway.TagResourceRequest;
import dev.brume.model.apigateway.UntagResourceRequest;
import dev.brume.model.apigateway.UpdateStageRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// `AWS::ApiGateway::Stage`.
final class StageType implements ResourceType {
  private final ApiGatewayClient client;

  StageType(ApiGatewayClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "AWS::ApiGateway::Stage";
  }

  @Override
  public Set<String> properties() {
    return Set.of("DeploymentId", "Description", "RestApiId", "StageName", "Tags", "Variables");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode properties = request.properties();
    String api = Properties.text(properties, "RestApiId");
    String name = Properties.text(properties, "StageName");
    String deployment = Properties.text(properties, "DeploymentId");
    Map<String, String> tags = Properties.tags(request.tags(), properties);
    try {
      client.createStage(
          request.call(),
          new CreateStageRequest()
              .restApiId(api)
              .stageName(name)
              .deploymentId(deployment)
              .description(Properties.text(properties, "Description"))
              .variables(Properties.map(properties, "Variables"))
              .tags(tags));
    } catch (ConflictException e) {
      Stage there =
          client.getStage(request.call(), new GetStageRequest().restApiId(api).stageName(name));
      if (!Objects.equals(there.deploymentId(), deployment) || !there.tags().equals(tags)) {
        throw e;
      }
    }
    return ResourceState.of(String.valueOf(name));
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    ObjectNode properties = request.properties();
    String api = Properties.text(properties, "RestApiId");
    List<PatchOperation> patch = new ArrayList<>();
    Properties.patch(
        patch,
        "/deploymentId",
        Properties.text(old, "DeploymentId"),
        Properties.text(properties, "DeploymentId"));
    Properties.patch(
        patch,
        "/description",
        Properties.text(old, "Description"),
        Properties.text(properties, "Description"));
    Properties.patch(
        patch,
        "/variables",
        Properties.map(old, "Variables"),
        Properties.map(properties, "Variables"));
    Stage stage =
        client.updateStage(
            request.call(),
            new UpdateStageRequest().restApiId(api).stageName(physicalId).patchOperations(patch));
    Map<String, String> tags = Properties.tags(request.tags(), properties);
    String arn =
        "arn:aws:apigateway:"
            + request.call().region()
            + "::/restapis/"
            + api
            + "/stages/"
            + physicalId;
    List<String> gone = new ArrayList<>(stage.tags().keySet());
    gone.removeAll(tags.keySet());
    if (!gone.isEmpty()) {
      client.untagResource(
          request.call(), new UntagResourceRequest().resourceArn(arn).tagKeys(gone));
    }
    if (!tags.isEmpty()) {
      client.tagResource(request.call(), new TagResourceRequest().resourceArn(arn).tags(tags));
    }
    return ResourceState.of(physicalId);
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    try {
      client.deleteStage(
          request.call(),
          new DeleteStageRequest()
              .restApiId(Properties.text(request.properties(), "RestApiId"))
              .stageName(physicalId));
    } catch (NotFoundException e) {
      // Gone already, alone or with its API.
    }
  }
}

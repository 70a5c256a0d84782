package dev.brume.services.apigateway;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.model.apigateway.PatchOperation;
import dev.brume.model.apigateway.UpdateAccountRequest;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.List;
import java.util.Set;

/// `AWS::ApiGateway::Account`: a setting, not a thing. Deleting it leaves the setting as it is.
final class AccountType implements ResourceType {
  private final ApiGatewayClient client;

  AccountType(ApiGatewayClient client) {
    this.client = client;
  }

  @Override
  public String name() {
    return "AWS::ApiGateway::Account";
  }

  @Override
  public Set<String> properties() {
    return Set.of("CloudWatchRoleArn");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    String id = request.generatedName(128);
    set(request);
    return Properties.state(id, "Id", id);
  }

  private void set(ResourceRequest request) {
    String role = Properties.text(request.properties(), "CloudWatchRoleArn");
    client.updateAccount(
        request.call(),
        new UpdateAccountRequest()
            .patchOperations(
                List.of(
                    new PatchOperation()
                        .op("replace")
                        .path("/cloudwatchRoleArn")
                        .value(role == null ? "" : role))));
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    set(request);
    return Properties.state(physicalId, "Id", physicalId);
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {}
}

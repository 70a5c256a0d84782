package dev.brume.services.apigateway;

import dev.brume.model.Operations;
import dev.brume.model.apigateway.ApiGatewayClient;
import dev.brume.resources.ResourceType;
import java.util.List;

/// The CloudFormation types
///
// [AWS::ApiGateway](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_ApiGateway.html).
public final class ApiGatewayResources {
  private final ApiGatewayClient client;

  public ApiGatewayResources(Operations operations) {
    client = new ApiGatewayClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(
        new RestApiType(client),
        new ResourceResourceType(client),
        new MethodType(client),
        new DeploymentType(client),
        new StageType(client),
        new AccountType(client));
  }
}

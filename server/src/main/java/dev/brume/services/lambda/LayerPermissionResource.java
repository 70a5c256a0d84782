package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.required;
import static dev.brume.services.lambda.LambdaResources.text;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.Map;
import java.util.Set;

/// `AWS::Lambda::LayerVersionPermission`: its id is the layer version's ARN, `#` and the
/// statement's id. Every change is a replacement.
record LayerPermissionResource(LambdaClient lambda) implements ResourceType {
  @Override
  public String name() {
    return "AWS::Lambda::LayerVersionPermission";
  }

  @Override
  public Set<String> properties() {
    return Set.of("Action", "LayerVersionArn", "OrganizationId", "Principal");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    ObjectNode in = request.properties();
    String arn = required(in, "LayerVersionArn");
    LayerName.Version layer = LayerName.Version.of(arn);
    if (layer == null) {
      throw LambdaErrors.invalid("Layer version ARN " + arn + " is not valid");
    }
    String statement = request.generatedName(100);
    try {
      lambda.addLayerVersionPermission(
          request.call(),
          new AddLayerVersionPermissionRequest()
              .layerName(layer.layer().arn())
              .versionNumber(layer.number())
              .statementId(statement)
              .action(required(in, "Action"))
              .principal(required(in, "Principal"))
              .organizationId(text(in, "OrganizationId")));
    } catch (ServiceError e) {
      // A repetition after a crash: nobody else makes this id.
      if (!e.code().equals("ResourceConflictException")) {
        throw e;
      }
    }
    return state(arn + "#" + statement);
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    return state(physicalId);
  }

  private static ResourceState state(String id) {
    return new ResourceState(id, Map.of("Id", LambdaResources.node(id)));
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    int hash = physicalId.indexOf('#');
    LayerName.Version layer = LayerName.Version.of(physicalId.substring(0, Math.max(0, hash)));
    if (layer == null) {
      return;
    }
    LambdaResources.gone(
        () ->
            lambda.removeLayerVersionPermission(
                request.call(),
                new RemoveLayerVersionPermissionRequest()
                    .layerName(layer.layer().arn())
                    .versionNumber(layer.number())
                    .statementId(physicalId.substring(hash + 1))));
  }
}

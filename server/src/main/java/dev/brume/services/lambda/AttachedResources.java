package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.number;
import static dev.brume.services.lambda.LambdaResources.required;
import static dev.brume.services.lambda.LambdaResources.text;
import static dev.brume.services.lambda.LambdaResources.texts;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The resource types that belong to a function: what may invoke it, its versions and aliases.
final class AttachedResources {
  private AttachedResources() {}

  /// `AWS::Lambda::Permission`. Every change is a replacement.
  record Permission(LambdaClient lambda) implements ResourceType {
    @Override
    public String name() {
      return "AWS::Lambda::Permission";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "Action",
          "EventSourceToken",
          "FunctionName",
          "FunctionUrlAuthType",
          "InvokedViaFunctionUrl",
          "Principal",
          "PrincipalOrgID",
          "SourceAccount",
          "SourceArn");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode in = request.properties();
      String id = request.generatedName(100);
      try {
        lambda.addPermission(
            request.call(),
            new AddPermissionRequest()
                .functionName(required(in, "FunctionName"))
                .statementId(id)
                .action(required(in, "Action"))
                .principal(required(in, "Principal"))
                .sourceArn(text(in, "SourceArn"))
                .sourceAccount(text(in, "SourceAccount"))
                .eventSourceToken(text(in, "EventSourceToken"))
                .functionUrlAuthType(text(in, "FunctionUrlAuthType"))
                .invokedViaFunctionUrl(
                    in.hasNonNull("InvokedViaFunctionUrl")
                        ? in.get("InvokedViaFunctionUrl").asBoolean()
                        : null)
                .principalOrgID(text(in, "PrincipalOrgID")));
      } catch (ServiceError e) {
        // The id is random: a statement that has it is the one that this request made before.
        if (!e.code().equals("ResourceConflictException")) {
          throw e;
        }
      }
      return new ResourceState(id, Map.of("Id", LambdaResources.node(id)));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      return new ResourceState(physicalId, Map.of("Id", LambdaResources.node(physicalId)));
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      LambdaResources.gone(
          () ->
              lambda.removePermission(
                  request.call(),
                  new RemovePermissionRequest()
                      .functionName(required(request.properties(), "FunctionName"))
                      .statementId(physicalId)));
    }
  }

  /// `AWS::Lambda::Version`.
  record Version(LambdaClient lambda) implements ResourceType {
    @Override
    public String name() {
      return "AWS::Lambda::Version";
    }

    @Override
    public Set<String> properties() {
      return Set.of("FunctionName", "Description", "CodeSha256", ProvisionedProperty.NAME);
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode in = request.properties();
      var made =
          lambda.publishVersion(
              request.call(),
              new PublishVersionRequest()
                  .functionName(required(in, "FunctionName"))
                  .codeSha256(text(in, "CodeSha256"))
                  .description(text(in, "Description")));
      String arn = made.functionArn() == null ? "" : made.functionArn();
      try {
        Stabilization.await(() -> isActive(request, arn), Version::notStabilized);
      } catch (ServiceError e) {
        delete(request, arn);
        throw e;
      }
      return update(request, arn, Json.object());
    }

    // With SnapStart it takes a while.
    private boolean isActive(ResourceRequest request, String arn) {
      var now =
          lambda.getFunctionConfiguration(
              request.call(), new GetFunctionConfigurationRequest().functionName(arn));
      if (SnapStarts.FAILED.equals(now.state())) {
        throw notStabilized(now.stateReason() + " (" + now.stateReasonCode() + ")");
      }
      return "Active".equals(now.state());
    }

    private static ServiceError notStabilized(String why) {
      return new ServiceError(
          "NotStabilized", "The version did not become active. Reason: " + why, 400);
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      String version = physicalId.substring(physicalId.lastIndexOf(':') + 1);
      try {
        new ProvisionedProperty(lambda)
            .apply(request, required(request.properties(), "FunctionName"), version, old);
      } catch (ServiceError e) {
        if (old.isEmpty()) {
          delete(request, physicalId);
        }
        throw e;
      }
      return new ResourceState(
          physicalId,
          Map.of(
              "Version",
              LambdaResources.node(version),
              "FunctionArn",
              LambdaResources.node(physicalId)));
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      LambdaResources.gone(
          () ->
              lambda.deleteFunction(
                  request.call(), new DeleteFunctionRequest().functionName(physicalId)));
    }
  }

  /// `AWS::Lambda::Alias`.
  record Alias(LambdaClient lambda) implements ResourceType {
    @Override
    public String name() {
      return "AWS::Lambda::Alias";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "FunctionName",
          "FunctionVersion",
          "Name",
          "Description",
          "RoutingConfig",
          ProvisionedProperty.NAME);
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode in = request.properties();
      AliasConfiguration made;
      try {
        made =
            lambda.createAlias(
                request.call(),
                new CreateAliasRequest()
                    .functionName(required(in, "FunctionName"))
                    .name(required(in, "Name"))
                    .functionVersion(required(in, "FunctionVersion"))
                    .description(text(in, "Description"))
                    .routingConfig(routing(in)));
      } catch (ServiceError e) {
        if (!e.code().equals("ResourceConflictException")) {
          throw e;
        }
        return update(request, required(in, "Name"), in);
      }
      provision(request, Json.object());
      return state(made);
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      ObjectNode in = request.properties();
      AliasRoutingConfiguration routing = routing(in);
      String description = text(in, "Description");
      AliasConfiguration changed =
          lambda.updateAlias(
              request.call(),
              new UpdateAliasRequest()
                  .functionName(required(in, "FunctionName"))
                  .name(required(in, "Name"))
                  .functionVersion(text(in, "FunctionVersion"))
                  .description(description == null ? "" : description)
                  .routingConfig(routing == null ? new AliasRoutingConfiguration() : routing));
      provision(request, old);
      return state(changed);
    }

    private void provision(ResourceRequest request, ObjectNode old) {
      ObjectNode in = request.properties();
      try {
        new ProvisionedProperty(lambda)
            .apply(request, required(in, "FunctionName"), required(in, "Name"), old);
      } catch (ServiceError e) {
        if (old.isEmpty()) {
          delete(request, required(in, "Name"));
        }
        throw e;
      }
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      ObjectNode in = request.properties();
      LambdaResources.gone(
          () ->
              lambda.deleteAlias(
                  request.call(),
                  new DeleteAliasRequest()
                      .functionName(required(in, "FunctionName"))
                      .name(required(in, "Name"))));
    }

    private static ResourceState state(AliasConfiguration alias) {
      String arn = alias.aliasArn();
      return new ResourceState(
          arn == null ? "" : arn, Map.of("AliasArn", LambdaResources.node(arn)));
    }

    private static @Nullable AliasRoutingConfiguration routing(ObjectNode in) {
      if (!in.has("RoutingConfig")) {
        return null;
      }
      var weights = new LinkedHashMap<String, Double>();
      in.path("RoutingConfig")
          .path("AdditionalVersionWeights")
          .forEach(
              one ->
                  weights.put(
                      one.path("FunctionVersion").asText(), one.path("FunctionWeight").asDouble()));
      return new AliasRoutingConfiguration().additionalVersionWeights(weights);
    }
  }

  /// `AWS::Lambda::EventInvokeConfig`.
  record EventInvokeConfig(LambdaClient lambda) implements ResourceType {
    @Override
    public String name() {
      return "AWS::Lambda::EventInvokeConfig";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "FunctionName",
          "Qualifier",
          "MaximumEventAgeInSeconds",
          "MaximumRetryAttempts",
          "DestinationConfig");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      put(request);
      return ResourceState.of(request.generatedName(100));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      put(request);
      return ResourceState.of(physicalId);
    }

    private void put(ResourceRequest request) {
      ObjectNode in = request.properties();
      JsonNode destinations = in.path("DestinationConfig");
      lambda.putFunctionEventInvokeConfig(
          request.call(),
          new PutFunctionEventInvokeConfigRequest()
              .functionName(required(in, "FunctionName"))
              .qualifier(text(in, "Qualifier"))
              .maximumEventAgeInSeconds(number(in, "MaximumEventAgeInSeconds"))
              .maximumRetryAttempts(number(in, "MaximumRetryAttempts"))
              .destinationConfig(
                  new DestinationConfig()
                      .onSuccess(
                          new OnSuccess()
                              .destination(text(destinations.path("OnSuccess"), "Destination")))
                      .onFailure(
                          new OnFailure()
                              .destination(text(destinations.path("OnFailure"), "Destination")))));
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      ObjectNode in = request.properties();
      LambdaResources.gone(
          () ->
              lambda.deleteFunctionEventInvokeConfig(
                  request.call(),
                  new DeleteFunctionEventInvokeConfigRequest()
                      .functionName(required(in, "FunctionName"))
                      .qualifier(text(in, "Qualifier"))));
    }
  }

  /// `AWS::Lambda::LayerVersion`. Every change is a replacement.
  record LayerVersion(LambdaClient lambda) implements ResourceType {
    @Override
    public String name() {
      return "AWS::Lambda::LayerVersion";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "CompatibleArchitectures",
          "CompatibleRuntimes",
          "Content",
          "Description",
          "LayerName",
          "LicenseInfo");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode in = request.properties();
      JsonNode content = in.path("Content");
      String arn =
          lambda
              .publishLayerVersion(
                  request.call(),
                  new PublishLayerVersionRequest()
                      .layerName(request.nameOr("LayerName", 140))
                      .description(text(in, "Description"))
                      .licenseInfo(text(in, "LicenseInfo"))
                      .compatibleRuntimes(texts(in, "CompatibleRuntimes"))
                      .compatibleArchitectures(texts(in, "CompatibleArchitectures"))
                      .content(
                          new LayerVersionContentInput()
                              .s3Bucket(text(content, "S3Bucket"))
                              .s3Key(text(content, "S3Key"))
                              .s3ObjectVersion(text(content, "S3ObjectVersion"))))
              .layerVersionArn();
      return update(request, arn == null ? "" : arn, in);
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      return new ResourceState(
          physicalId, Map.of("LayerVersionArn", LambdaResources.node(physicalId)));
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      String[] parts = physicalId.split(":");
      LambdaResources.gone(
          () ->
              lambda.deleteLayerVersion(
                  request.call(),
                  new DeleteLayerVersionRequest()
                      .layerName(parts[6])
                      .versionNumber(Long.parseLong(parts[7]))));
    }
  }
}

package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.tags;
import static dev.brume.services.lambda.LambdaResources.text;
import static dev.brume.services.lambda.LambdaResources.texts;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::Lambda::CodeSigningConfig`.
record SigningResource(LambdaClient lambda) implements ResourceType {
  private static final String STACK_TAG = "aws:cloudformation:stack-id";
  private static final String LOGICAL_TAG = "aws:cloudformation:logical-id";

  @Override
  public String name() {
    return "AWS::Lambda::CodeSigningConfig";
  }

  @Override
  public Set<String> properties() {
    return Set.of("AllowedPublishers", "CodeSigningPolicies", "Description", "Tags");
  }

  @Override
  public ResourceState create(ResourceRequest request) {
    String made = made(request);
    if (made != null) {
      return state(made);
    }
    ObjectNode in = request.properties();
    var create =
        new CreateCodeSigningConfigRequest()
            .description(text(in, "Description"))
            .allowedPublishers(publishers(in))
            .tags(tags(request.tags(), in.path("Tags")));
    if (in.has("CodeSigningPolicies")) {
      create.codeSigningPolicies(policies(in));
    }
    CodeSigningConfig config =
        lambda.createCodeSigningConfig(request.call(), create).codeSigningConfig();
    return state(config == null ? "" : String.valueOf(config.codeSigningConfigArn()));
  }

  // A repetition after a crash finds what it made before, by the tags: it has no name.
  private @Nullable String made(ResourceRequest request) {
    String marker = null;
    do {
      var page =
          lambda.listCodeSigningConfigs(
              request.call(), new ListCodeSigningConfigsRequest().marker(marker));
      for (CodeSigningConfig one : page.codeSigningConfigs()) {
        String arn = String.valueOf(one.codeSigningConfigArn());
        Map<String, String> tags =
            lambda.listTags(request.call(), new ListTagsRequest().resource(arn)).tags();
        if (request.stackId().equals(tags.get(STACK_TAG))
            && request.logicalId().equals(tags.get(LOGICAL_TAG))) {
          return arn;
        }
      }
      marker = page.nextMarker();
    } while (marker != null);
    return null;
  }

  @Override
  public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
    ObjectNode in = request.properties();
    String description = text(in, "Description");
    lambda.updateCodeSigningConfig(
        request.call(),
        new UpdateCodeSigningConfigRequest()
            .codeSigningConfigArn(physicalId)
            .description(description == null ? "" : description)
            .allowedPublishers(publishers(in))
            .codeSigningPolicies(policies(in)));
    Map<String, String> tags = tags(request.tags(), in.path("Tags"));
    List<String> gone =
        lambda
            .listTags(request.call(), new ListTagsRequest().resource(physicalId))
            .tags()
            .keySet()
            .stream()
            .filter(key -> !tags.containsKey(key))
            .toList();
    if (!gone.isEmpty()) {
      lambda.untagResource(
          request.call(), new UntagResourceRequest().resource(physicalId).tagKeys(gone));
    }
    if (!tags.isEmpty()) {
      lambda.tagResource(request.call(), new TagResourceRequest().resource(physicalId).tags(tags));
    }
    return state(physicalId);
  }

  @Override
  public void delete(ResourceRequest request, String physicalId) {
    LambdaResources.gone(
        () ->
            lambda.deleteCodeSigningConfig(
                request.call(),
                new DeleteCodeSigningConfigRequest().codeSigningConfigArn(physicalId)));
  }

  private static AllowedPublishers publishers(ObjectNode in) {
    return new AllowedPublishers()
        .signingProfileVersionArns(
            texts(in.path("AllowedPublishers"), "SigningProfileVersionArns"));
  }

  private static CodeSigningPolicies policies(ObjectNode in) {
    String policy = text(in.path("CodeSigningPolicies"), "UntrustedArtifactOnDeployment");
    return new CodeSigningPolicies()
        .untrustedArtifactOnDeployment(policy == null ? "Warn" : policy);
  }

  private static ResourceState state(String arn) {
    return new ResourceState(
        arn,
        Map.of(
            "CodeSigningConfigArn",
            LambdaResources.node(arn),
            "CodeSigningConfigId",
            LambdaResources.node(arn.substring(arn.lastIndexOf(':') + 1))));
  }
}

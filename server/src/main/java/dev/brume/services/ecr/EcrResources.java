package dev.brume.services.ecr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Operations;
import dev.brume.model.ecr.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::ECR::Repository`.
///
// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecr-repository.html>
public final class EcrResources {
  private final EcrClient ecr;

  public EcrResources(Operations operations) {
    this.ecr = new EcrClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new RepositoryType());
  }

  private final class RepositoryType implements ResourceType {
    @Override
    public String name() {
      return "AWS::ECR::Repository";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "RepositoryName",
          "ImageTagMutability",
          "ImageScanningConfiguration",
          "EncryptionConfiguration",
          "LifecyclePolicy",
          "RepositoryPolicyText",
          "Tags",
          "EmptyOnDelete");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String name =
          properties.hasNonNull("RepositoryName")
              ? properties.get("RepositoryName").asText()
              : request.generatedName(256).toLowerCase(java.util.Locale.ROOT);
      JsonNode encryption = properties.path("EncryptionConfiguration");
      try {
        ecr.createRepository(
            request.call(),
            new CreateRepositoryRequest()
                .repositoryName(name)
                .imageTagMutability(text(properties, "ImageTagMutability"))
                .tags(tags(request))
                .imageScanningConfiguration(
                    new ImageScanningConfiguration().scanOnPush(scan(properties)))
                .encryptionConfiguration(
                    encryption.isObject()
                        ? new EncryptionConfiguration()
                            .encryptionType(text(encryption, "EncryptionType"))
                            .kmsKey(text(encryption, "KmsKey"))
                        : null));
      } catch (RepositoryAlreadyExistsException e) {
        var present =
            ecr.listTagsForResource(
                    request.call(),
                    new ListTagsForResourceRequest().resourceArn(arn(request, name)))
                .tags();
        if (present.stream()
            .noneMatch(
                tag ->
                    tag.key().equals("aws:cloudformation:stack-id")
                        && tag.value().equals(request.stackId()))) {
          throw e;
        }
      }
      policies(request, name, Json.object());
      return state(request, name);
    }

    @Override
    public ResourceState update(ResourceRequest request, String name, ObjectNode old) {
      ObjectNode properties = request.properties();
      String mutability = text(properties, "ImageTagMutability");
      ecr.putImageTagMutability(
          request.call(),
          new PutImageTagMutabilityRequest()
              .repositoryName(name)
              .imageTagMutability(mutability == null ? "MUTABLE" : mutability));
      ecr.putImageScanningConfiguration(
          request.call(),
          new PutImageScanningConfigurationRequest()
              .repositoryName(name)
              .imageScanningConfiguration(
                  new ImageScanningConfiguration().scanOnPush(scan(properties))));
      policies(request, name, old);
      var wanted = tags(request);
      var gone =
          ecr
              .listTagsForResource(
                  request.call(), new ListTagsForResourceRequest().resourceArn(arn(request, name)))
              .tags()
              .stream()
              .map(Tag::key)
              .filter(key -> wanted.stream().noneMatch(tag -> tag.key().equals(key)))
              .toList();
      if (!gone.isEmpty()) {
        ecr.untagResource(
            request.call(),
            new UntagResourceRequest().resourceArn(arn(request, name)).tagKeys(gone));
      }
      ecr.tagResource(
          request.call(), new TagResourceRequest().resourceArn(arn(request, name)).tags(wanted));
      return state(request, name);
    }

    private void policies(ResourceRequest request, String name, ObjectNode old) {
      ObjectNode properties = request.properties();
      String lifecycle = text(properties.path("LifecyclePolicy"), "LifecyclePolicyText");
      if (lifecycle != null) {
        ecr.putLifecyclePolicy(
            request.call(),
            new PutLifecyclePolicyRequest().repositoryName(name).lifecyclePolicyText(lifecycle));
      } else if (old.path("LifecyclePolicy").has("LifecyclePolicyText")) {
        ecr.deleteLifecyclePolicy(
            request.call(), new DeleteLifecyclePolicyRequest().repositoryName(name));
      }
      JsonNode policy = properties.path("RepositoryPolicyText");
      if (policy.isObject() || policy.isTextual()) {
        ecr.setRepositoryPolicy(
            request.call(),
            new SetRepositoryPolicyRequest()
                .repositoryName(name)
                .policyText(policy.isTextual() ? policy.asText() : Json.write(policy)));
      } else if (old.has("RepositoryPolicyText")) {
        ecr.deleteRepositoryPolicy(
            request.call(), new DeleteRepositoryPolicyRequest().repositoryName(name));
      }
    }

    @Override
    public void delete(ResourceRequest request, String name) {
      try {
        ecr.deleteRepository(request.call(), new DeleteRepositoryRequest().repositoryName(name));
      } catch (RepositoryNotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private static boolean scan(ObjectNode properties) {
      return properties.path("ImageScanningConfiguration").path("ScanOnPush").asBoolean();
    }

    private static ResourceState state(ResourceRequest request, String name) {
      String uri =
          request.call().account()
              + ".dkr.ecr."
              + request.call().region()
              + ".amazonaws.com/"
              + name;
      return new ResourceState(
          name,
          Map.of(
              "Arn", TextNode.valueOf(arn(request, name)), "RepositoryUri", TextNode.valueOf(uri)));
    }
  }

  private static String arn(ResourceRequest request, String name) {
    return request.call().arn("ecr", "repository/" + name);
  }

  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<>(request.tags());
    request
        .properties()
        .path("Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    return tags.entrySet().stream()
        .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
        .toList();
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }
}

package dev.brume.services.kms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Operations;
import dev.brume.model.kms.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::KMS::Key` and `AWS::KMS::Alias`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_KMS.html>
public final class KmsResources {
  private final KmsClient kms;

  public KmsResources(Operations operations) {
    this.kms = new KmsClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new KeyType(), new AliasType());
  }

  private static @Nullable String text(ObjectNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }

  private final class KeyType implements ResourceType {
    @Override
    public String name() {
      return "AWS::KMS::Key";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "BypassPolicyLockoutSafetyCheck",
          "Description",
          "Enabled",
          "EnableKeyRotation",
          "KeyPolicy",
          "KeySpec",
          "KeyUsage",
          "MultiRegion",
          "Origin",
          "PendingWindowInDays",
          "RotationPeriodInDays",
          "Tags");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String id = made(request);
      if (id == null) {
        var in =
            new CreateKeyRequest()
                .description(text(properties, "Description"))
                .keySpec(text(properties, "KeySpec"))
                .keyUsage(text(properties, "KeyUsage"))
                .origin(text(properties, "Origin"))
                .multiRegion(properties.path("MultiRegion").asBoolean())
                .policy(policy(properties))
                .tags(list(tags(request)));
        id = metadata(kms.createKey(request.call(), in).keyMetadata()).keyId();
      }
      settings(request, id);
      return state(request, id);
    }

    // Keys have no names: the one that this very request made carries its stack's tags and its
    // time.
    private @Nullable String made(ResourceRequest request) {
      Map<String, String> wanted = tags(request);
      String marker = null;
      do {
        var page = kms.listKeys(request.call(), new ListKeysRequest().marker(marker));
        for (KeyListEntry entry : page.keys()) {
          String id = String.valueOf(entry.keyId());
          KeyMetadata key =
              metadata(
                  kms.describeKey(request.call(), new DescribeKeyRequest().keyId(id))
                      .keyMetadata());
          if (request.call().now().equals(key.creationDate())
              && "Enabled".equals(key.keyState())
              && present(request, id).equals(wanted)) {
            return id;
          }
        }
        marker = page.nextMarker();
      } while (marker != null);
      return null;
    }

    private static KeyMetadata metadata(@Nullable KeyMetadata metadata) {
      if (metadata == null) {
        throw new IllegalStateException("a key without metadata");
      }
      return metadata;
    }

    @Override
    public ResourceState update(ResourceRequest request, String id, ObjectNode old) {
      ObjectNode properties = request.properties();
      // A disabled key takes changes too.
      String description = text(properties, "Description");
      kms.updateKeyDescription(
          request.call(),
          new UpdateKeyDescriptionRequest()
              .keyId(id)
              .description(description == null ? "" : description));
      String policy = policy(properties);
      if (policy != null) {
        kms.putKeyPolicy(request.call(), new PutKeyPolicyRequest().keyId(id).policy(policy));
      }
      Map<String, String> wanted = tags(request);
      List<String> gone =
          present(request, id).keySet().stream().filter(key -> !wanted.containsKey(key)).toList();
      if (!gone.isEmpty()) {
        kms.untagResource(request.call(), new UntagResourceRequest().keyId(id).tagKeys(gone));
      }
      if (!wanted.isEmpty()) {
        kms.tagResource(request.call(), new TagResourceRequest().keyId(id).tags(list(wanted)));
      }
      settings(request, id);
      return state(request, id);
    }

    private void settings(ResourceRequest request, String id) {
      ObjectNode properties = request.properties();
      if (properties.path("EnableKeyRotation").asBoolean()) {
        Integer days =
            properties.hasNonNull("RotationPeriodInDays")
                ? properties.get("RotationPeriodInDays").asInt()
                : null;
        var present =
            kms.getKeyRotationStatus(request.call(), new GetKeyRotationStatusRequest().keyId(id));
        if (!Boolean.TRUE.equals(present.keyRotationEnabled())
            || days != null && !days.equals(present.rotationPeriodInDays())) {
          kms.enableKeyRotation(
              request.call(), new EnableKeyRotationRequest().keyId(id).rotationPeriodInDays(days));
        }
      } else {
        kms.disableKeyRotation(request.call(), new DisableKeyRotationRequest().keyId(id));
      }
      if (properties.path("Enabled").asBoolean(true)) {
        kms.enableKey(request.call(), new EnableKeyRequest().keyId(id));
      } else {
        kms.disableKey(request.call(), new DisableKeyRequest().keyId(id));
      }
    }

    @Override
    public void delete(ResourceRequest request, String id) {
      ObjectNode properties = request.properties();
      try {
        kms.scheduleKeyDeletion(
            request.call(),
            new ScheduleKeyDeletionRequest()
                .keyId(id)
                .pendingWindowInDays(
                    properties.hasNonNull("PendingWindowInDays")
                        ? properties.get("PendingWindowInDays").asInt()
                        : null));
      } catch (NotFoundException | KMSInvalidStateException e) {
        // Gone or about to go: that is what was asked for.
        return;
      }
    }

    private Map<String, String> present(ResourceRequest request, String id) {
      var tags = new LinkedHashMap<String, String>();
      kms.listResourceTags(request.call(), new ListResourceTagsRequest().keyId(id))
          .tags()
          .forEach(tag -> tags.put(tag.tagKey(), tag.tagValue()));
      return tags;
    }

    private static @Nullable String policy(ObjectNode properties) {
      JsonNode policy = properties.path("KeyPolicy");
      return policy.isObject() ? Json.write(policy) : policy.isTextual() ? policy.asText() : null;
    }

    private static Map<String, String> tags(ResourceRequest request) {
      var tags = new LinkedHashMap<>(request.tags());
      request
          .properties()
          .path("Tags")
          .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
      return tags;
    }

    private static List<Tag> list(Map<String, String> tags) {
      return tags.entrySet().stream()
          .map(tag -> new Tag().tagKey(tag.getKey()).tagValue(tag.getValue()))
          .toList();
    }

    private static ResourceState state(ResourceRequest request, String id) {
      return new ResourceState(
          id,
          Map.of(
              "Arn", TextNode.valueOf(KmsStore.arn(request.call(), id)),
              "KeyId", TextNode.valueOf(id)));
    }
  }

  private final class AliasType implements ResourceType {
    @Override
    public String name() {
      return "AWS::KMS::Alias";
    }

    @Override
    public Set<String> properties() {
      return Set.of("AliasName", "TargetKeyId");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      String name = request.properties().path("AliasName").asText();
      String target = request.properties().path("TargetKeyId").asText();
      try {
        kms.createAlias(
            request.call(), new CreateAliasRequest().aliasName(name).targetKeyId(target));
      } catch (AlreadyExistsException e) {
        if (!isOn(request, name, target)) {
          throw e;
        }
      }
      return ResourceState.of(name);
    }

    private boolean isOn(ResourceRequest request, String name, String target) {
      return kms
          .listAliases(request.call(), new ListAliasesRequest().keyId(target).limit(100))
          .aliases()
          .stream()
          .anyMatch(alias -> name.equals(alias.aliasName()));
    }

    @Override
    public ResourceState update(ResourceRequest request, String name, ObjectNode old) {
      kms.updateAlias(
          request.call(),
          new UpdateAliasRequest()
              .aliasName(name)
              .targetKeyId(request.properties().path("TargetKeyId").asText()));
      return ResourceState.of(name);
    }

    @Override
    public void delete(ResourceRequest request, String name) {
      try {
        kms.deleteAlias(request.call(), new DeleteAliasRequest().aliasName(name));
      } catch (NotFoundException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }
  }
}

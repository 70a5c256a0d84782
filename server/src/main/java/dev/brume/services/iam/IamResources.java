package dev.brume.services.iam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import dev.brume.model.Operations;
import dev.brume.model.iam.*;
import dev.brume.resources.ResourceRequest;
import dev.brume.resources.ResourceState;
import dev.brume.resources.ResourceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `AWS::IAM::Role`, `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/AWS_IAM.html>
public final class IamResources {
  private final IamClient iam;

  public IamResources(Operations operations) {
    this.iam = new IamClient(operations);
  }

  public List<ResourceType> all() {
    return List.of(new RoleType(), new PolicyType(), new ManagedPolicyType());
  }

  private final class RoleType implements ResourceType {
    @Override
    public String name() {
      return "AWS::IAM::Role";
    }

    @Override
    public Set<String> properties() {
      return Set.of(
          "RoleName",
          "AssumeRolePolicyDocument",
          "Description",
          "ManagedPolicyArns",
          "MaxSessionDuration",
          "Path",
          "PermissionsBoundary",
          "Policies",
          "Tags");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String name = request.nameOr("RoleName", 64);
      try {
        iam.createRole(
            request.call(),
            new CreateRoleRequest()
                .roleName(name)
                .path(text(properties, "Path"))
                .description(text(properties, "Description"))
                .permissionsBoundary(text(properties, "PermissionsBoundary"))
                .maxSessionDuration(
                    properties.has("MaxSessionDuration")
                        ? properties.get("MaxSessionDuration").asInt()
                        : null)
                .assumeRolePolicyDocument(document(properties.path("AssumeRolePolicyDocument")))
                .tags(tags(request)));
      } catch (EntityAlreadyExistsException e) {
        var present =
            iam.listRoleTags(request.call(), new ListRoleTagsRequest().roleName(name)).tags();
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
      iam.updateAssumeRolePolicy(
          request.call(),
          new UpdateAssumeRolePolicyRequest()
              .roleName(name)
              .policyDocument(document(properties.path("AssumeRolePolicyDocument"))));
      iam.updateRole(
          request.call(),
          new UpdateRoleRequest()
              .roleName(name)
              .description(
                  properties.has("Description") ? properties.get("Description").asText() : "")
              .maxSessionDuration(
                  properties.has("MaxSessionDuration")
                      ? properties.get("MaxSessionDuration").asInt()
                      : IamLimits.SESSION_SECONDS_DEFAULT));
      String boundary = text(properties, "PermissionsBoundary");
      if (boundary != null) {
        iam.putRolePermissionsBoundary(
            request.call(),
            new PutRolePermissionsBoundaryRequest().roleName(name).permissionsBoundary(boundary));
      } else if (old.has("PermissionsBoundary")) {
        iam.deleteRolePermissionsBoundary(
            request.call(), new DeleteRolePermissionsBoundaryRequest().roleName(name));
      }
      policies(request, name, old);
      var wanted = tags(request);
      var gone =
          iam.listRoleTags(request.call(), new ListRoleTagsRequest().roleName(name)).tags().stream()
              .map(Tag::key)
              .filter(key -> wanted.stream().noneMatch(tag -> tag.key().equals(key)))
              .toList();
      if (!gone.isEmpty()) {
        iam.untagRole(request.call(), new UntagRoleRequest().roleName(name).tagKeys(gone));
      }
      iam.tagRole(request.call(), new TagRoleRequest().roleName(name).tags(wanted));
      return state(request, name);
    }

    private void policies(ResourceRequest request, String name, ObjectNode old) {
      Set<String> wantedArns = texts(request.properties().path("ManagedPolicyArns"));
      wantedArns.forEach(
          arn ->
              iam.attachRolePolicy(
                  request.call(), new AttachRolePolicyRequest().roleName(name).policyArn(arn)));
      for (String arn : texts(old.path("ManagedPolicyArns"))) {
        if (!wantedArns.contains(arn)) {
          detach(request, name, arn);
        }
      }
      var names = new LinkedHashSet<String>();
      request
          .properties()
          .path("Policies")
          .forEach(
              policy -> {
                names.add(policy.path("PolicyName").asText());
                iam.putRolePolicy(
                    request.call(),
                    new PutRolePolicyRequest()
                        .roleName(name)
                        .policyName(policy.path("PolicyName").asText())
                        .policyDocument(document(policy.path("PolicyDocument"))));
              });
      old.path("Policies")
          .forEach(
              policy -> {
                if (!names.contains(policy.path("PolicyName").asText())) {
                  deleteInline(request, name, policy.path("PolicyName").asText());
                }
              });
    }

    @Override
    public void delete(ResourceRequest request, String name) {
      try {
        for (AttachedPolicy policy :
            iam.listAttachedRolePolicies(
                    request.call(), new ListAttachedRolePoliciesRequest().roleName(name))
                .attachedPolicies()) {
          detach(request, name, String.valueOf(policy.policyArn()));
        }
        for (String policy :
            iam.listRolePolicies(request.call(), new ListRolePoliciesRequest().roleName(name))
                .policyNames()) {
          deleteInline(request, name, policy);
        }
        iam.deleteRole(request.call(), new DeleteRoleRequest().roleName(name));
      } catch (NoSuchEntityException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }

    private ResourceState state(ResourceRequest request, String name) {
      Role role = iam.getRole(request.call(), new GetRoleRequest().roleName(name)).role();
      return new ResourceState(
          name,
          Map.of("Arn", TextNode.valueOf(role.arn()), "RoleId", TextNode.valueOf(role.roleId())));
    }
  }

  private final class PolicyType implements ResourceType {
    @Override
    public String name() {
      return "AWS::IAM::Policy";
    }

    @Override
    public Set<String> properties() {
      return Set.of("PolicyName", "PolicyDocument", "Roles");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      put(request);
      return ResourceState.of(request.generatedName(128));
    }

    @Override
    public ResourceState update(ResourceRequest request, String physicalId, ObjectNode old) {
      put(request);
      String name = policyName(request.properties());
      String oldName = policyName(old);
      Set<String> roles = texts(request.properties().path("Roles"));
      for (String role : texts(old.path("Roles"))) {
        if (!roles.contains(role) || !oldName.equals(name)) {
          deleteInline(request, role, oldName);
        }
      }
      return ResourceState.of(physicalId);
    }

    private void put(ResourceRequest request) {
      for (String role : texts(request.properties().path("Roles"))) {
        iam.putRolePolicy(
            request.call(),
            new PutRolePolicyRequest()
                .roleName(role)
                .policyName(policyName(request.properties()))
                .policyDocument(document(request.properties().path("PolicyDocument"))));
      }
    }

    @Override
    public void delete(ResourceRequest request, String physicalId) {
      for (String role : texts(request.properties().path("Roles"))) {
        deleteInline(request, role, policyName(request.properties()));
      }
    }

    private static String policyName(ObjectNode properties) {
      return properties.path("PolicyName").asText();
    }
  }

  private final class ManagedPolicyType implements ResourceType {
    @Override
    public String name() {
      return "AWS::IAM::ManagedPolicy";
    }

    @Override
    public Set<String> properties() {
      return Set.of("ManagedPolicyName", "PolicyDocument", "Description", "Path", "Roles");
    }

    @Override
    public ResourceState create(ResourceRequest request) {
      ObjectNode properties = request.properties();
      String name = request.nameOr("ManagedPolicyName", 128);
      String path = properties.has("Path") ? properties.get("Path").asText() : "/";
      String arn = "arn:aws:iam::" + request.call().account() + ":policy" + path + name;
      try {
        iam.createPolicy(
            request.call(),
            new CreatePolicyRequest()
                .policyName(name)
                .path(path)
                .description(text(properties, "Description"))
                .policyDocument(document(properties.path("PolicyDocument"))));
      } catch (EntityAlreadyExistsException e) {
        // Only a generated name can be this request's own from before a crash.
        if (properties.has("ManagedPolicyName")) {
          throw e;
        }
      }
      attach(request, arn, Json.object());
      return new ResourceState(arn, Map.of("PolicyArn", TextNode.valueOf(arn)));
    }

    @Override
    public ResourceState update(ResourceRequest request, String arn, ObjectNode old) {
      var versions =
          iam.listPolicyVersions(request.call(), new ListPolicyVersionsRequest().policyArn(arn))
              .versions();
      if (versions.size() >= IamLimits.POLICY_VERSIONS_MAX) {
        versions.reversed().stream()
            .filter(version -> !Boolean.TRUE.equals(version.isDefaultVersion()))
            .findFirst()
            .ifPresent(
                version ->
                    iam.deletePolicyVersion(
                        request.call(),
                        new DeletePolicyVersionRequest()
                            .policyArn(arn)
                            .versionId(version.versionId())));
      }
      iam.createPolicyVersion(
          request.call(),
          new CreatePolicyVersionRequest()
              .policyArn(arn)
              .setAsDefault(true)
              .policyDocument(document(request.properties().path("PolicyDocument"))));
      attach(request, arn, old);
      return new ResourceState(arn, Map.of("PolicyArn", TextNode.valueOf(arn)));
    }

    private void attach(ResourceRequest request, String arn, ObjectNode old) {
      Set<String> roles = texts(request.properties().path("Roles"));
      roles.forEach(
          role ->
              iam.attachRolePolicy(
                  request.call(), new AttachRolePolicyRequest().roleName(role).policyArn(arn)));
      texts(old.path("Roles")).stream()
          .filter(role -> !roles.contains(role))
          .forEach(role -> detach(request, role, arn));
    }

    @Override
    public void delete(ResourceRequest request, String arn) {
      try {
        iam.listEntitiesForPolicy(request.call(), new ListEntitiesForPolicyRequest().policyArn(arn))
            .policyRoles()
            .forEach(role -> detach(request, String.valueOf(role.roleName()), arn));
        for (PolicyVersion version :
            iam.listPolicyVersions(request.call(), new ListPolicyVersionsRequest().policyArn(arn))
                .versions()) {
          if (!Boolean.TRUE.equals(version.isDefaultVersion())) {
            iam.deletePolicyVersion(
                request.call(),
                new DeletePolicyVersionRequest().policyArn(arn).versionId(version.versionId()));
          }
        }
        iam.deletePolicy(request.call(), new DeletePolicyRequest().policyArn(arn));
      } catch (NoSuchEntityException e) {
        // Gone already: that is what was asked for.
        return;
      }
    }
  }

  private void detach(ResourceRequest request, String role, String arn) {
    try {
      iam.detachRolePolicy(
          request.call(), new DetachRolePolicyRequest().roleName(role).policyArn(arn));
    } catch (NoSuchEntityException e) {
      // Detached or gone already.
      return;
    }
  }

  private void deleteInline(ResourceRequest request, String role, String policy) {
    try {
      iam.deleteRolePolicy(
          request.call(), new DeleteRolePolicyRequest().roleName(role).policyName(policy));
    } catch (NoSuchEntityException e) {
      // Gone already, perhaps with its role.
      return;
    }
  }

  private static String document(JsonNode document) {
    return document.isTextual() ? document.asText() : Json.write(document);
  }

  private static Set<String> texts(JsonNode list) {
    var texts = new LinkedHashSet<String>();
    list.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private static List<Tag> tags(ResourceRequest request) {
    var tags = new LinkedHashMap<>(request.tags());
    request
        .properties()
        .path("Tags")
        .forEach(tag -> tags.put(tag.path("Key").asText(), tag.path("Value").asText()));
    var all = new ArrayList<Tag>();
    tags.forEach((key, value) -> all.add(new Tag().key(key).value(value)));
    return all;
  }

  private static @Nullable String text(JsonNode node, String field) {
    return node.hasNonNull(field) ? node.get(field).asText() : null;
  }
}

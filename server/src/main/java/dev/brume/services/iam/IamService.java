package dev.brume.services.iam;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.iam.*;
import dev.brume.store.Kv;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// AWS IAM's operations: roles here, managed policies in [ManagedPolicies].
public final class IamService implements IamApi {
  private final Kv kv;
  private final Ids ids;
  private final IamStore store = new IamStore();
  private final ManagedPolicies managed;

  public IamService(Kv kv, Ids ids) {
    this.kv = kv;
    this.ids = ids;
    this.managed = new ManagedPolicies(kv, store, ids);
  }

  @Override
  public CreateRoleResponse createRole(Call call, CreateRoleRequest in) {
    String trust =
        PolicyDocuments.checked(
            in.assumeRolePolicyDocument(), true, IamLimits.TRUST_POLICY_CHARACTERS_MAX);
    var tags = new LinkedHashMap<String, String>();
    in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    var role =
        new RoleRow(
            in.roleName(),
            "AROA" + ids.upper(17),
            in.path() == null ? "/" : in.path(),
            call.now().toEpochMilli(),
            trust,
            in.description(),
            in.maxSessionDuration() == null
                ? IamLimits.SESSION_SECONDS_DEFAULT
                : in.maxSessionDuration(),
            in.permissionsBoundary(),
            tags,
            Map.of(),
            List.of());
    kv.tx(
        tx -> {
          if (store.role(tx, call.account(), role.name()) != null) {
            throw IamErrors.roleExists(role.name());
          }
          if (role.boundary() != null
              && store.document(tx, call.account(), role.boundary()) == null) {
            throw IamErrors.noPolicy(role.boundary());
          }
          store.put(tx, call.account(), role);
          return 0;
        });
    return new CreateRoleResponse().role(shown(call, role, true));
  }

  @Override
  public GetRoleResponse getRole(Call call, GetRoleRequest in) {
    return new GetRoleResponse().role(shown(call, role(call, in.roleName()), true));
  }

  @Override
  public ListRolesResponse listRoles(Call call, ListRolesRequest in) {
    List<Role> roles =
        kv.read(reader -> store.roles(reader, call.account())).stream()
            .filter(role -> in.pathPrefix() == null || role.path().startsWith(in.pathPrefix()))
            .map(role -> shown(call, role, false))
            .toList();
    var page = Paging.of(roles, in.marker(), in.maxItems());
    return new ListRolesResponse()
        .roles(page.items())
        .isTruncated(page.next() != null)
        .marker(page.next());
  }

  @Override
  public DeleteRoleResponse deleteRole(Call call, DeleteRoleRequest in) {
    kv.tx(
        tx -> {
          RoleRow role = store.needed(tx, call.account(), in.roleName());
          if (!role.attached().isEmpty()) {
            throw IamErrors.mustDetach();
          }
          if (!role.inline().isEmpty()) {
            throw IamErrors.mustDeletePolicies();
          }
          store.deleteRole(tx, call.account(), in.roleName());
          return 0;
        });
    return new DeleteRoleResponse();
  }

  @Override
  public UpdateRoleResponse updateRole(Call call, UpdateRoleRequest in) {
    change(
        call,
        in.roleName(),
        role ->
            role.with(
                in.description() == null ? role.description() : in.description(),
                in.maxSessionDuration() == null
                    ? role.maxSessionSeconds()
                    : in.maxSessionDuration()));
    return new UpdateRoleResponse();
  }

  @Override
  public UpdateRoleDescriptionResponse updateRoleDescription(
      Call call, UpdateRoleDescriptionRequest in) {
    RoleRow role =
        change(call, in.roleName(), each -> each.with(in.description(), each.maxSessionSeconds()));
    return new UpdateRoleDescriptionResponse().role(shown(call, role, true));
  }

  @Override
  public UpdateAssumeRolePolicyResponse updateAssumeRolePolicy(
      Call call, UpdateAssumeRolePolicyRequest in) {
    String trust =
        PolicyDocuments.checked(in.policyDocument(), true, IamLimits.TRUST_POLICY_CHARACTERS_MAX);
    change(call, in.roleName(), role -> role.withTrust(trust));
    return new UpdateAssumeRolePolicyResponse();
  }

  @Override
  public PutRolePolicyResponse putRolePolicy(Call call, PutRolePolicyRequest in) {
    String document =
        PolicyDocuments.checked(
            in.policyDocument(), false, IamLimits.INLINE_POLICIES_CHARACTERS_MAX);
    change(
        call,
        in.roleName(),
        role -> {
          var inline = new LinkedHashMap<>(role.inline());
          inline.put(in.policyName(), document);
          int size =
              inline.values().stream().mapToInt(each -> each.replaceAll("\\s", "").length()).sum();
          if (size > IamLimits.INLINE_POLICIES_CHARACTERS_MAX) {
            throw IamErrors.limit(
                "Maximum policy size of "
                    + IamLimits.INLINE_POLICIES_CHARACTERS_MAX
                    + " bytes exceeded for role "
                    + in.roleName());
          }
          return role.withInline(inline);
        });
    return new PutRolePolicyResponse();
  }

  @Override
  public GetRolePolicyResponse getRolePolicy(Call call, GetRolePolicyRequest in) {
    String document = role(call, in.roleName()).inline().get(in.policyName());
    if (document == null) {
      throw IamErrors.noRolePolicy(in.policyName());
    }
    return new GetRolePolicyResponse()
        .roleName(in.roleName())
        .policyName(in.policyName())
        .policyDocument(PolicyDocuments.encoded(document));
  }

  @Override
  public ListRolePoliciesResponse listRolePolicies(Call call, ListRolePoliciesRequest in) {
    List<String> names = List.copyOf(new TreeSet<>(role(call, in.roleName()).inline().keySet()));
    var page = Paging.of(names, in.marker(), in.maxItems());
    return new ListRolePoliciesResponse()
        .policyNames(page.items())
        .isTruncated(page.next() != null)
        .marker(page.next());
  }

  @Override
  public DeleteRolePolicyResponse deleteRolePolicy(Call call, DeleteRolePolicyRequest in) {
    change(
        call,
        in.roleName(),
        role -> {
          var inline = new LinkedHashMap<>(role.inline());
          if (inline.remove(in.policyName()) == null) {
            throw IamErrors.noRolePolicy(in.policyName());
          }
          return role.withInline(inline);
        });
    return new DeleteRolePolicyResponse();
  }

  @Override
  public AttachRolePolicyResponse attachRolePolicy(Call call, AttachRolePolicyRequest in) {
    kv.tx(
        tx -> {
          RoleRow role = store.needed(tx, call.account(), in.roleName());
          if (store.document(tx, call.account(), in.policyArn()) == null) {
            throw IamErrors.noPolicy(in.policyArn());
          }
          if (!role.attached().contains(in.policyArn())) {
            var attached = new ArrayList<>(role.attached());
            attached.add(in.policyArn());
            if (attached.size() > IamLimits.ATTACHED_POLICIES_MAX) {
              throw IamErrors.limit(
                  "Cannot exceed quota for PoliciesPerRole: " + IamLimits.ATTACHED_POLICIES_MAX);
            }
            store.put(tx, call.account(), role.withAttached(attached));
          }
          return 0;
        });
    return new AttachRolePolicyResponse();
  }

  @Override
  public DetachRolePolicyResponse detachRolePolicy(Call call, DetachRolePolicyRequest in) {
    change(
        call,
        in.roleName(),
        role -> {
          if (!role.attached().contains(in.policyArn())) {
            throw IamErrors.notAttached(in.policyArn());
          }
          return role.withAttached(
              role.attached().stream().filter(arn -> !arn.equals(in.policyArn())).toList());
        });
    return new DetachRolePolicyResponse();
  }

  @Override
  public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
      Call call, ListAttachedRolePoliciesRequest in) {
    List<AttachedPolicy> attached =
        role(call, in.roleName()).attached().stream()
            .map(
                arn ->
                    new AttachedPolicy()
                        .policyArn(arn)
                        .policyName(arn.substring(arn.lastIndexOf('/') + 1)))
            .toList();
    var page = Paging.of(attached, in.marker(), in.maxItems());
    return new ListAttachedRolePoliciesResponse()
        .attachedPolicies(page.items())
        .isTruncated(page.next() != null)
        .marker(page.next());
  }

  @Override
  public PutRolePermissionsBoundaryResponse putRolePermissionsBoundary(
      Call call, PutRolePermissionsBoundaryRequest in) {
    if (kv.<Boolean>read(
        reader -> store.document(reader, call.account(), in.permissionsBoundary()) == null)) {
      throw IamErrors.noPolicy(in.permissionsBoundary());
    }
    change(call, in.roleName(), role -> role.withBoundary(in.permissionsBoundary()));
    return new PutRolePermissionsBoundaryResponse();
  }

  @Override
  public DeleteRolePermissionsBoundaryResponse deleteRolePermissionsBoundary(
      Call call, DeleteRolePermissionsBoundaryRequest in) {
    change(call, in.roleName(), role -> role.withBoundary(null));
    return new DeleteRolePermissionsBoundaryResponse();
  }

  @Override
  public TagRoleResponse tagRole(Call call, TagRoleRequest in) {
    change(
        call,
        in.roleName(),
        role -> {
          var tags = new LinkedHashMap<>(role.tags());
          in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
          if (tags.size() > IamLimits.TAGS_MAX) {
            throw IamErrors.limit("The number of tags has reached the maximum limit.");
          }
          return role.withTags(tags);
        });
    return new TagRoleResponse();
  }

  @Override
  public UntagRoleResponse untagRole(Call call, UntagRoleRequest in) {
    change(
        call,
        in.roleName(),
        role -> {
          var tags = new LinkedHashMap<>(role.tags());
          in.tagKeys().forEach(tags::remove);
          return role.withTags(tags);
        });
    return new UntagRoleResponse();
  }

  @Override
  public ListRoleTagsResponse listRoleTags(Call call, ListRoleTagsRequest in) {
    var page = Paging.of(tags(role(call, in.roleName()).tags()), in.marker(), in.maxItems());
    return new ListRoleTagsResponse()
        .tags(page.items())
        .isTruncated(page.next() != null)
        .marker(page.next());
  }

  @Override
  public ListInstanceProfilesForRoleResponse listInstanceProfilesForRole(
      Call call, ListInstanceProfilesForRoleRequest in) {
    role(call, in.roleName());
    return new ListInstanceProfilesForRoleResponse().instanceProfiles(List.of()).isTruncated(false);
  }

  @Override
  public CreatePolicyResponse createPolicy(Call call, CreatePolicyRequest in) {
    return managed.create(call, in);
  }

  @Override
  public GetPolicyResponse getPolicy(Call call, GetPolicyRequest in) {
    return managed.get(call, in);
  }

  @Override
  public ListPoliciesResponse listPolicies(Call call, ListPoliciesRequest in) {
    return managed.list(call, in);
  }

  @Override
  public DeletePolicyResponse deletePolicy(Call call, DeletePolicyRequest in) {
    return managed.delete(call, in);
  }

  @Override
  public CreatePolicyVersionResponse createPolicyVersion(Call call, CreatePolicyVersionRequest in) {
    return managed.createVersion(call, in);
  }

  @Override
  public GetPolicyVersionResponse getPolicyVersion(Call call, GetPolicyVersionRequest in) {
    return managed.getVersion(call, in);
  }

  @Override
  public ListPolicyVersionsResponse listPolicyVersions(Call call, ListPolicyVersionsRequest in) {
    return managed.listVersions(call, in);
  }

  @Override
  public DeletePolicyVersionResponse deletePolicyVersion(Call call, DeletePolicyVersionRequest in) {
    return managed.deleteVersion(call, in);
  }

  @Override
  public SetDefaultPolicyVersionResponse setDefaultPolicyVersion(
      Call call, SetDefaultPolicyVersionRequest in) {
    return managed.setDefault(call, in);
  }

  @Override
  public ListEntitiesForPolicyResponse listEntitiesForPolicy(
      Call call, ListEntitiesForPolicyRequest in) {
    return managed.entities(call, in);
  }

  private RoleRow role(Call call, String name) {
    return kv.read(reader -> store.needed(reader, call.account(), name));
  }

  private RoleRow change(Call call, String name, UnaryOperator<RoleRow> change) {
    return kv.tx(
        tx -> {
          RoleRow changed = change.apply(store.needed(tx, call.account(), name));
          store.put(tx, call.account(), changed);
          return changed;
        });
  }

  static @Nullable List<Tag> tags(Map<String, String> tags) {
    return tags.entrySet().stream()
        .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
        .toList();
  }

  private static Role shown(Call call, RoleRow role, boolean whole) {
    var shown =
        new Role()
            .roleName(role.name())
            .roleId(role.id())
            .path(role.path())
            .arn(role.arn(call.account()))
            .createDate(Instant.ofEpochMilli(role.createdMillis()))
            .assumeRolePolicyDocument(PolicyDocuments.encoded(role.trustPolicy()))
            .description(role.description())
            .maxSessionDuration(role.maxSessionSeconds());
    if (whole) {
      shown.tags(role.tags().isEmpty() ? null : tags(role.tags())).roleLastUsed(new RoleLastUsed());
      if (role.boundary() != null) {
        shown.permissionsBoundary(
            new AttachedPermissionsBoundary()
                .permissionsBoundaryType("Policy")
                .permissionsBoundaryArn(role.boundary()));
      }
    }
    return shown;
  }
}

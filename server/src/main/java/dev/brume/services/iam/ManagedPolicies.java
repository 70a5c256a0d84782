package dev.brume.services.iam;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.iam.*;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The operations on managed policies and their versions.
final class ManagedPolicies {
  private final Kv kv;
  private final IamStore store;
  private final Ids ids;

  ManagedPolicies(Kv kv, IamStore store, Ids ids) {
    this.kv = kv;
    this.store = store;
    this.ids = ids;
  }

  CreatePolicyResponse create(Call call, CreatePolicyRequest in) {
    String document =
        PolicyDocuments.checked(
            in.policyDocument(), false, IamLimits.MANAGED_POLICY_CHARACTERS_MAX);
    long now = call.now().toEpochMilli();
    var tags = new LinkedHashMap<String, String>();
    in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    var policy =
        new PolicyRow(
            in.policyName(),
            "ANPA" + ids.upper(17),
            in.path() == null ? "/" : in.path(),
            in.description(),
            now,
            now,
            List.of(new PolicyRow.Version("v1", document, now)),
            "v1",
            2,
            tags);
    kv.tx(
        tx -> {
          if (store.hasPolicyNamed(tx, call.account(), policy.name())) {
            throw IamErrors.policyExists(policy.name());
          }
          store.put(tx, call.account(), policy);
          return 0;
        });
    return new CreatePolicyResponse().policy(shown(call, policy, 0));
  }

  GetPolicyResponse get(Call call, GetPolicyRequest in) {
    return kv.read(
        reader -> {
          int attached = attachments(reader, call, in.policyArn());
          if (AwsManagedPolicies.isAws(in.policyArn())) {
            return new GetPolicyResponse().policy(aws(in.policyArn(), attached));
          }
          return new GetPolicyResponse()
              .policy(
                  shown(
                      call, store.neededPolicy(reader, call.account(), in.policyArn()), attached));
        });
  }

  ListPoliciesResponse list(Call call, ListPoliciesRequest in) {
    String scope = in.scope() == null ? "All" : in.scope();
    List<Policy> all =
        kv.read(
            reader -> {
              var policies = new ArrayList<Policy>();
              if (!scope.equals("AWS")) {
                store
                    .policies(reader, call.account())
                    .forEach(
                        policy ->
                            policies.add(
                                shown(
                                    call,
                                    policy,
                                    attachments(reader, call, policy.arn(call.account())))));
              }
              if (!scope.equals("Local")) {
                AwsManagedPolicies.arns()
                    .forEach(arn -> policies.add(aws(arn, attachments(reader, call, arn))));
              }
              return policies;
            });
    List<Policy> wanted =
        all.stream()
            .filter(
                policy ->
                    !Boolean.TRUE.equals(in.onlyAttached())
                        || policy.attachmentCount() != null && policy.attachmentCount() > 0)
            .filter(
                policy ->
                    in.pathPrefix() == null
                        || String.valueOf(policy.path()).startsWith(in.pathPrefix()))
            .toList();
    var page = Paging.of(wanted, in.marker(), in.maxItems());
    return new ListPoliciesResponse()
        .policies(page.items())
        .isTruncated(page.next() != null)
        .marker(page.next());
  }

  DeletePolicyResponse delete(Call call, DeletePolicyRequest in) {
    own(in.policyArn());
    kv.tx(
        tx -> {
          PolicyRow policy = store.neededPolicy(tx, call.account(), in.policyArn());
          if (attachments(tx, call, in.policyArn()) > 0) {
            throw IamErrors.policyAttached();
          }
          if (policy.versions().size() > 1) {
            throw IamErrors.hasVersions();
          }
          store.deletePolicy(tx, call.account(), policy.name());
          return 0;
        });
    return new DeletePolicyResponse();
  }

  CreatePolicyVersionResponse createVersion(Call call, CreatePolicyVersionRequest in) {
    own(in.policyArn());
    String document =
        PolicyDocuments.checked(
            in.policyDocument(), false, IamLimits.MANAGED_POLICY_CHARACTERS_MAX);
    long now = call.now().toEpochMilli();
    PolicyVersion made =
        kv.tx(
            tx -> {
              PolicyRow policy = store.neededPolicy(tx, call.account(), in.policyArn());
              if (policy.versions().size() >= IamLimits.POLICY_VERSIONS_MAX) {
                throw IamErrors.limit(
                    "A managed policy can have up to "
                        + IamLimits.POLICY_VERSIONS_MAX
                        + " versions. Before you create a new version, you must delete an existing version.");
              }
              var version = new PolicyRow.Version("v" + policy.nextVersion(), document, now);
              var versions = new ArrayList<>(policy.versions());
              versions.add(version);
              PolicyRow changed =
                  policy.with(
                      versions,
                      Boolean.TRUE.equals(in.setAsDefault())
                          ? version.id()
                          : policy.defaultVersion(),
                      policy.nextVersion() + 1,
                      now);
              store.put(tx, call.account(), changed);
              return version(changed, version, false);
            });
    return new CreatePolicyVersionResponse().policyVersion(made);
  }

  GetPolicyVersionResponse getVersion(Call call, GetPolicyVersionRequest in) {
    String aws = AwsManagedPolicies.document(in.policyArn());
    if (aws != null) {
      return new GetPolicyVersionResponse()
          .policyVersion(
              new PolicyVersion()
                  .versionId(in.versionId())
                  .isDefaultVersion(true)
                  .document(PolicyDocuments.encoded(aws))
                  .createDate(Instant.EPOCH));
    }
    return kv.read(
        reader -> {
          PolicyRow policy = store.neededPolicy(reader, call.account(), in.policyArn());
          PolicyRow.Version version = policy.version(in.versionId());
          if (version == null) {
            throw IamErrors.noVersion(in.policyArn(), in.versionId());
          }
          return new GetPolicyVersionResponse().policyVersion(version(policy, version, true));
        });
  }

  ListPolicyVersionsResponse listVersions(Call call, ListPolicyVersionsRequest in) {
    if (AwsManagedPolicies.document(in.policyArn()) != null) {
      return new ListPolicyVersionsResponse()
          .versions(
              List.of(
                  new PolicyVersion()
                      .versionId("v1")
                      .isDefaultVersion(true)
                      .createDate(Instant.EPOCH)))
          .isTruncated(false);
    }
    PolicyRow policy =
        kv.read(reader -> store.neededPolicy(reader, call.account(), in.policyArn()));
    List<PolicyVersion> versions =
        policy.versions().reversed().stream()
            .map(version -> version(policy, version, false))
            .toList();
    return new ListPolicyVersionsResponse().versions(versions).isTruncated(false);
  }

  DeletePolicyVersionResponse deleteVersion(Call call, DeletePolicyVersionRequest in) {
    own(in.policyArn());
    kv.tx(
        tx -> {
          PolicyRow policy = store.neededPolicy(tx, call.account(), in.policyArn());
          if (policy.version(in.versionId()) == null) {
            throw IamErrors.noVersion(in.policyArn(), in.versionId());
          }
          if (policy.defaultVersion().equals(in.versionId())) {
            throw IamErrors.defaultVersion();
          }
          var rest =
              policy.versions().stream()
                  .filter(version -> !version.id().equals(in.versionId()))
                  .toList();
          store.put(
              tx,
              call.account(),
              policy.with(
                  rest, policy.defaultVersion(), policy.nextVersion(), call.now().toEpochMilli()));
          return 0;
        });
    return new DeletePolicyVersionResponse();
  }

  SetDefaultPolicyVersionResponse setDefault(Call call, SetDefaultPolicyVersionRequest in) {
    own(in.policyArn());
    kv.tx(
        tx -> {
          PolicyRow policy = store.neededPolicy(tx, call.account(), in.policyArn());
          if (policy.version(in.versionId()) == null) {
            throw IamErrors.noVersion(in.policyArn(), in.versionId());
          }
          store.put(
              tx,
              call.account(),
              policy.with(
                  policy.versions(),
                  in.versionId(),
                  policy.nextVersion(),
                  call.now().toEpochMilli()));
          return 0;
        });
    return new SetDefaultPolicyVersionResponse();
  }

  ListEntitiesForPolicyResponse entities(Call call, ListEntitiesForPolicyRequest in) {
    List<PolicyRole> roles =
        kv.read(reader -> store.roles(reader, call.account())).stream()
            .filter(role -> role.attached().contains(in.policyArn()))
            .map(role -> new PolicyRole().roleName(role.name()).roleId(role.id()))
            .toList();
    return new ListEntitiesForPolicyResponse()
        .policyRoles(roles)
        .policyGroups(List.of())
        .policyUsers(List.of())
        .isTruncated(false);
  }

  private static void own(String arn) {
    if (AwsManagedPolicies.isAws(arn)) {
      throw IamErrors.awsManaged();
    }
  }

  private int attachments(Reader reader, Call call, String arn) {
    return (int)
        store.roles(reader, call.account()).stream()
            .filter(role -> role.attached().contains(arn))
            .count();
  }

  private static Policy shown(Call call, PolicyRow policy, int attached) {
    @Nullable List<Tag> tags = policy.tags().isEmpty() ? null : IamService.tags(policy.tags());
    return new Policy()
        .policyName(policy.name())
        .policyId(policy.id())
        .arn(policy.arn(call.account()))
        .path(policy.path())
        .defaultVersionId(policy.defaultVersion())
        .attachmentCount(attached)
        .permissionsBoundaryUsageCount(0)
        .isAttachable(true)
        .description(policy.description())
        .createDate(Instant.ofEpochMilli(policy.createdMillis()))
        .updateDate(Instant.ofEpochMilli(policy.updatedMillis()))
        .tags(tags);
  }

  private static Policy aws(String arn, int attached) {
    if (AwsManagedPolicies.document(arn) == null) {
      throw IamErrors.noPolicy(arn);
    }
    String resource = arn.substring("arn:aws:iam::aws:policy".length());
    String name = resource.substring(resource.lastIndexOf('/') + 1);
    return new Policy()
        .policyName(name)
        .policyId("ANPA" + name.toUpperCase(java.util.Locale.ROOT).replaceAll("[^A-Z0-9]", ""))
        .arn(arn)
        .path(resource.substring(0, resource.lastIndexOf('/') + 1))
        .defaultVersionId("v1")
        .attachmentCount(attached)
        .permissionsBoundaryUsageCount(0)
        .isAttachable(true)
        .createDate(Instant.EPOCH)
        .updateDate(Instant.EPOCH);
  }

  private static PolicyVersion version(
      PolicyRow policy, PolicyRow.Version version, boolean withDocument) {
    return new PolicyVersion()
        .versionId(version.id())
        .isDefaultVersion(version.id().equals(policy.defaultVersion()))
        .createDate(Instant.ofEpochMilli(version.createdMillis()))
        .document(withDocument ? PolicyDocuments.encoded(version.document()) : null);
  }
}

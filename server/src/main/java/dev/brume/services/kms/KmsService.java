package dev.brume.services.kms;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.kms.*;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import dev.brume.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// AWS Key Management Service's operations.
public final class KmsService implements KmsApi {
  private static final String AWS_ALIAS = "alias/aws/";
  private final Kv kv;
  private final Ids ids;
  private final KmsStore store = new KmsStore();
  private final KeyCalendar calendar;
  private final Cryptography cryptography;

  public KmsService(Kv kv, Timers timers, Ids ids) {
    this.kv = kv;
    this.ids = ids;
    this.calendar = new KeyCalendar(kv, timers, ids, store);
    this.cryptography = new Cryptography(ids, named -> find(named.call(), named.name()));
  }

  private KeyRow find(Call call, String named) {
    String resource = KmsStore.resource(call, named);
    if (resource.startsWith(AWS_ALIAS)
        && kv.<Boolean>read(reader -> store.alias(reader, call, resource) == null)) {
      return makeAwsManaged(call, resource);
    }
    return kv.read(reader -> store.key(reader, call, named));
  }

  // A service's own key exists in every account as soon as somebody names it.
  private KeyRow makeAwsManaged(Call call, String alias) {
    String service = alias.substring(AWS_ALIAS.length());
    if (!service.matches("[a-z0-9-]{1,40}")) {
      throw KmsErrors.noAlias(call.arn("kms", alias));
    }
    KeyRow made = fresh(call, "Default key that protects my " + service + " data", null, Map.of());
    long now = call.now().toEpochMilli();
    return kv.tx(
        tx -> {
          if (store.alias(tx, call, alias) != null) {
            return store.key(tx, call, alias);
          }
          var key =
              new KeyRow(
                  made.id(),
                  now,
                  made.description(),
                  true,
                  null,
                  made.policy(),
                  Map.of(),
                  KmsLimits.ROTATION_DAYS_DEFAULT,
                  now + Duration.ofDays(KmsLimits.ROTATION_DAYS_DEFAULT).toMillis(),
                  made.materials(),
                  true);
          calendar.put(tx, call, key);
          store.put(tx, call, new KmsStore.Alias(alias, key.id(), now, now));
          return key;
        });
  }

  private KeyRow fresh(
      Call call, String description, @Nullable String policy, Map<String, String> tags) {
    return new KeyRow(
        ids.uuid(),
        call.now().toEpochMilli(),
        description,
        true,
        null,
        policy == null ? Policies.standard(call.account()) : policy,
        tags,
        null,
        null,
        List.of(calendar.material(call.now(), false)),
        false);
  }

  @Override
  public CreateKeyResponse createKey(Call call, CreateKeyRequest in) {
    refuseKinds(in);
    if (in.policy() != null) {
      Policies.check(in.policy());
    }
    String description = in.description() == null ? "" : in.description();
    KeyRow key = fresh(call, description, in.policy(), tags(Map.of(), in.tags()));
    kv.tx(
        tx -> {
          calendar.put(tx, call, key);
          return 0;
        });
    return new CreateKeyResponse().keyMetadata(metadata(call, key));
  }

  private static void refuseKinds(CreateKeyRequest in) {
    String spec = in.keySpec() == null ? in.customerMasterKeySpec() : in.keySpec();
    if (spec != null && !spec.equals("SYMMETRIC_DEFAULT")) {
      throw KmsErrors.notYet("keys of the specification " + spec);
    }
    if (in.keyUsage() != null && !in.keyUsage().equals("ENCRYPT_DECRYPT")) {
      throw KmsErrors.invalid(
          "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
    }
    if (in.origin() != null && !in.origin().equals("AWS_KMS")) {
      throw KmsErrors.notYet("keys of the origin " + in.origin());
    }
    if (in.customKeyStoreId() != null || in.xksKeyId() != null) {
      throw KmsErrors.notYet("custom key stores");
    }
    if (Boolean.TRUE.equals(in.multiRegion())) {
      throw KmsErrors.notYet("keys of several regions");
    }
  }

  private static KeyMetadata metadata(Call call, KeyRow key) {
    return new KeyMetadata()
        .awsAccountId(call.account())
        .keyId(key.id())
        .arn(KmsStore.arn(call, key.id()))
        .creationDate(Instant.ofEpochMilli(key.createdMillis()))
        .enabled(key.state().equals("Enabled"))
        .description(key.description())
        .keyUsage("ENCRYPT_DECRYPT")
        .keyState(key.state())
        .deletionDate(
            key.deletionMillis() == null ? null : Instant.ofEpochMilli(key.deletionMillis()))
        .origin("AWS_KMS")
        .keyManager(key.awsManaged() ? "AWS" : "CUSTOMER")
        .customerMasterKeySpec("SYMMETRIC_DEFAULT")
        .keySpec("SYMMETRIC_DEFAULT")
        .encryptionAlgorithms(List.of("SYMMETRIC_DEFAULT"))
        .multiRegion(false)
        .currentKeyMaterialId(key.current().id());
  }

  @Override
  public DescribeKeyResponse describeKey(Call call, DescribeKeyRequest in) {
    if (!in.grantTokens().isEmpty()) {
      throw KmsErrors.noGrant();
    }
    return new DescribeKeyResponse().keyMetadata(metadata(call, find(call, in.keyId())));
  }

  @Override
  public ListKeysResponse listKeys(Call call, ListKeysRequest in) {
    var page =
        Paging.of(
            kv.read(reader -> store.keys(reader, call)),
            in.marker(),
            in.limit(),
            KmsLimits.KEYS_PAGE_DEFAULT);
    return new ListKeysResponse()
        .keys(
            page.items().stream()
                .map(key -> new KeyListEntry().keyId(key.id()).keyArn(KmsStore.arn(call, key.id())))
                .toList())
        .nextMarker(page.next())
        .truncated(page.next() != null);
  }

  /// Changes a key of the customer's that is not about to be deleted.
  private KeyRow change(Call call, String named, UnaryOperator<KeyRow> change) {
    return kv.tx(
        tx -> {
          KeyRow key = owned(tx, call, named);
          if (key.deletionMillis() != null) {
            throw KmsErrors.pendingDeletion(KmsStore.arn(call, key.id()));
          }
          KeyRow changed = change.apply(key);
          calendar.put(tx, call, changed);
          return changed;
        });
  }

  private KeyRow owned(Tx tx, Call call, String named) {
    KeyRow key = store.key(tx, call, named);
    if (key.awsManaged()) {
      throw KmsErrors.awsManaged(KmsStore.arn(call, key.id()));
    }
    return key;
  }

  @Override
  public EnableKeyResponse enableKey(Call call, EnableKeyRequest in) {
    change(call, in.keyId(), key -> key.withEnabled(true));
    return new EnableKeyResponse();
  }

  @Override
  public DisableKeyResponse disableKey(Call call, DisableKeyRequest in) {
    change(call, in.keyId(), key -> key.withEnabled(false));
    return new DisableKeyResponse();
  }

  @Override
  public UpdateKeyDescriptionResponse updateKeyDescription(
      Call call, UpdateKeyDescriptionRequest in) {
    change(call, in.keyId(), key -> key.withDescription(in.description()));
    return new UpdateKeyDescriptionResponse();
  }

  @Override
  public ScheduleKeyDeletionResponse scheduleKeyDeletion(Call call, ScheduleKeyDeletionRequest in) {
    int days =
        in.pendingWindowInDays() == null
            ? KmsLimits.PENDING_DAYS_DEFAULT
            : in.pendingWindowInDays();
    if (days < KmsLimits.PENDING_DAYS_MIN || days > KmsLimits.PENDING_DAYS_MAX) {
      throw KmsErrors.invalid("PendingWindowInDays must be between 7 and 30 (inclusive)");
    }
    Instant deletion = call.now().plus(Duration.ofDays(days));
    KeyRow key = change(call, in.keyId(), old -> old.withDeletion(deletion.toEpochMilli()));
    return new ScheduleKeyDeletionResponse()
        .keyId(KmsStore.arn(call, key.id()))
        .deletionDate(deletion)
        .keyState(key.state())
        .pendingWindowInDays(days);
  }

  @Override
  public CancelKeyDeletionResponse cancelKeyDeletion(Call call, CancelKeyDeletionRequest in) {
    String id =
        kv.tx(
            tx -> {
              KeyRow key = owned(tx, call, in.keyId());
              if (key.deletionMillis() == null) {
                throw KmsErrors.notPendingDeletion(KmsStore.arn(call, key.id()));
              }
              calendar.put(tx, call, key.withDeletion(null));
              return key.id();
            });
    return new CancelKeyDeletionResponse().keyId(KmsStore.arn(call, id));
  }

  @Override
  public EnableKeyRotationResponse enableKeyRotation(Call call, EnableKeyRotationRequest in) {
    int days =
        in.rotationPeriodInDays() == null
            ? KmsLimits.ROTATION_DAYS_DEFAULT
            : in.rotationPeriodInDays();
    long next = call.now().plus(Duration.ofDays(days)).toEpochMilli();
    change(call, in.keyId(), key -> key.withRotation(days, next));
    return new EnableKeyRotationResponse();
  }

  @Override
  public DisableKeyRotationResponse disableKeyRotation(Call call, DisableKeyRotationRequest in) {
    change(call, in.keyId(), key -> key.withRotation(null, null));
    return new DisableKeyRotationResponse();
  }

  @Override
  public RotateKeyOnDemandResponse rotateKeyOnDemand(Call call, RotateKeyOnDemandRequest in) {
    KeyRow.Material material = calendar.material(call.now(), true);
    KeyRow rotated =
        change(
            call,
            in.keyId(),
            key -> {
              if (!key.enabled()) {
                throw KmsErrors.disabled(KmsStore.arn(call, key.id()));
              }
              return key.with(material);
            });
    return new RotateKeyOnDemandResponse().keyId(rotated.id());
  }

  @Override
  public GetKeyRotationStatusResponse getKeyRotationStatus(
      Call call, GetKeyRotationStatusRequest in) {
    KeyRow key = find(call, in.keyId());
    return new GetKeyRotationStatusResponse()
        .keyId(KmsStore.arn(call, key.id()))
        .keyRotationEnabled(key.rotationDays() != null && key.deletionMillis() == null)
        .rotationPeriodInDays(key.rotationDays())
        .nextRotationDate(
            key.nextRotationMillis() == null
                ? null
                : Instant.ofEpochMilli(key.nextRotationMillis()));
  }

  @Override
  public EncryptResponse encrypt(Call call, EncryptRequest in) {
    return cryptography.encrypt(call, in);
  }

  @Override
  public DecryptResponse decrypt(Call call, DecryptRequest in) {
    return cryptography.decrypt(call, in);
  }

  @Override
  public ReEncryptResponse reEncrypt(Call call, ReEncryptRequest in) {
    return cryptography.reEncrypt(call, in);
  }

  @Override
  public GenerateDataKeyResponse generateDataKey(Call call, GenerateDataKeyRequest in) {
    return cryptography.generateDataKey(call, in);
  }

  @Override
  public GenerateDataKeyWithoutPlaintextResponse generateDataKeyWithoutPlaintext(
      Call call, GenerateDataKeyWithoutPlaintextRequest in) {
    return cryptography.generateDataKeyWithoutPlaintext(call, in);
  }

  @Override
  public GenerateRandomResponse generateRandom(Call call, GenerateRandomRequest in) {
    return cryptography.generateRandom(in);
  }

  @Override
  public CreateAliasResponse createAlias(Call call, CreateAliasRequest in) {
    String name = aliasName(in.aliasName());
    long now = call.now().toEpochMilli();
    kv.tx(
        tx -> {
          KeyRow key = target(tx, call, in.targetKeyId());
          if (store.alias(tx, call, name) != null) {
            throw KmsErrors.aliasExists(call.arn("kms", name));
          }
          store.put(tx, call, new KmsStore.Alias(name, key.id(), now, now));
          return 0;
        });
    return new CreateAliasResponse();
  }

  @Override
  public UpdateAliasResponse updateAlias(Call call, UpdateAliasRequest in) {
    String name = aliasName(in.aliasName());
    long now = call.now().toEpochMilli();
    kv.tx(
        tx -> {
          KeyRow key = target(tx, call, in.targetKeyId());
          KmsStore.Alias alias = needed(tx, call, name);
          store.put(tx, call, new KmsStore.Alias(name, key.id(), alias.createdMillis(), now));
          return 0;
        });
    return new UpdateAliasResponse();
  }

  @Override
  public DeleteAliasResponse deleteAlias(Call call, DeleteAliasRequest in) {
    String name = aliasName(in.aliasName());
    kv.tx(
        tx -> {
          store.delete(tx, call, needed(tx, call, name));
          return 0;
        });
    return new DeleteAliasResponse();
  }

  private static String aliasName(String name) {
    if (!name.startsWith("alias/")) {
      throw KmsErrors.invalid("Invalid identifier");
    }
    if (name.startsWith(AWS_ALIAS)) {
      throw KmsErrors.reservedAlias();
    }
    return name;
  }

  private KeyRow target(Tx tx, Call call, String keyId) {
    if (KmsStore.resource(call, keyId).startsWith("alias/")) {
      throw KmsErrors.invalid("Aliases must refer to keys. Not aliases");
    }
    KeyRow key = owned(tx, call, keyId);
    if (key.deletionMillis() != null) {
      throw KmsErrors.pendingDeletion(KmsStore.arn(call, key.id()));
    }
    return key;
  }

  private KmsStore.Alias needed(Tx tx, Call call, String name) {
    KmsStore.Alias alias = store.alias(tx, call, name);
    if (alias == null) {
      throw KmsErrors.noAlias(call.arn("kms", name));
    }
    return alias;
  }

  @Override
  public ListAliasesResponse listAliases(Call call, ListAliasesRequest in) {
    String keyId = in.keyId() == null ? null : find(call, in.keyId()).id();
    var aliases =
        kv.read(reader -> store.aliases(reader, call)).stream()
            .filter(alias -> keyId == null || alias.keyId().equals(keyId))
            .toList();
    var page = Paging.of(aliases, in.marker(), in.limit(), KmsLimits.ALIASES_PAGE_DEFAULT);
    return new ListAliasesResponse()
        .aliases(
            page.items().stream()
                .map(
                    alias ->
                        new AliasListEntry()
                            .aliasName(alias.name())
                            .aliasArn(call.arn("kms", alias.name()))
                            .targetKeyId(alias.keyId())
                            .creationDate(Instant.ofEpochMilli(alias.createdMillis()))
                            .lastUpdatedDate(Instant.ofEpochMilli(alias.updatedMillis())))
                .toList())
        .nextMarker(page.next())
        .truncated(page.next() != null);
  }

  @Override
  public GetKeyPolicyResponse getKeyPolicy(Call call, GetKeyPolicyRequest in) {
    Policies.checkName(in.policyName());
    return new GetKeyPolicyResponse().policy(find(call, in.keyId()).policy()).policyName("default");
  }

  @Override
  public PutKeyPolicyResponse putKeyPolicy(Call call, PutKeyPolicyRequest in) {
    Policies.checkName(in.policyName());
    Policies.check(in.policy());
    change(call, in.keyId(), key -> key.withPolicy(in.policy()));
    return new PutKeyPolicyResponse();
  }

  @Override
  public ListKeyPoliciesResponse listKeyPolicies(Call call, ListKeyPoliciesRequest in) {
    find(call, in.keyId());
    return new ListKeyPoliciesResponse().policyNames(List.of("default")).truncated(false);
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    change(call, in.keyId(), key -> key.withTags(tags(key.tags(), in.tags())));
    return new TagResourceResponse();
  }

  private static Map<String, String> tags(Map<String, String> present, List<Tag> added) {
    var tags = new LinkedHashMap<>(present);
    added.forEach(tag -> tags.put(tag.tagKey(), tag.tagValue()));
    if (tags.size() > KmsLimits.TAGS_MAX) {
      throw KmsErrors.tooManyTags();
    }
    return tags;
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    change(
        call,
        in.keyId(),
        key -> {
          var tags = new LinkedHashMap<>(key.tags());
          in.tagKeys().forEach(tags::remove);
          return key.withTags(tags);
        });
    return new UntagResourceResponse();
  }

  @Override
  public ListResourceTagsResponse listResourceTags(Call call, ListResourceTagsRequest in) {
    var tags =
        find(call, in.keyId()).tags().entrySet().stream()
            .map(tag -> new Tag().tagKey(tag.getKey()).tagValue(tag.getValue()))
            .toList();
    var page = Paging.of(tags, in.marker(), in.limit(), KmsLimits.TAGS_MAX);
    return new ListResourceTagsResponse()
        .tags(page.items())
        .nextMarker(page.next())
        .truncated(page.next() != null);
  }
}

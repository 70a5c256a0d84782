package dev.brume.services.ecr;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.ecr.*;
import dev.brume.store.Kv;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Amazon ECR's operations on repositories.
public final class EcrService implements EcrApi {
  private final Kv kv;
  private final EcrStore store = new EcrStore();

  public EcrService(Kv kv) {
    this.kv = kv;
  }

  @Override
  public CreateRepositoryResponse createRepository(Call call, CreateRepositoryRequest in) {
    String mutability = in.imageTagMutability() == null ? "MUTABLE" : in.imageTagMutability();
    if (in.hasImageTagMutabilityExclusionFilters() || mutability.endsWith("_WITH_EXCLUSION")) {
      throw EcrErrors.invalid("Brume does not implement imageTagMutabilityExclusionFilters yet");
    }
    var tags = new LinkedHashMap<String, String>();
    in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    EncryptionConfiguration encryption = in.encryptionConfiguration();
    var repository =
        new StoredRepository(
            in.repositoryName(),
            call.now().toEpochMilli(),
            mutability,
            in.imageScanningConfiguration() != null
                && Boolean.TRUE.equals(in.imageScanningConfiguration().scanOnPush()),
            encryption == null ? "AES256" : encryption.encryptionType(),
            encryption == null ? null : encryption.kmsKey(),
            null,
            null,
            tags);
    kv.tx(
        tx -> {
          if (store.find(tx, call, repository.name()) != null) {
            throw EcrErrors.exists(repository.name(), call.account());
          }
          store.put(tx, call, repository);
          return 0;
        });
    return new CreateRepositoryResponse().repository(shown(call, repository));
  }

  @Override
  public DescribeRepositoriesResponse describeRepositories(
      Call call, DescribeRepositoriesRequest in) {
    if (in.hasRepositoryNames()) {
      List<Repository> named =
          kv.read(
              reader ->
                  in.repositoryNames().stream()
                      .map(name -> shown(call, store.needed(reader, call, name)))
                      .toList());
      return new DescribeRepositoriesResponse().repositories(named);
    }
    List<Repository> all =
        kv.read(reader -> store.all(reader, call)).stream()
            .map(repository -> shown(call, repository))
            .toList();
    int from = in.nextToken() == null ? 0 : place(in.nextToken(), all.size());
    int to =
        Math.min(
            all.size(),
            from + (in.maxResults() == null ? EcrLimits.PAGE_DEFAULT : in.maxResults()));
    return new DescribeRepositoriesResponse()
        .repositories(all.subList(from, to))
        .nextToken(to < all.size() ? String.valueOf(to) : null);
  }

  private static int place(String token, int size) {
    if (!token.matches("\\d{1,9}")) {
      throw EcrErrors.invalid("nextToken");
    }
    return Math.min(Integer.parseInt(token), size);
  }

  @Override
  public DeleteRepositoryResponse deleteRepository(Call call, DeleteRepositoryRequest in) {
    StoredRepository deleted =
        kv.tx(
            tx -> {
              StoredRepository repository = store.needed(tx, call, in.repositoryName());
              store.delete(tx, call, in.repositoryName());
              return repository;
            });
    return new DeleteRepositoryResponse().repository(shown(call, deleted));
  }

  @Override
  public PutImageTagMutabilityResponse putImageTagMutability(
      Call call, PutImageTagMutabilityRequest in) {
    if (in.hasImageTagMutabilityExclusionFilters()
        || in.imageTagMutability().endsWith("_WITH_EXCLUSION")) {
      throw EcrErrors.invalid("Brume does not implement imageTagMutabilityExclusionFilters yet");
    }
    change(
        call,
        in.repositoryName(),
        repository -> repository.withMutability(in.imageTagMutability()));
    return new PutImageTagMutabilityResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .imageTagMutability(in.imageTagMutability());
  }

  @Override
  public PutImageScanningConfigurationResponse putImageScanningConfiguration(
      Call call, PutImageScanningConfigurationRequest in) {
    change(
        call,
        in.repositoryName(),
        repository ->
            repository.withScan(Boolean.TRUE.equals(in.imageScanningConfiguration().scanOnPush())));
    return new PutImageScanningConfigurationResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .imageScanningConfiguration(in.imageScanningConfiguration());
  }

  @Override
  public SetRepositoryPolicyResponse setRepositoryPolicy(Call call, SetRepositoryPolicyRequest in) {
    checkJson(in.policyText(), "policyText");
    change(call, in.repositoryName(), repository -> repository.withPolicy(in.policyText()));
    return new SetRepositoryPolicyResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .policyText(in.policyText());
  }

  @Override
  public GetRepositoryPolicyResponse getRepositoryPolicy(Call call, GetRepositoryPolicyRequest in) {
    String policy = repository(call, in.repositoryName()).policy();
    if (policy == null) {
      throw EcrErrors.noPolicy(in.repositoryName(), call.account());
    }
    return new GetRepositoryPolicyResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .policyText(policy);
  }

  @Override
  public DeleteRepositoryPolicyResponse deleteRepositoryPolicy(
      Call call, DeleteRepositoryPolicyRequest in) {
    String policy = repository(call, in.repositoryName()).policy();
    if (policy == null) {
      throw EcrErrors.noPolicy(in.repositoryName(), call.account());
    }
    change(call, in.repositoryName(), repository -> repository.withPolicy(null));
    return new DeleteRepositoryPolicyResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .policyText(policy);
  }

  @Override
  public PutLifecyclePolicyResponse putLifecyclePolicy(Call call, PutLifecyclePolicyRequest in) {
    checkJson(in.lifecyclePolicyText(), "lifecyclePolicyText");
    change(
        call,
        in.repositoryName(),
        repository -> repository.withLifecycle(in.lifecyclePolicyText()));
    return new PutLifecyclePolicyResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .lifecyclePolicyText(in.lifecyclePolicyText());
  }

  @Override
  public GetLifecyclePolicyResponse getLifecyclePolicy(Call call, GetLifecyclePolicyRequest in) {
    String policy = repository(call, in.repositoryName()).lifecyclePolicy();
    if (policy == null) {
      throw EcrErrors.noLifecyclePolicy(in.repositoryName(), call.account());
    }
    return new GetLifecyclePolicyResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .lifecyclePolicyText(policy);
  }

  @Override
  public DeleteLifecyclePolicyResponse deleteLifecyclePolicy(
      Call call, DeleteLifecyclePolicyRequest in) {
    String policy = repository(call, in.repositoryName()).lifecyclePolicy();
    if (policy == null) {
      throw EcrErrors.noLifecyclePolicy(in.repositoryName(), call.account());
    }
    change(call, in.repositoryName(), repository -> repository.withLifecycle(null));
    return new DeleteLifecyclePolicyResponse()
        .registryId(call.account())
        .repositoryName(in.repositoryName())
        .lifecyclePolicyText(policy);
  }

  // No image can be pushed, so every one that is named does not exist.
  @Override
  public DescribeImagesResponse describeImages(Call call, DescribeImagesRequest in) {
    repository(call, in.repositoryName());
    if (in.hasImageIds() && !in.imageIds().isEmpty()) {
      ImageIdentifier image = in.imageIds().getFirst();
      throw EcrErrors.noImage(
          in.repositoryName(),
          call.account(),
          "{imageDigest:'" + image.imageDigest() + "', imageTag:'" + image.imageTag() + "'}");
    }
    return new DescribeImagesResponse().imageDetails(List.of());
  }

  @Override
  public ListImagesResponse listImages(Call call, ListImagesRequest in) {
    repository(call, in.repositoryName());
    return new ListImagesResponse().imageIds(List.of());
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    change(
        call,
        nameOf(in.resourceArn()),
        repository -> {
          var tags = new LinkedHashMap<>(repository.tags());
          in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
          return repository.withTags(tags);
        });
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    change(
        call,
        nameOf(in.resourceArn()),
        repository -> {
          var tags = new LinkedHashMap<>(repository.tags());
          in.tagKeys().forEach(tags::remove);
          return repository.withTags(tags);
        });
    return new UntagResourceResponse();
  }

  @Override
  public ListTagsForResourceResponse listTagsForResource(Call call, ListTagsForResourceRequest in) {
    Map<String, String> tags = repository(call, nameOf(in.resourceArn())).tags();
    return new ListTagsForResourceResponse()
        .tags(
            tags.entrySet().stream()
                .map(e -> new Tag().key(e.getKey()).value(e.getValue()))
                .toList());
  }

  private StoredRepository repository(Call call, String name) {
    return kv.read(reader -> store.needed(reader, call, name));
  }

  private void change(Call call, String name, UnaryOperator<StoredRepository> change) {
    kv.tx(
        tx -> {
          store.put(tx, call, change.apply(store.needed(tx, call, name)));
          return 0;
        });
  }

  private static void checkJson(@Nullable String text, String parameter) {
    try {
      if (text == null || !Json.parse(text).isObject()) {
        throw EcrErrors.invalid("'" + parameter + "' is not a JSON object");
      }
    } catch (JsonProcessingException e) {
      throw EcrErrors.invalid("'" + parameter + "' is not valid JSON");
    }
  }

  private static String nameOf(String arn) {
    int at = arn.indexOf(":repository/");
    return at < 0 ? arn : arn.substring(at + ":repository/".length());
  }

  private static Repository shown(Call call, StoredRepository repository) {
    return new Repository()
        .repositoryArn(call.arn("ecr", "repository/" + repository.name()))
        .registryId(call.account())
        .repositoryName(repository.name())
        .repositoryUri(
            call.account() + ".dkr.ecr." + call.region() + ".amazonaws.com/" + repository.name())
        .createdAt(Instant.ofEpochMilli(repository.createdMillis()))
        .imageTagMutability(repository.mutability())
        .imageScanningConfiguration(
            new ImageScanningConfiguration().scanOnPush(repository.scanOnPush()))
        .encryptionConfiguration(
            new EncryptionConfiguration()
                .encryptionType(repository.encryption())
                .kmsKey(repository.kmsKey()));
  }
}

package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The operations on what is set on functions besides their code and configuration: aliases,
/// URLs, permissions, concurrency, asynchronous invocation, tags; and on layers.
public abstract class AttachedOperations implements LambdaApi {
  private static final String MAPPING = ":event-source-mapping:";
  private final LambdaParts parts;

  AttachedOperations(LambdaParts parts) {
    this.parts = parts;
  }

  @Override
  public AliasConfiguration createAlias(Call call, CreateAliasRequest in) {
    return parts.options().createAlias(call, in);
  }

  @Override
  public AliasConfiguration updateAlias(Call call, UpdateAliasRequest in) {
    AliasConfiguration changed = parts.options().updateAlias(call, in);
    parts.provisioned().order(FunctionName.of(call, in.functionName(), null));
    return changed;
  }

  @Override
  public AliasConfiguration getAlias(Call call, GetAliasRequest in) {
    return parts.options().getAlias(call, in);
  }

  @Override
  public ListAliasesResponse listAliases(Call call, ListAliasesRequest in) {
    return parts.options().listAliases(call, in);
  }

  @Override
  public DeleteAliasResponse deleteAlias(Call call, DeleteAliasRequest in) {
    parts.options().deleteAlias(call, in);
    parts.provisioned().order(FunctionName.of(call, in.functionName(), null));
    parts.permissions().forget(FunctionName.of(call, in.functionName(), null));
    return new DeleteAliasResponse();
  }

  @Override
  public AddPermissionResponse addPermission(Call call, AddPermissionRequest in) {
    return parts.permissions().add(call, in);
  }

  @Override
  public RemovePermissionResponse removePermission(Call call, RemovePermissionRequest in) {
    parts.permissions().remove(call, in);
    return new RemovePermissionResponse();
  }

  @Override
  public GetPolicyResponse getPolicy(Call call, GetPolicyRequest in) {
    return parts.permissions().get(call, in);
  }

  @Override
  public CreateFunctionUrlConfigResponse createFunctionUrlConfig(
      Call call, CreateFunctionUrlConfigRequest in) {
    return parts.urls().create(call, in);
  }

  @Override
  public GetFunctionUrlConfigResponse getFunctionUrlConfig(
      Call call, GetFunctionUrlConfigRequest in) {
    return parts.urls().get(call, in);
  }

  @Override
  public UpdateFunctionUrlConfigResponse updateFunctionUrlConfig(
      Call call, UpdateFunctionUrlConfigRequest in) {
    return parts.urls().update(call, in);
  }

  @Override
  public DeleteFunctionUrlConfigResponse deleteFunctionUrlConfig(
      Call call, DeleteFunctionUrlConfigRequest in) {
    parts.urls().delete(call, in);
    return new DeleteFunctionUrlConfigResponse();
  }

  @Override
  public ListFunctionUrlConfigsResponse listFunctionUrlConfigs(
      Call call, ListFunctionUrlConfigsRequest in) {
    return parts.urls().list(call, in);
  }

  @Override
  public Concurrency putFunctionConcurrency(Call call, PutFunctionConcurrencyRequest in) {
    return parts.options().putConcurrency(call, in);
  }

  @Override
  public GetFunctionConcurrencyResponse getFunctionConcurrency(
      Call call, GetFunctionConcurrencyRequest in) {
    return parts.options().getConcurrency(call, in);
  }

  @Override
  public DeleteFunctionConcurrencyResponse deleteFunctionConcurrency(
      Call call, DeleteFunctionConcurrencyRequest in) {
    parts.options().deleteConcurrency(call, in);
    return new DeleteFunctionConcurrencyResponse();
  }

  @Override
  public PutProvisionedConcurrencyConfigResponse putProvisionedConcurrencyConfig(
      Call call, PutProvisionedConcurrencyConfigRequest in) {
    return parts.provisioned().put(call, in);
  }

  @Override
  public GetProvisionedConcurrencyConfigResponse getProvisionedConcurrencyConfig(
      Call call, GetProvisionedConcurrencyConfigRequest in) {
    return parts.provisioned().get(call, in);
  }

  @Override
  public ListProvisionedConcurrencyConfigsResponse listProvisionedConcurrencyConfigs(
      Call call, ListProvisionedConcurrencyConfigsRequest in) {
    return parts.provisioned().list(call, in);
  }

  @Override
  public DeleteProvisionedConcurrencyConfigResponse deleteProvisionedConcurrencyConfig(
      Call call, DeleteProvisionedConcurrencyConfigRequest in) {
    parts.provisioned().delete(call, in);
    return new DeleteProvisionedConcurrencyConfigResponse();
  }

  @Override
  public GetAccountSettingsResponse getAccountSettings(Call call, GetAccountSettingsRequest in) {
    return parts.options().accountSettings(call);
  }

  @Override
  public FunctionEventInvokeConfig putFunctionEventInvokeConfig(
      Call call, PutFunctionEventInvokeConfigRequest in) {
    return parts.invokeConfigs().put(call, in, false);
  }

  @Override
  public FunctionEventInvokeConfig updateFunctionEventInvokeConfig(
      Call call, UpdateFunctionEventInvokeConfigRequest in) {
    var as =
        new PutFunctionEventInvokeConfigRequest()
            .functionName(in.functionName())
            .qualifier(in.qualifier())
            .maximumRetryAttempts(in.maximumRetryAttempts())
            .maximumEventAgeInSeconds(in.maximumEventAgeInSeconds())
            .destinationConfig(in.destinationConfig());
    return parts.invokeConfigs().put(call, as, true);
  }

  @Override
  public FunctionEventInvokeConfig getFunctionEventInvokeConfig(
      Call call, GetFunctionEventInvokeConfigRequest in) {
    return parts.invokeConfigs().get(call, in);
  }

  @Override
  public ListFunctionEventInvokeConfigsResponse listFunctionEventInvokeConfigs(
      Call call, ListFunctionEventInvokeConfigsRequest in) {
    return parts.invokeConfigs().list(call, in);
  }

  @Override
  public DeleteFunctionEventInvokeConfigResponse deleteFunctionEventInvokeConfig(
      Call call, DeleteFunctionEventInvokeConfigRequest in) {
    parts.invokeConfigs().delete(call, in);
    return new DeleteFunctionEventInvokeConfigResponse();
  }

  @Override
  public ListTagsResponse listTags(Call call, ListTagsRequest in) {
    String arn = in.resource();
    int mapping = arn.indexOf(MAPPING);
    if (mapping >= 0) {
      String uuid = arn.substring(mapping + MAPPING.length());
      return new ListTagsResponse().tags(new TreeMap<>(parts.mappings().tags(call, uuid)));
    }
    return arn.contains(CodeSigning.ARN_PART)
        ? new ListTagsResponse().tags(new TreeMap<>(parts.signing().tags(call, arn)))
        : parts.options().tags(FunctionName.of(call, arn, null));
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    change(call, in.resource(), in.tags(), List.of());
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    change(call, in.resource(), Map.of(), in.tagKeys());
    return new UntagResourceResponse();
  }

  private void change(Call call, String arn, Map<String, String> added, List<String> removed) {
    int mapping = arn.indexOf(MAPPING);
    if (mapping >= 0) {
      parts.mappings().tag(call, arn.substring(mapping + MAPPING.length()), added, removed);
    } else if (arn.contains(CodeSigning.ARN_PART)) {
      parts.signing().tag(call, arn, added, removed);
    } else {
      parts.options().tag(FunctionName.of(call, arn, null), added, removed);
    }
  }

  @Override
  public CreateCodeSigningConfigResponse createCodeSigningConfig(
      Call call, CreateCodeSigningConfigRequest in) {
    return parts.signing().create(call, in);
  }

  @Override
  public GetCodeSigningConfigResponse getCodeSigningConfig(
      Call call, GetCodeSigningConfigRequest in) {
    return parts.signing().get(call, in);
  }

  @Override
  public UpdateCodeSigningConfigResponse updateCodeSigningConfig(
      Call call, UpdateCodeSigningConfigRequest in) {
    return parts.signing().update(call, in);
  }

  @Override
  public DeleteCodeSigningConfigResponse deleteCodeSigningConfig(
      Call call, DeleteCodeSigningConfigRequest in) {
    parts.signing().delete(call, in);
    return new DeleteCodeSigningConfigResponse();
  }

  @Override
  public ListCodeSigningConfigsResponse listCodeSigningConfigs(
      Call call, ListCodeSigningConfigsRequest in) {
    return parts.signing().list(call, in);
  }

  @Override
  public ListFunctionsByCodeSigningConfigResponse listFunctionsByCodeSigningConfig(
      Call call, ListFunctionsByCodeSigningConfigRequest in) {
    return parts.signing().functions(call, in);
  }

  @Override
  public PutFunctionCodeSigningConfigResponse putFunctionCodeSigningConfig(
      Call call, PutFunctionCodeSigningConfigRequest in) {
    return parts.signing().put(call, in);
  }

  @Override
  public GetFunctionCodeSigningConfigResponse getFunctionCodeSigningConfig(
      Call call, GetFunctionCodeSigningConfigRequest in) {
    return parts.signing().get(call, in);
  }

  @Override
  public DeleteFunctionCodeSigningConfigResponse deleteFunctionCodeSigningConfig(
      Call call, DeleteFunctionCodeSigningConfigRequest in) {
    parts.signing().delete(call, in);
    return new DeleteFunctionCodeSigningConfigResponse();
  }

  @Override
  public PutFunctionRecursionConfigResponse putFunctionRecursionConfig(
      Call call, PutFunctionRecursionConfigRequest in) {
    return parts.options().putRecursion(call, in);
  }

  @Override
  public GetFunctionRecursionConfigResponse getFunctionRecursionConfig(
      Call call, GetFunctionRecursionConfigRequest in) {
    return parts.options().getRecursion(call, in);
  }

  @Override
  public PutRuntimeManagementConfigResponse putRuntimeManagementConfig(
      Call call, PutRuntimeManagementConfigRequest in) {
    return parts.runtimes().put(call, in);
  }

  @Override
  public GetRuntimeManagementConfigResponse getRuntimeManagementConfig(
      Call call, GetRuntimeManagementConfigRequest in) {
    return parts.runtimes().get(call, in);
  }

  @Override
  public PublishLayerVersionResponse publishLayerVersion(Call call, PublishLayerVersionRequest in) {
    return parts.layers().publish(call, in, CodeDoor.location(call));
  }

  @Override
  public GetLayerVersionResponse getLayerVersion(Call call, GetLayerVersionRequest in) {
    return parts
        .layers()
        .get(
            call,
            LayerName.of(call, in.layerName()).version(in.versionNumber()),
            CodeDoor.location(call));
  }

  @Override
  public GetLayerVersionResponse getLayerVersionByArn(Call call, GetLayerVersionByArnRequest in) {
    LayerName.Version layer = LayerName.Version.of(in.arn());
    if (layer == null) {
      throw LambdaErrors.resourceNotFound();
    }
    return parts.layers().get(call, layer, CodeDoor.location(call));
  }

  @Override
  public AddLayerVersionPermissionResponse addLayerVersionPermission(
      Call call, AddLayerVersionPermissionRequest in) {
    return parts.layerPermissions().add(call, in);
  }

  @Override
  public GetLayerVersionPolicyResponse getLayerVersionPolicy(
      Call call, GetLayerVersionPolicyRequest in) {
    return parts.layerPermissions().get(call, in);
  }

  @Override
  public RemoveLayerVersionPermissionResponse removeLayerVersionPermission(
      Call call, RemoveLayerVersionPermissionRequest in) {
    parts.layerPermissions().remove(call, in);
    return new RemoveLayerVersionPermissionResponse();
  }

  @Override
  public ListLayerVersionsResponse listLayerVersions(Call call, ListLayerVersionsRequest in) {
    return parts.layers().versions(call, in);
  }

  @Override
  public ListLayersResponse listLayers(Call call, ListLayersRequest in) {
    return parts.layers().list(call, in);
  }

  @Override
  public DeleteLayerVersionResponse deleteLayerVersion(Call call, DeleteLayerVersionRequest in) {
    parts.layers().delete(call, in);
    return new DeleteLayerVersionResponse();
  }
}

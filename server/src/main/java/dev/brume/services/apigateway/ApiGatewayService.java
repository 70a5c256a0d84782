package dev.brume.services.apigateway;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.apigateway.Account;
import dev.brume.model.apigateway.ApiGatewayApi;
import dev.brume.model.apigateway.CreateDeploymentRequest;
import dev.brume.model.apigateway.CreateResourceRequest;
import dev.brume.model.apigateway.CreateRestApiRequest;
import dev.brume.model.apigateway.CreateStageRequest;
import dev.brume.model.apigateway.DeleteDeploymentRequest;
import dev.brume.model.apigateway.DeleteDeploymentResponse;
import dev.brume.model.apigateway.DeleteIntegrationRequest;
import dev.brume.model.apigateway.DeleteIntegrationResponse;
import dev.brume.model.apigateway.DeleteIntegrationResponseRequest;
import dev.brume.model.apigateway.DeleteIntegrationResponseResponse;
import dev.brume.model.apigateway.DeleteMethodRequest;
import dev.brume.model.apigateway.DeleteMethodResponse;
import dev.brume.model.apigateway.DeleteMethodResponseRequest;
import dev.brume.model.apigateway.DeleteMethodResponseResponse;
import dev.brume.model.apigateway.DeleteResourceRequest;
import dev.brume.model.apigateway.DeleteResourceResponse;
import dev.brume.model.apigateway.DeleteRestApiRequest;
import dev.brume.model.apigateway.DeleteRestApiResponse;
import dev.brume.model.apigateway.DeleteStageRequest;
import dev.brume.model.apigateway.DeleteStageResponse;
import dev.brume.model.apigateway.Deployment;
import dev.brume.model.apigateway.Deployments;
import dev.brume.model.apigateway.GetAccountRequest;
import dev.brume.model.apigateway.GetDeploymentRequest;
import dev.brume.model.apigateway.GetDeploymentsRequest;
import dev.brume.model.apigateway.GetIntegrationRequest;
import dev.brume.model.apigateway.GetIntegrationResponseRequest;
import dev.brume.model.apigateway.GetMethodRequest;
import dev.brume.model.apigateway.GetMethodResponseRequest;
import dev.brume.model.apigateway.GetResourceRequest;
import dev.brume.model.apigateway.GetResourcesRequest;
import dev.brume.model.apigateway.GetRestApiRequest;
import dev.brume.model.apigateway.GetRestApisRequest;
import dev.brume.model.apigateway.GetStageRequest;
import dev.brume.model.apigateway.GetStagesRequest;
import dev.brume.model.apigateway.GetTagsRequest;
import dev.brume.model.apigateway.Integration;
import dev.brume.model.apigateway.IntegrationResponse;
import dev.brume.model.apigateway.Method;
import dev.brume.model.apigateway.MethodResponse;
import dev.brume.model.apigateway.PutIntegrationRequest;
import dev.brume.model.apigateway.PutIntegrationResponseRequest;
import dev.brume.model.apigateway.PutMethodRequest;
import dev.brume.model.apigateway.PutMethodResponseRequest;
import dev.brume.model.apigateway.Resource;
import dev.brume.model.apigateway.Resources;
import dev.brume.model.apigateway.RestApi;
import dev.brume.model.apigateway.RestApis;
import dev.brume.model.apigateway.Stage;
import dev.brume.model.apigateway.Stages;
import dev.brume.model.apigateway.TagResourceRequest;
import dev.brume.model.apigateway.TagResourceResponse;
import dev.brume.model.apigateway.Tags;
import dev.brume.model.apigateway.ThrottleSettings;
import dev.brume.model.apigateway.UntagResourceRequest;
import dev.brume.model.apigateway.UntagResourceResponse;
import dev.brume.model.apigateway.UpdateAccountRequest;
import dev.brume.model.apigateway.UpdateDeploymentRequest;
import dev.brume.model.apigateway.UpdateIntegrationRequest;
import dev.brume.model.apigateway.UpdateResourceRequest;
import dev.brume.model.apigateway.UpdateRestApiRequest;
import dev.brume.model.apigateway.UpdateStageRequest;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The management API of [REST
/// APIs](https://docs.aws.amazon.com/apigateway/latest/api/API_Operations.html).
public final class ApiGatewayService implements ApiGatewayApi {
  private final Kv kv;
  private final Ids ids;
  private final ApiGatewayStore store;
  private final Editing editing;
  private final Publishing publishing;

  public ApiGatewayService(Kv kv, Ids ids) {
    this.kv = kv;
    this.ids = ids;
    this.store = new ApiGatewayStore(kv);
    this.editing = new Editing(kv, store, ids);
    this.publishing = new Publishing(kv, store, ids);
  }

  /// The front door through which what is deployed is invoked.
  public InvokeUrls invokeUrls(Operations operations, Clock clock) {
    return new InvokeUrls(store, operations, clock, ids);
  }

  @Override
  public RestApi createRestApi(Call call, CreateRestApiRequest in) {
    return Answers.of(editing.createApi(call, in));
  }

  @Override
  public RestApi getRestApi(Call call, GetRestApiRequest in) {
    return Answers.of(kv.<Api>read(reader -> store.api(reader, call, in.restApiId())));
  }

  @Override
  public RestApis getRestApis(Call call, GetRestApisRequest in) {
    Page<RestApi> page =
        Page.of(
            kv.<List<Api>>read(reader -> store.apis(reader, call)).stream()
                .map(Answers::of)
                .toList(),
            in.position(),
            in.limit());
    return new RestApis().items(page.items()).position(page.next());
  }

  @Override
  public RestApi updateRestApi(Call call, UpdateRestApiRequest in) {
    return Answers.of(editing.updateApi(call, in));
  }

  @Override
  public DeleteRestApiResponse deleteRestApi(Call call, DeleteRestApiRequest in) {
    editing.deleteApi(call, in.restApiId());
    return new DeleteRestApiResponse();
  }

  @Override
  public Resource createResource(Call call, CreateResourceRequest in) {
    return Answers.of(editing.createResource(call, in), true);
  }

  @Override
  public Resource getResource(Call call, GetResourceRequest in) {
    ApiResource resource = api(call, in.restApiId()).resource(in.resourceId());
    return Answers.of(resource, in.embed().contains("methods"));
  }

  @Override
  public Resources getResources(Call call, GetResourcesRequest in) {
    boolean methods = in.embed().contains("methods");
    Page<Resource> page =
        Page.of(
            api(call, in.restApiId()).resources().values().stream()
                .map(resource -> Answers.of(resource, methods))
                .toList(),
            in.position(),
            in.limit());
    return new Resources().items(page.items()).position(page.next());
  }

  @Override
  public Resource updateResource(Call call, UpdateResourceRequest in) {
    return Answers.of(editing.updateResource(call, in), true);
  }

  @Override
  public DeleteResourceResponse deleteResource(Call call, DeleteResourceRequest in) {
    editing.deleteResource(call, in.restApiId(), in.resourceId());
    return new DeleteResourceResponse();
  }

  @Override
  public Method putMethod(Call call, PutMethodRequest in) {
    return Answers.of(editing.putMethod(call, in));
  }

  @Override
  public Method getMethod(Call call, GetMethodRequest in) {
    return Answers.of(method(call, in.restApiId(), in.resourceId(), in.httpMethod()));
  }

  @Override
  public DeleteMethodResponse deleteMethod(Call call, DeleteMethodRequest in) {
    editing.deleteMethod(call, in);
    return new DeleteMethodResponse();
  }

  @Override
  public MethodResponse putMethodResponse(Call call, PutMethodResponseRequest in) {
    return Answers.of(editing.putMethodResponse(call, in));
  }

  @Override
  public MethodResponse getMethodResponse(Call call, GetMethodResponseRequest in) {
    return Answers.of(
        present(
            method(call, in.restApiId(), in.resourceId(), in.httpMethod())
                .responses()
                .get(String.valueOf(in.statusCode()))));
  }

  @Override
  public DeleteMethodResponseResponse deleteMethodResponse(
      Call call, DeleteMethodResponseRequest in) {
    editing.change(
        call,
        in.restApiId(),
        api ->
            api.change(
                in.resourceId(),
                in.httpMethod(),
                method -> method.withoutResponse(String.valueOf(in.statusCode()))));
    return new DeleteMethodResponseResponse();
  }

  @Override
  public Integration putIntegration(Call call, PutIntegrationRequest in) {
    return Answers.of(editing.putIntegration(call, in));
  }

  @Override
  public Integration getIntegration(Call call, GetIntegrationRequest in) {
    return Answers.of(
        method(call, in.restApiId(), in.resourceId(), in.httpMethod()).needIntegration());
  }

  @Override
  public Integration updateIntegration(Call call, UpdateIntegrationRequest in) {
    return Answers.of(editing.updateIntegration(call, in));
  }

  @Override
  public DeleteIntegrationResponse deleteIntegration(Call call, DeleteIntegrationRequest in) {
    editing.change(
        call,
        in.restApiId(),
        api ->
            api.change(
                in.resourceId(),
                in.httpMethod(),
                method -> {
                  method.needIntegration();
                  return method.with((ApiIntegration) null);
                }));
    return new DeleteIntegrationResponse();
  }

  @Override
  public IntegrationResponse putIntegrationResponse(Call call, PutIntegrationResponseRequest in) {
    return Answers.of(editing.putIntegrationResponse(call, in));
  }

  @Override
  public IntegrationResponse getIntegrationResponse(Call call, GetIntegrationResponseRequest in) {
    return Answers.of(
        present(
            method(call, in.restApiId(), in.resourceId(), in.httpMethod())
                .needIntegration()
                .responses()
                .get(String.valueOf(in.statusCode()))));
  }

  @Override
  public DeleteIntegrationResponseResponse deleteIntegrationResponse(
      Call call, DeleteIntegrationResponseRequest in) {
    editing.change(
        call,
        in.restApiId(),
        api ->
            api.change(
                in.resourceId(),
                in.httpMethod(),
                method ->
                    method.with(
                        method
                            .needIntegration()
                            .withoutResponse(String.valueOf(in.statusCode())))));
    return new DeleteIntegrationResponseResponse();
  }

  @Override
  public Deployment createDeployment(Call call, CreateDeploymentRequest in) {
    return Answers.of(publishing.createDeployment(call, in));
  }

  @Override
  public Deployment getDeployment(Call call, GetDeploymentRequest in) {
    ApiDeployment deployment =
        kv.read(
            reader -> {
              Api api = store.api(reader, call, in.restApiId());
              return store.deployment(reader, call, api.id(), in.deploymentId());
            });
    return in.embed().contains("apisummary")
        ? Answers.withSummary(deployment)
        : Answers.of(deployment);
  }

  @Override
  public Deployments getDeployments(Call call, GetDeploymentsRequest in) {
    List<ApiDeployment> all =
        kv.read(
            reader ->
                store.deployments(reader, call, store.api(reader, call, in.restApiId()).id()));
    Page<Deployment> page =
        Page.of(all.stream().map(Answers::of).toList(), in.position(), in.limit());
    return new Deployments().items(page.items()).position(page.next());
  }

  @Override
  public Deployment updateDeployment(Call call, UpdateDeploymentRequest in) {
    return Answers.of(publishing.updateDeployment(call, in));
  }

  @Override
  public DeleteDeploymentResponse deleteDeployment(Call call, DeleteDeploymentRequest in) {
    publishing.deleteDeployment(call, in.restApiId(), in.deploymentId());
    return new DeleteDeploymentResponse();
  }

  @Override
  public Stage createStage(Call call, CreateStageRequest in) {
    return Answers.of(publishing.createStage(call, in));
  }

  @Override
  public Stage getStage(Call call, GetStageRequest in) {
    return Answers.of(
        kv.<ApiStage>read(
            reader ->
                store.stage(
                    reader, call, store.api(reader, call, in.restApiId()).id(), in.stageName())));
  }

  @Override
  public Stages getStages(Call call, GetStagesRequest in) {
    List<ApiStage> all =
        kv.read(reader -> store.stages(reader, call, store.api(reader, call, in.restApiId()).id()));
    String deployment = in.deploymentId();
    return new Stages()
        .item(
            all.stream()
                .filter(stage -> deployment == null || stage.deploymentId().equals(deployment))
                .map(Answers::of)
                .toList());
  }

  @Override
  public Stage updateStage(Call call, UpdateStageRequest in) {
    return Answers.of(publishing.updateStage(call, in));
  }

  @Override
  public DeleteStageResponse deleteStage(Call call, DeleteStageRequest in) {
    publishing.deleteStage(call, in.restApiId(), in.stageName());
    return new DeleteStageResponse();
  }

  @Override
  public Account getAccount(Call call, GetAccountRequest in) {
    return answer(kv.read(reader -> store.account(reader, call)));
  }

  @Override
  public Account updateAccount(Call call, UpdateAccountRequest in) {
    return answer(publishing.updateAccount(call, in));
  }

  private static Account answer(ApiGatewayStore.AccountSetting setting) {
    String role = setting.cloudWatchRoleArn();
    return new Account()
        .cloudwatchRoleArn(role == null || role.isEmpty() ? null : role)
        .throttleSettings(new ThrottleSettings().burstLimit(5000).rateLimit(10_000.0))
        .features(List.of("UsagePlans"))
        .apiKeyVersion("4");
  }

  @Override
  public Tags getTags(Call call, GetTagsRequest in) {
    return new Tags().tags(publishing.tags(call, in.resourceArn()));
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    publishing.changeTags(call, in.resourceArn(), tags -> tags.putAll(in.tags()));
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    publishing.changeTags(call, in.resourceArn(), tags -> in.tagKeys().forEach(tags::remove));
    return new UntagResourceResponse();
  }

  private Api api(Call call, @Nullable String apiId) {
    return kv.read(reader -> store.api(reader, call, apiId));
  }

  private ApiMethod method(
      Call call, @Nullable String apiId, @Nullable String resourceId, @Nullable String verb) {
    return api(call, apiId).resource(resourceId).method(verb);
  }

  private static <T> T present(@Nullable T response) {
    if (response == null) {
      throw ApiGatewayErrors.noResponse();
    }
    return response;
  }

  /// One page of a list.
  ///
  /// @param next where the next one starts, null after the last
  record Page<T>(List<T> items, @Nullable String next) {
    static <T> Page<T> of(List<T> all, @Nullable String position, @Nullable Integer limit) {
      int from = 0;
      if (position != null) {
        if (!position.matches("\\d{1,9}")) {
          throw ApiGatewayErrors.invalid("Invalid position parameter");
        }
        from = Math.min(Integer.parseInt(position), all.size());
      }
      int size =
          limit == null || limit <= 0
              ? ApiGatewayLimits.PAGE_DEFAULT
              : Math.min(limit, ApiGatewayLimits.PAGE_MAX);
      int to = Math.min(from + size, all.size());
      return new Page<>(all.subList(from, to), to < all.size() ? Integer.toString(to) : null);
    }
  }
}

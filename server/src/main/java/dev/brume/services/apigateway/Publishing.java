package dev.brume.services.apigateway;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.apigateway.CreateDeploymentRequest;
import dev.brume.model.apigateway.CreateStageRequest;
import dev.brume.model.apigateway.UpdateAccountRequest;
import dev.brume.model.apigateway.UpdateDeploymentRequest;
import dev.brume.model.apigateway.UpdateStageRequest;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Deployments, stages, the account's settings, tags.
final class Publishing {
  private static final Pattern STAGE_NAME = Pattern.compile("[a-zA-Z0-9_-]{1,128}|\\$default");
  private static final Pattern ARN =
      Pattern.compile("arn:[a-z-]+:apigateway:[^:]*::/restapis/([^/]+)(?:/stages/([^/]+))?");

  private final Kv kv;
  private final ApiGatewayStore store;
  private final Ids ids;

  Publishing(Kv kv, ApiGatewayStore store, Ids ids) {
    this.kv = kv;
    this.store = store;
    this.ids = ids;
  }

  ApiDeployment createDeployment(Call call, CreateDeploymentRequest in) {
    refuse(in.canarySettings() != null, "canaries");
    refuse(Boolean.TRUE.equals(in.cacheClusterEnabled()), "caches of stages");
    refuse(Boolean.TRUE.equals(in.tracingEnabled()), "tracing of stages");
    String id = ids.lower(6);
    String stageName = in.stageName();
    return kv.tx(
        tx -> {
          Api api = store.api(tx, call, in.restApiId());
          checkDeployable(api);
          var deployment =
              new ApiDeployment(
                  id,
                  in.description(),
                  call.now().toEpochMilli(),
                  api.binaryMediaTypes(),
                  api.resources());
          store.put(tx, call, api.id(), deployment);
          if (stageName != null && !stageName.isEmpty()) {
            ApiStage old = store.findStage(tx, call, api.id(), stageName);
            store.put(
                tx,
                call,
                api.id(),
                old == null
                    ? stage(call, stageName, id, in.stageDescription(), in.variables(), Map.of())
                    : old.withDeployment(id, call.now().toEpochMilli()));
          }
          return deployment;
        });
  }

  private static void checkDeployable(Api api) {
    boolean any = false;
    for (ApiResource resource : api.resources().values()) {
      for (ApiMethod method : resource.methods().values()) {
        any = true;
        if (method.integration() == null) {
          throw ApiGatewayErrors.methodWithoutIntegration();
        }
      }
    }
    if (!any) {
      throw ApiGatewayErrors.noMethods();
    }
  }

  private static ApiStage stage(
      Call call,
      String name,
      String deploymentId,
      @Nullable String description,
      Map<String, String> variables,
      Map<String, String> tags) {
    if (!STAGE_NAME.matcher(name).matches()) {
      throw ApiGatewayErrors.invalid(
          "Stage name only allows a-zA-Z0-9_- and the maximum length is 128");
    }
    long now = call.now().toEpochMilli();
    return new ApiStage(name, deploymentId, description, variables, tags, now, now);
  }

  private static void refuse(boolean asked, String what) {
    if (asked) {
      throw ApiGatewayErrors.notThere(what);
    }
  }

  ApiDeployment updateDeployment(Call call, UpdateDeploymentRequest in) {
    return kv.tx(
        tx -> {
          Api api = store.api(tx, call, in.restApiId());
          ApiDeployment old = store.deployment(tx, call, api.id(), in.deploymentId());
          Map<String, String> values = new LinkedHashMap<>();
          Patch.put(values, "/description", old.description());
          var patch = new Patch(values, Set.of("/description"), Set.of());
          patch.apply(in.patchOperations());
          var changed =
              new ApiDeployment(
                  old.id(),
                  patch.get("/description"),
                  old.createdMillis(),
                  old.binaryMediaTypes(),
                  old.resources());
          store.put(tx, call, api.id(), changed);
          return changed;
        });
  }

  void deleteDeployment(Call call, @Nullable String apiId, @Nullable String deploymentId) {
    kv.tx(
        tx -> {
          Api api = store.api(tx, call, apiId);
          ApiDeployment deployment = store.deployment(tx, call, api.id(), deploymentId);
          for (ApiStage stage : store.stages(tx, call, api.id())) {
            if (stage.deploymentId().equals(deployment.id())) {
              throw ApiGatewayErrors.deploymentInUse();
            }
          }
          store.deleteDeployment(tx, call, api.id(), deployment.id());
          return null;
        });
  }

  ApiStage createStage(Call call, CreateStageRequest in) {
    refuse(in.canarySettings() != null, "canaries");
    refuse(Boolean.TRUE.equals(in.cacheClusterEnabled()), "caches of stages");
    refuse(Boolean.TRUE.equals(in.tracingEnabled()), "tracing of stages");
    return kv.tx(
        tx -> {
          Api api = store.api(tx, call, in.restApiId());
          ApiDeployment deployment = store.deployment(tx, call, api.id(), in.deploymentId());
          String name = String.valueOf(in.stageName());
          if (store.findStage(tx, call, api.id(), name) != null) {
            throw ApiGatewayErrors.sameStage();
          }
          if (store.stages(tx, call, api.id()).size() >= ApiGatewayLimits.STAGES_PER_API_MAX) {
            throw ApiGatewayErrors.tooMany("stages");
          }
          ApiStage stage =
              stage(call, name, deployment.id(), in.description(), in.variables(), in.tags());
          store.put(tx, call, api.id(), stage);
          return stage;
        });
  }

  ApiStage updateStage(Call call, UpdateStageRequest in) {
    return kv.tx(
        tx -> {
          Api api = store.api(tx, call, in.restApiId());
          ApiStage old = store.stage(tx, call, api.id(), in.stageName());
          Map<String, String> values = new LinkedHashMap<>();
          Patch.put(values, "/deploymentId", old.deploymentId());
          Patch.put(values, "/description", old.description());
          Patch.put(values, "/variables", old.variables());
          var patch =
              new Patch(values, Set.of("/deploymentId", "/description"), Set.of("/variables"));
          patch.apply(in.patchOperations());
          ApiDeployment deployment =
              store.deployment(tx, call, api.id(), patch.get("/deploymentId"));
          var changed =
              new ApiStage(
                  old.name(),
                  deployment.id(),
                  patch.get("/description"),
                  patch.map("/variables"),
                  old.tags(),
                  old.createdMillis(),
                  call.now().toEpochMilli());
          store.put(tx, call, api.id(), changed);
          return changed;
        });
  }

  void deleteStage(Call call, @Nullable String apiId, @Nullable String name) {
    kv.tx(
        tx -> {
          Api api = store.api(tx, call, apiId);
          store.deleteStage(tx, call, api.id(), store.stage(tx, call, api.id(), name).name());
          return null;
        });
  }

  ApiGatewayStore.AccountSetting updateAccount(Call call, UpdateAccountRequest in) {
    return kv.tx(
        tx -> {
          Map<String, String> values = new LinkedHashMap<>();
          Patch.put(values, "/cloudwatchRoleArn", store.account(tx, call).cloudWatchRoleArn());
          var patch = new Patch(values, Set.of("/cloudwatchRoleArn"), Set.of());
          patch.apply(in.patchOperations());
          var setting = new ApiGatewayStore.AccountSetting(patch.get("/cloudwatchRoleArn"));
          store.put(tx, call, setting);
          return setting;
        });
  }

  Map<String, String> tags(Call call, @Nullable String arn) {
    Matcher parts = parse(arn);
    String stage = parts.group(2);
    return kv.read(
        reader -> {
          Api api = store.api(reader, call, parts.group(1));
          return stage == null ? api.tags() : store.stage(reader, call, api.id(), stage).tags();
        });
  }

  void changeTags(Call call, @Nullable String arn, Consumer<Map<String, String>> change) {
    Matcher parts = parse(arn);
    kv.tx(
        tx -> {
          changeTags(tx, call, parts.group(1), parts.group(2), change);
          return null;
        });
  }

  private void changeTags(
      Tx tx,
      Call call,
      String apiId,
      @Nullable String stageName,
      Consumer<Map<String, String>> change) {
    Api api = store.api(tx, call, apiId);
    if (stageName == null) {
      Map<String, String> tags = new LinkedHashMap<>(api.tags());
      change.accept(tags);
      store.put(tx, call, api.withTags(tags));
      return;
    }
    ApiStage stage = store.stage(tx, call, apiId, stageName);
    Map<String, String> tags = new LinkedHashMap<>(stage.tags());
    change.accept(tags);
    store.put(tx, call, apiId, stage.withTags(tags));
  }

  private static Matcher parse(@Nullable String arn) {
    Matcher parts = ARN.matcher(String.valueOf(arn));
    if (!parts.matches()) {
      throw ApiGatewayErrors.invalid("Invalid resource ARN: " + arn);
    }
    return parts;
  }
}

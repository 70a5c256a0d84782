package dev.brume.services.apigateway;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The rows of APIs, deployments and stages, and what invocations look up, kept in memory.
final class ApiGatewayStore {
  private static final Row<Api> API = Row.of(Api.class);
  private static final Row<ApiDeployment> DEPLOYMENT = Row.of(ApiDeployment.class);
  private static final Row<ApiStage> STAGE = Row.of(ApiStage.class);
  private static final Row<Owner> OWNER = Row.of(Owner.class);
  private static final Row<AccountSetting> ACCOUNT = Row.of(AccountSetting.class);

  private final Kv kv;
  private final Map<String, Served> served = new ConcurrentHashMap<>();

  ApiGatewayStore(Kv kv) {
    this.kv = kv;
  }

  /// Whose API an id is.
  record Owner(String account, String region) {}

  record AccountSetting(@Nullable String cloudWatchRoleArn) {}

  /// What is invoked: a stage and its deployment.
  record Served(Owner owner, Api api, ApiStage stage, ApiDeployment deployment, Routes routes) {}

  private static Key key(String account, String region, Object... rest) {
    return Key.of("apigateway", account, region).then(rest);
  }

  private static Key key(Call call, Object... rest) {
    return key(call.account(), call.region(), rest);
  }

  Api api(Reader reader, Call call, @Nullable String apiId) {
    byte[] row = reader.get(key(call, "api", String.valueOf(apiId)));
    if (row == null) {
      throw ApiGatewayErrors.noApi(call.account(), String.valueOf(apiId));
    }
    return API.read(row);
  }

  List<Api> apis(Reader reader, Call call) {
    var found = new ArrayList<Api>();
    reader.scan(
        key(call, "api"),
        (key, value) -> {
          found.add(API.read(value));
          return true;
        });
    return found;
  }

  void put(Tx tx, Call call, Api api) {
    tx.put(key(call, "api", api.id()), API.write(api));
    tx.put(ownerKey(api.id()), OWNER.write(new Owner(call.account(), call.region())));
    changed(tx, api.id());
  }

  void deleteApi(Tx tx, Call call, Api api) {
    tx.delete(key(call, "api", api.id()));
    tx.delete(ownerKey(api.id()));
    for (ApiStage stage : stages(tx, call, api.id())) {
      tx.delete(key(call, "stage", api.id(), stage.name()));
    }
    for (ApiDeployment deployment : deployments(tx, call, api.id())) {
      tx.delete(key(call, "deployment", api.id(), deployment.id()));
    }
    changed(tx, api.id());
  }

  ApiDeployment deployment(Reader reader, Call call, String apiId, @Nullable String id) {
    byte[] row = reader.get(key(call, "deployment", apiId, String.valueOf(id)));
    if (row == null) {
      throw ApiGatewayErrors.noDeployment();
    }
    return DEPLOYMENT.read(row);
  }

  List<ApiDeployment> deployments(Reader reader, Call call, String apiId) {
    var found = new ArrayList<ApiDeployment>();
    reader.scan(
        key(call, "deployment", apiId),
        (key, value) -> {
          found.add(DEPLOYMENT.read(value));
          return true;
        });
    return found;
  }

  void put(Tx tx, Call call, String apiId, ApiDeployment deployment) {
    tx.put(key(call, "deployment", apiId, deployment.id()), DEPLOYMENT.write(deployment));
    changed(tx, apiId);
  }

  void deleteDeployment(Tx tx, Call call, String apiId, String id) {
    tx.delete(key(call, "deployment", apiId, id));
  }

  @Nullable ApiStage findStage(Reader reader, Call call, String apiId, @Nullable String name) {
    byte[] row = reader.get(key(call, "stage", apiId, String.valueOf(name)));
    return row == null ? null : STAGE.read(row);
  }

  ApiStage stage(Reader reader, Call call, String apiId, @Nullable String name) {
    ApiStage stage = findStage(reader, call, apiId, name);
    if (stage == null) {
      throw ApiGatewayErrors.noStage();
    }
    return stage;
  }

  List<ApiStage> stages(Reader reader, Call call, String apiId) {
    var found = new ArrayList<ApiStage>();
    reader.scan(
        key(call, "stage", apiId),
        (key, value) -> {
          found.add(STAGE.read(value));
          return true;
        });
    return found;
  }

  void put(Tx tx, Call call, String apiId, ApiStage stage) {
    tx.put(key(call, "stage", apiId, stage.name()), STAGE.write(stage));
    changed(tx, apiId);
  }

  void deleteStage(Tx tx, Call call, String apiId, String name) {
    tx.delete(key(call, "stage", apiId, name));
    changed(tx, apiId);
  }

  AccountSetting account(Reader reader, Call call) {
    byte[] row = reader.get(key(call, "account"));
    return row == null ? new AccountSetting(null) : ACCOUNT.read(row);
  }

  void put(Tx tx, Call call, AccountSetting setting) {
    tx.put(key(call, "account"), ACCOUNT.write(setting));
  }

  /// What a stage serves; null when there is no such API or stage.
  @Nullable Served served(String apiId, String stageName) {
    String name = apiId + "/" + stageName;
    Served known = served.get(name);
    if (known != null) {
      return known;
    }
    // Read and remembered under the map's lock, so that a change in between is not missed.
    return served.computeIfAbsent(
        name, absent -> kv.read(reader -> load(reader, apiId, stageName)));
  }

  private static @Nullable Served load(Reader reader, String apiId, String stageName) {
    byte[] ownerRow = reader.get(ownerKey(apiId));
    if (ownerRow == null) {
      return null;
    }
    Owner owner = OWNER.read(ownerRow);
    byte[] apiRow = reader.get(key(owner.account(), owner.region(), "api", apiId));
    byte[] stageRow = reader.get(key(owner.account(), owner.region(), "stage", apiId, stageName));
    if (apiRow == null || stageRow == null) {
      return null;
    }
    ApiStage stage = STAGE.read(stageRow);
    byte[] deploymentRow =
        reader.get(key(owner.account(), owner.region(), "deployment", apiId, stage.deploymentId()));
    if (deploymentRow == null) {
      return null;
    }
    ApiDeployment deployment = DEPLOYMENT.read(deploymentRow);
    return new Served(
        owner, API.read(apiRow), stage, deployment, Routes.of(deployment.resources()));
  }

  private void changed(Tx tx, String apiId) {
    tx.afterCommit(() -> served.keySet().removeIf(name -> name.startsWith(apiId + "/")));
  }

  private static Key ownerKey(String apiId) {
    return Key.of("apigateway", "owner", apiId);
  }
}

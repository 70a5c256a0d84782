package dev.brume.services.lambda;

import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// Lambda's rows.
final class LambdaStore {
  private static final String SERVICE = "lambda";

  /// What all versions of a function share.
  ///
  /// @param lastVersion the number of the newest published version, 0 for none
  /// @param reservedConcurrency null when not reserved
  /// @param signingConfigArn its code signing configuration, null for none
  /// @param recursiveLoop `Allow`; null for `Terminate`
  record FunctionRow(
      String name,
      long lastVersion,
      Map<String, String> tags,
      @Nullable Integer reservedConcurrency,
      @Nullable String signingConfigArn,
      @Nullable String recursiveLoop,
      long createdMillis) {
    FunctionRow published(long number) {
      return new FunctionRow(
          name, number, tags, reservedConcurrency, signingConfigArn, recursiveLoop, createdMillis);
    }

    FunctionRow tagged(Map<String, String> other) {
      return new FunctionRow(
          name,
          lastVersion,
          other,
          reservedConcurrency,
          signingConfigArn,
          recursiveLoop,
          createdMillis);
    }

    FunctionRow reserving(@Nullable Integer executions) {
      return new FunctionRow(
          name, lastVersion, tags, executions, signingConfigArn, recursiveLoop, createdMillis);
    }

    FunctionRow signed(@Nullable String arn) {
      return new FunctionRow(
          name, lastVersion, tags, reservedConcurrency, arn, recursiveLoop, createdMillis);
    }

    FunctionRow looping(@Nullable String loop) {
      return new FunctionRow(
          name, lastVersion, tags, reservedConcurrency, signingConfigArn, loop, createdMillis);
    }
  }

  /// @param weights of other versions, by version
  record AliasRow(
      String name,
      String version,
      String description,
      Map<String, Double> weights,
      String revisionId) {}

  /// One statement of a resource policy, as AddPermission gave it.
  ///
  /// @param viaUrl the action is allowed only when a function URL does it
  record Statement(
      String id,
      String action,
      String principal,
      @Nullable String sourceArn,
      @Nullable String sourceAccount,
      @Nullable String eventSourceToken,
      @Nullable String organization,
      @Nullable String urlAuthType,
      @Nullable Boolean viaUrl) {}

  record PolicyRow(List<Statement> statements, String revisionId) {}

  /// @param onSuccess destination's ARN
  record InvokeConfigRow(
      @Nullable Integer retries,
      @Nullable Integer ageSeconds,
      @Nullable String onSuccess,
      @Nullable String onFailure,
      long modifiedMillis) {}

  /// A code signing configuration.
  ///
  /// @param policy `Warn` or `Enforce`
  record SigningRow(
      String arn,
      String description,
      List<String> publishers,
      String policy,
      Map<String, String> tags,
      long modifiedMillis) {
    SigningRow tagged(Map<String, String> other) {
      return new SigningRow(arn, description, publishers, policy, other, modifiedMillis);
    }
  }

  /// What a version or alias has provisioned.
  record ProvisionedRow(
      String functionName, String qualifier, int executions, long modifiedMillis) {}

  /// A version with SnapStart that is not active.
  ///
  /// @param state `Pending` or `Failed`
  record SnapshotRow(String state, String reasonCode, String reason) {}

  /// An event source mapping.
  ///
  /// @param filters patterns, in Base64 when they are encrypted
  /// @param pollersMin of the provisioned mode, null without it
  /// @param kmsKeyArn what the filters are encrypted with, null when they are not
  record MappingRow(
      String uuid,
      String sourceArn,
      String functionName,
      @Nullable String qualifier,
      boolean enabled,
      int batchSize,
      int windowSeconds,
      List<String> filters,
      List<String> responseTypes,
      @Nullable Integer concurrencyMax,
      @Nullable Integer pollersMin,
      @Nullable Integer pollersMax,
      @Nullable String kmsKeyArn,
      Map<String, String> tags,
      long modifiedMillis) {
    MappingRow tagged(Map<String, String> other) {
      return new MappingRow(
          uuid,
          sourceArn,
          functionName,
          qualifier,
          enabled,
          batchSize,
          windowSeconds,
          filters,
          responseTypes,
          concurrencyMax,
          pollersMin,
          pollersMax,
          kmsKeyArn,
          other,
          modifiedMillis);
    }
  }

  /// A function URL.
  ///
  /// @param qualifier an alias, null for the function itself
  /// @param cors null when not configured
  /// @param invokeMode null when it was not given: BUFFERED
  record UrlRow(
      String id,
      String functionName,
      @Nullable String qualifier,
      String authType,
      @Nullable UrlCors cors,
      @Nullable String invokeMode,
      long createdMillis,
      long modifiedMillis) {}

  /// Whose function a URL's id leads to.
  record UrlOwner(String account, String region, String functionName, @Nullable String qualifier) {
    FunctionName name() {
      return new FunctionName(account, region, functionName, qualifier);
    }
  }

  record LayerRow(
      String name,
      long version,
      String description,
      String hash,
      long sizeBytes,
      String sha256,
      List<String> runtimes,
      List<String> architectures,
      @Nullable String license,
      long createdMillis) {}

  static final Row<FunctionRow> FUNCTION = Row.of(FunctionRow.class);
  static final Row<Configuration> CONFIGURATION = Row.of(Configuration.class);
  static final Row<AliasRow> ALIAS = Row.of(AliasRow.class);
  static final Row<PolicyRow> POLICY = Row.of(PolicyRow.class);
  static final Row<InvokeConfigRow> INVOKE_CONFIG = Row.of(InvokeConfigRow.class);
  static final Row<MappingRow> MAPPING = Row.of(MappingRow.class);
  static final Row<ProvisionedRow> PROVISIONED = Row.of(ProvisionedRow.class);
  static final Row<SnapshotRow> SNAPSHOT = Row.of(SnapshotRow.class);
  static final Row<SigningRow> SIGNING = Row.of(SigningRow.class);
  static final Row<UrlRow> URL = Row.of(UrlRow.class);
  static final Row<UrlOwner> URL_OWNER = Row.of(UrlOwner.class);
  static final Row<LayerRow> LAYER = Row.of(LayerRow.class);

  private LambdaStore() {}

  static Key functions(String account, String region) {
    return Key.of(SERVICE, account, region, "function");
  }

  static Key function(FunctionName name) {
    return functions(name.account(), name.region()).then(name.name());
  }

  /// `$LATEST` sorts first, as number 0.
  static Key version(FunctionName name, String version) {
    long number = version.equals(Configuration.LATEST) ? 0 : Long.parseLong(version);
    return versions(name).then(number);
  }

  static Key versions(FunctionName name) {
    return Key.of(SERVICE, name.account(), name.region(), "version", name.name());
  }

  static Key aliases(FunctionName name) {
    return Key.of(SERVICE, name.account(), name.region(), "alias", name.name());
  }

  static Key alias(FunctionName name, String alias) {
    return aliases(name).then(alias);
  }

  static Key policies(FunctionName name) {
    return Key.of(SERVICE, name.account(), name.region(), "policy", name.name());
  }

  static Key policy(FunctionName name, @Nullable String qualifier) {
    return policies(name).then(qualifier == null ? "" : qualifier);
  }

  static Key invokeConfigs(FunctionName name) {
    return Key.of(SERVICE, name.account(), name.region(), "invokeconfig", name.name());
  }

  static Key invokeConfig(FunctionName name) {
    String qualifier = name.qualifier();
    return invokeConfigs(name).then(qualifier == null ? Configuration.LATEST : qualifier);
  }

  static Key provisioned(String account, String region) {
    return Key.of(SERVICE, account, region, "provisioned");
  }

  static Key provisioned(FunctionName name) {
    return provisioned(name.account(), name.region()).then(name.name());
  }

  static Key provisioned(FunctionName name, String qualifier) {
    return provisioned(name).then(qualifier);
  }

  static Key snapshots(FunctionName name) {
    return Key.of(SERVICE, name.account(), name.region(), "snapshot", name.name());
  }

  static Key snapshot(FunctionName version) {
    return snapshots(version).then(String.valueOf(version.qualifier()));
  }

  static Key signings(String account, String region) {
    return Key.of(SERVICE, account, region, "signing");
  }

  static Key signing(String arn) {
    String[] parts = arn.split(":");
    return signings(parts[4], parts[3]).then(parts[6]);
  }

  static Key urls(FunctionName name) {
    return Key.of(SERVICE, name.account(), name.region(), "url", name.name());
  }

  static Key url(FunctionName name) {
    String qualifier = name.qualifier();
    return urls(name).then(qualifier == null ? "" : qualifier);
  }

  static Key urlOwner(String id) {
    return Key.of(SERVICE, "url", id);
  }

  /// Goes through the rows of a kind of all accounts, with the elements of their keys.
  ///
  /// @param elements of a key of that kind
  static void each(Kv kv, String kind, int elements, BiConsumer<List<Object>, byte[]> row) {
    kv.read(
        reader -> {
          reader.scan(
              Key.of(SERVICE),
              (key, value) -> {
                List<Object> parts = key.elements();
                if (parts.size() == elements && parts.get(3).equals(kind)) {
                  row.accept(parts, value);
                }
                return true;
              });
          return 0;
        });
  }

  static Key mappings(String account, String region) {
    return Key.of(SERVICE, account, region, "mapping");
  }

  static Key mapping(String account, String region, String uuid) {
    return mappings(account, region).then(uuid);
  }

  static Key layers(String account, String region) {
    return Key.of(SERVICE, account, region, "layer");
  }

  static Key layer(String account, String region, String name) {
    return layers(account, region).then(name);
  }

  static Key layer(LayerName name) {
    return layer(name.account(), name.region(), name.name());
  }

  static Key layer(LayerName.Version layer) {
    return layer(layer.layer()).then(layer.number());
  }

  static Key layerPolicy(LayerName.Version layer) {
    LayerName name = layer.layer();
    return Key.of(SERVICE, name.account(), name.region(), "layerpolicy", name.name())
        .then(layer.number());
  }

  static Key layerCounter(String account, String region, String name) {
    return Key.of(SERVICE, account, region, "layernumber", name);
  }

  static <T> @Nullable T get(Reader reader, Key key, Row<T> row) {
    byte[] bytes = reader.get(key);
    return bytes == null ? null : row.read(bytes);
  }

  static <T> List<T> all(Reader reader, Key prefix, Row<T> row) {
    var all = new ArrayList<T>();
    reader.scan(
        prefix,
        (key, value) -> {
          all.add(row.read(value));
          return true;
        });
    return all;
  }

  static void deleteAll(Tx tx, Key prefix) {
    var keys = new ArrayList<Key>();
    tx.scan(
        prefix,
        (key, value) -> {
          keys.add(key);
          return true;
        });
    keys.forEach(tx::delete);
  }
}

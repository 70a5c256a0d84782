package dev.brume.services.lambda;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.AliasRow;
import dev.brume.services.lambda.LambdaStore.FunctionRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What is set on functions besides their versions: aliases, tags, concurrency, asynchronous
/// invocation.
final class Options {
  private final Kv kv;
  private final Ids ids;
  private final Catalog catalog;
  private final Executions executions;

  Options(Kv kv, Ids ids, Catalog catalog, Executions executions) {
    this.kv = kv;
    this.ids = ids;
    this.catalog = catalog;
    this.executions = executions;
  }

  AliasConfiguration createAlias(Call call, CreateAliasRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    String revision = ids.uuid();
    AliasRow row =
        kv.tx(
            tx -> {
              Catalog.row(tx, name);
              checkVersion(tx, name, in.functionVersion());
              if (tx.get(LambdaStore.alias(name, in.name())) != null) {
                throw LambdaErrors.aliasExists(name.functionArn() + ":" + in.name());
              }
              var alias =
                  new AliasRow(
                      in.name(),
                      in.functionVersion(),
                      in.description() == null ? "" : in.description(),
                      weights(tx, name, in.functionVersion(), in.routingConfig()),
                      revision);
              tx.put(LambdaStore.alias(name, in.name()), LambdaStore.ALIAS.write(alias));
              catalog.forget(tx, name);
              return alias;
            });
    return Shapes.alias(name, row);
  }

  AliasConfiguration updateAlias(Call call, UpdateAliasRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    String revision = ids.uuid();
    AliasRow row =
        kv.tx(
            tx -> {
              AliasRow old = alias(tx, name, in.name());
              String given = in.revisionId();
              if (given != null && !given.equals(old.revisionId())) {
                throw LambdaErrors.revision();
              }
              String version = in.functionVersion() == null ? old.version() : in.functionVersion();
              checkVersion(tx, name, version);
              ProvisionedConcurrency.checkMove(tx, name.at(in.name()), version);
              var alias =
                  new AliasRow(
                      old.name(),
                      version,
                      in.description() == null ? old.description() : in.description(),
                      in.routingConfig() == null
                          ? old.weights()
                          : weights(tx, name, version, in.routingConfig()),
                      revision);
              tx.put(LambdaStore.alias(name, in.name()), LambdaStore.ALIAS.write(alias));
              catalog.forget(tx, name);
              return alias;
            });
    return Shapes.alias(name, row);
  }

  AliasConfiguration getAlias(Call call, GetAliasRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    return Shapes.alias(name, kv.read(reader -> alias(reader, name, in.name())));
  }

  ListAliasesResponse listAliases(Call call, ListAliasesRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    String version = in.functionVersion();
    List<AliasConfiguration> all =
        kv.read(
            reader -> {
              Catalog.row(reader, name);
              return LambdaStore.all(reader, LambdaStore.aliases(name), LambdaStore.ALIAS).stream()
                  .filter(row -> version == null || row.version().equals(version))
                  .map(row -> Shapes.alias(name, row))
                  .toList();
            });
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListAliasesResponse().aliases(page.items()).nextMarker(page.next());
  }

  void deleteAlias(Call call, DeleteAliasRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    kv.tx(
        tx -> {
          Catalog.row(tx, name);
          tx.delete(LambdaStore.alias(name, in.name()));
          tx.delete(LambdaStore.policy(name, in.name()));
          tx.delete(LambdaStore.provisioned(name, in.name()));
          executions.changed(tx, name);
          FunctionUrls.delete(tx, name.qualified(in.name()));
          catalog.forget(tx, name);
          return 0;
        });
  }

  Concurrency putConcurrency(Call call, PutFunctionConcurrencyRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    int wanted = in.reservedConcurrentExecutions();
    kv.tx(
        tx -> {
          int others = Executions.setAside(tx, name.account(), name.region(), name.name());
          int left = LambdaLimits.CONCURRENT_EXECUTIONS - others - wanted;
          if (left < LambdaLimits.UNRESERVED_CONCURRENCY_MIN) {
            throw LambdaErrors.invalid(
                "Specified ReservedConcurrentExecutions for function decreases account's"
                    + " UnreservedConcurrentExecution below its minimum value of ["
                    + LambdaLimits.UNRESERVED_CONCURRENCY_MIN
                    + "].");
          }
          int provisioned = ProvisionedConcurrency.total(tx, name);
          if (wanted < provisioned) {
            throw LambdaErrors.invalid(
                "Specified ReservedConcurrentExecutions for function should not be lower than"
                    + " function's total provisioned concurrency ["
                    + provisioned
                    + "].");
          }
          save(tx, name, Catalog.row(tx, name).reserving(wanted));
          executions.changed(tx, name);
          return 0;
        });
    return new Concurrency().reservedConcurrentExecutions(wanted);
  }

  void deleteConcurrency(Call call, DeleteFunctionConcurrencyRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    kv.tx(
        tx -> {
          save(tx, name, Catalog.row(tx, name).reserving(null));
          executions.changed(tx, name);
          return 0;
        });
  }

  GetFunctionConcurrencyResponse getConcurrency(Call call, GetFunctionConcurrencyRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    return new GetFunctionConcurrencyResponse()
        .reservedConcurrentExecutions(
            kv.read(reader -> Catalog.row(reader, name)).reservedConcurrency());
  }

  PutFunctionRecursionConfigResponse putRecursion(Call call, PutFunctionRecursionConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    boolean allow = in.recursiveLoop().equals("Allow");
    kv.tx(
        tx -> {
          save(tx, name, Catalog.row(tx, name).looping(allow ? in.recursiveLoop() : null));
          return 0;
        });
    return new PutFunctionRecursionConfigResponse().recursiveLoop(in.recursiveLoop());
  }

  GetFunctionRecursionConfigResponse getRecursion(Call call, GetFunctionRecursionConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    String loop = kv.read(reader -> Catalog.row(reader, name)).recursiveLoop();
    return new GetFunctionRecursionConfigResponse()
        .recursiveLoop(loop == null ? "Terminate" : loop);
  }

  GetAccountSettingsResponse accountSettings(Call call) {
    return kv.read(
        reader -> {
          var rows =
              LambdaStore.all(
                  reader,
                  LambdaStore.functions(call.account(), call.region()),
                  LambdaStore.FUNCTION);
          long bytes = 0;
          for (FunctionRow row : rows) {
            FunctionName name = FunctionName.of(call, row.name(), null);
            bytes +=
                LambdaStore.all(reader, LambdaStore.versions(name), LambdaStore.CONFIGURATION)
                    .stream()
                    .mapToLong(version -> version.code().sizeBytes())
                    .sum();
          }
          int setAside = Executions.setAside(reader, call.account(), call.region(), null);
          return new GetAccountSettingsResponse()
              .accountLimit(
                  new AccountLimit()
                      .totalCodeSize(LambdaLimits.CODE_BYTES_MAX)
                      .codeSizeUnzipped(LambdaLimits.UNPACKED_BYTES_MAX)
                      .codeSizeZipped(LambdaLimits.ZIP_BYTES_MAX)
                      .concurrentExecutions(LambdaLimits.CONCURRENT_EXECUTIONS)
                      .unreservedConcurrentExecutions(
                          LambdaLimits.CONCURRENT_EXECUTIONS - setAside))
              .accountUsage(
                  new AccountUsage().totalCodeSize(bytes).functionCount((long) rows.size()));
        });
  }

  ListTagsResponse tags(FunctionName name) {
    return new ListTagsResponse()
        .tags(new TreeMap<>(kv.read(reader -> Catalog.row(reader, name)).tags()));
  }

  void tag(FunctionName name, Map<String, String> added, List<String> removed) {
    kv.tx(
        tx -> {
          FunctionRow row = Catalog.row(tx, name);
          Map<String, String> tags = new TreeMap<>(row.tags());
          tags.putAll(added);
          removed.forEach(tags::remove);
          save(tx, name, row.tagged(tags));
          return 0;
        });
  }

  private void save(dev.brume.store.Tx tx, FunctionName name, FunctionRow row) {
    tx.put(LambdaStore.function(name), LambdaStore.FUNCTION.write(row));
    catalog.forget(tx, name);
  }

  private static AliasRow alias(Reader reader, FunctionName name, String alias) {
    Catalog.row(reader, name);
    AliasRow row = LambdaStore.get(reader, LambdaStore.alias(name, alias), LambdaStore.ALIAS);
    if (row == null) {
      throw LambdaErrors.aliasNotFound(name.functionArn() + ":" + alias);
    }
    return row;
  }

  private static void checkVersion(Reader reader, FunctionName name, String version) {
    boolean form =
        version.equals(Configuration.LATEST) || version.chars().allMatch(Character::isDigit);
    if (!form || reader.get(LambdaStore.version(name, version)) == null) {
      throw LambdaErrors.functionNotFound(name.functionArn() + ":" + version);
    }
  }

  private static Map<String, Double> weights(
      Reader reader,
      FunctionName name,
      String version,
      @Nullable AliasRoutingConfiguration routing) {
    if (routing == null || routing.additionalVersionWeights().isEmpty()) {
      return Map.of();
    }
    Map<String, Double> weights = routing.additionalVersionWeights();
    if (version.equals(Configuration.LATEST)) {
      throw LambdaErrors.invalid(
          "$LATEST is not supported for an alias pointing to more than 1 version");
    }
    for (String other : weights.keySet()) {
      if (other.equals(version)) {
        throw LambdaErrors.invalid(
            "Invalid function version "
                + other
                + ". Function version "
                + other
                + " is already included in routing configuration.");
      }
      checkVersion(reader, name, other);
    }
    return new TreeMap<>(weights);
  }
}

package dev.brume.services.lambda;

import dev.brume.functions.ProvisionedStatus;
import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import dev.brume.services.lambda.LambdaStore.AliasRow;
import dev.brume.services.lambda.LambdaStore.FunctionRow;
import dev.brume.services.lambda.LambdaStore.ProvisionedRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Provisioned concurrency of versions and aliases: what is asked for is kept here, ordered from
/// the pool, and ordered again when the server starts and when an alias moves to another version.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html>
final class ProvisionedConcurrency {
  private static final String INIT_FAILURE = "FUNCTION_ERROR_INIT_FAILURE";
  private final Kv kv;
  private final Invoker invoker;
  private final Executions executions;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<String, Map<String, Integer>> ordered = new HashMap<>();

  ProvisionedConcurrency(Kv kv, Invoker invoker, Executions executions) {
    this.kv = kv;
    this.invoker = invoker;
    this.executions = executions;
  }

  /// Orders what was asked for before the server started.
  void start() {
    Set<FunctionName> functions = new HashSet<>();
    LambdaStore.each(
        kv,
        "provisioned",
        6,
        (parts, value) ->
            functions.add(
                new FunctionName(
                    (String) parts.get(1), (String) parts.get(2), (String) parts.get(4), null)));
    functions.forEach(this::order);
  }

  PutProvisionedConcurrencyConfigResponse put(
      Call call, PutProvisionedConcurrencyConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    if (name.latest()) {
      throw LambdaErrors.notProvisionable();
    }
    int wanted = in.provisionedConcurrentExecutions();
    long now = call.now().toEpochMilli();
    kv.tx(
        tx -> {
          FunctionRow function = Catalog.row(tx, name);
          checkTarget(tx, name);
          checkLimits(tx, name, function, wanted);
          String qualifier = String.valueOf(name.qualifier());
          var row = new ProvisionedRow(name.name(), qualifier, wanted, now);
          tx.put(LambdaStore.provisioned(name, qualifier), LambdaStore.PROVISIONED.write(row));
          executions.changed(tx, name);
          return 0;
        });
    order(name);
    return new PutProvisionedConcurrencyConfigResponse()
        .requestedProvisionedConcurrentExecutions(wanted)
        .availableProvisionedConcurrentExecutions(0)
        .allocatedProvisionedConcurrentExecutions(0)
        .status("IN_PROGRESS")
        .lastModified(Shapes.time(now));
  }

  // A version is provisioned by itself or by an alias, not by both.
  private static void checkTarget(Reader reader, FunctionName name) {
    exists(reader, name);
    if (name.numbered()) {
      SnapStarts.checkNotProvisioned(reader, name);
      for (AliasRow alias : LambdaStore.all(reader, LambdaStore.aliases(name), LambdaStore.ALIAS)) {
        boolean points = alias.version().equals(name.qualifier());
        if (points && reader.get(LambdaStore.provisioned(name, alias.name())) != null) {
          throw LambdaErrors.provisionedByAlias();
        }
      }
      return;
    }
    AliasRow alias = alias(reader, name);
    if (alias.version().equals(Configuration.LATEST)) {
      throw LambdaErrors.notProvisionable();
    }
    SnapStarts.checkNotProvisioned(reader, name.at(alias.version()));
    if (!alias.weights().isEmpty()) {
      throw LambdaErrors.invalid("Invalid alias configuration for Provisioned Concurrency");
    }
    if (reader.get(LambdaStore.provisioned(name, alias.version())) != null) {
      throw LambdaErrors.provisionedVersion();
    }
  }

  /// Throws when an alias has provisioned concurrency that it cannot take along to a version.
  static void checkMove(Reader reader, FunctionName alias, String version) {
    if (reader.get(LambdaStore.provisioned(alias, String.valueOf(alias.qualifier()))) == null) {
      return;
    }
    if (version.equals(Configuration.LATEST)) {
      throw LambdaErrors.notProvisionable();
    }
    SnapStarts.checkNotProvisioned(reader, alias.at(version));
    if (reader.get(LambdaStore.provisioned(alias, version)) != null) {
      throw LambdaErrors.provisionedVersion();
    }
  }

  private static void checkLimits(
      Reader reader, FunctionName name, FunctionRow function, int wanted) {
    int all = wanted;
    for (ProvisionedRow row : rows(reader, name)) {
      all += row.qualifier().equals(name.qualifier()) ? 0 : row.executions();
    }
    Integer reserved = function.reservedConcurrency();
    if (reserved != null) {
      if (all > reserved) {
        throw LambdaErrors.invalid(
            "Requested Provisioned Concurrency should not be greater than the"
                + " reservedConcurrentExecution for function");
      }
      return;
    }
    int free =
        LambdaLimits.CONCURRENT_EXECUTIONS
            - Executions.setAside(reader, name.account(), name.region(), name.name());
    if (all > free) {
      throw LambdaErrors.invalid(
          "Specified ConcurrentExecutions for function is greater than account's unreserved"
              + " concurrency ["
              + free
              + "].");
    }
    if (free - all < LambdaLimits.UNRESERVED_CONCURRENCY_MIN) {
      throw LambdaErrors.invalid(
          "Specified ConcurrentExecutions for function decreases account's"
              + " UnreservedConcurrentExecution below its minimum value of ["
              + LambdaLimits.UNRESERVED_CONCURRENCY_MIN
              + "].");
    }
  }

  /// What a function has provisioned in all.
  static int total(Reader reader, FunctionName name) {
    return rows(reader, name).stream().mapToInt(ProvisionedRow::executions).sum();
  }

  GetProvisionedConcurrencyConfigResponse get(
      Call call, GetProvisionedConcurrencyConfigRequest in) {
    FunctionName name = qualified(call, in.functionName(), in.qualifier());
    ProvisionedRow row =
        kv.read(
            reader -> {
              Catalog.row(reader, name);
              exists(reader, name);
              return LambdaStore.get(
                  reader,
                  LambdaStore.provisioned(name, String.valueOf(name.qualifier())),
                  LambdaStore.PROVISIONED);
            });
    if (row == null) {
      throw LambdaErrors.noProvisionedConcurrency();
    }
    Progress progress = progress(name, row);
    return new GetProvisionedConcurrencyConfigResponse()
        .requestedProvisionedConcurrentExecutions(row.executions())
        .availableProvisionedConcurrentExecutions(progress.available())
        .allocatedProvisionedConcurrentExecutions(progress.allocated())
        .status(progress.status())
        .statusReason(progress.reason())
        .lastModified(Shapes.time(row.modifiedMillis()));
  }

  ListProvisionedConcurrencyConfigsResponse list(
      Call call, ListProvisionedConcurrencyConfigsRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    List<ProvisionedRow> rows =
        kv.read(
            reader -> {
              Catalog.row(reader, name);
              return rows(reader, name);
            });
    var all = new ArrayList<ProvisionedConcurrencyConfigListItem>();
    for (ProvisionedRow row : rows) {
      Progress progress = progress(name, row);
      all.add(
          new ProvisionedConcurrencyConfigListItem()
              .functionArn(name.functionArn() + ":" + row.qualifier())
              .requestedProvisionedConcurrentExecutions(row.executions())
              .availableProvisionedConcurrentExecutions(progress.available())
              .allocatedProvisionedConcurrentExecutions(progress.allocated())
              .status(progress.status())
              .statusReason(progress.reason())
              .lastModified(Shapes.time(row.modifiedMillis())));
    }
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListProvisionedConcurrencyConfigsResponse()
        .provisionedConcurrencyConfigs(page.items())
        .nextMarker(page.next());
  }

  void delete(Call call, DeleteProvisionedConcurrencyConfigRequest in) {
    FunctionName name = qualified(call, in.functionName(), in.qualifier());
    kv.tx(
        tx -> {
          Catalog.row(tx, name);
          tx.delete(LambdaStore.provisioned(name, String.valueOf(name.qualifier())));
          executions.changed(tx, name);
          return 0;
        });
    order(name);
  }

  /// Asks the pool for what a function's versions are to have now: after every change of its
  /// provisioned concurrency and of its aliases, and when it is deleted.
  void order(FunctionName name) {
    lock.lock();
    try {
      Map<String, Integer> wanted = kv.read(reader -> wanted(reader, name));
      Map<String, Integer> before = ordered.getOrDefault(name.functionArn(), Map.of());
      executions.provisioned(name, wanted);
      for (String version : before.keySet()) {
        if (!wanted.containsKey(version)) {
          invoker.provision(name.at(version), 0);
        }
      }
      wanted.forEach(
          (version, executions) -> {
            if (!executions.equals(before.get(version))) {
              invoker.provision(name.at(version), executions);
            }
          });
      if (wanted.isEmpty()) {
        ordered.remove(name.functionArn());
      } else {
        ordered.put(name.functionArn(), wanted);
      }
    } finally {
      lock.unlock();
    }
  }

  private static Map<String, Integer> wanted(Reader reader, FunctionName name) {
    var wanted = new TreeMap<String, Integer>();
    for (ProvisionedRow row : rows(reader, name)) {
      shares(reader, name, row)
          .forEach((version, share) -> wanted.merge(version, share, Integer::sum));
    }
    return wanted;
  }

  // The versions behind an alias have it by their weights, rounded up.
  private static Map<String, Integer> shares(Reader reader, FunctionName name, ProvisionedRow row) {
    FunctionName target = name.at(row.qualifier());
    if (target.numbered()) {
      return Map.of(row.qualifier(), row.executions());
    }
    AliasRow alias = alias(reader, target);
    var shares = new TreeMap<String, Integer>();
    double left = 1;
    for (Map.Entry<String, Double> weight : alias.weights().entrySet()) {
      left -= weight.getValue();
      shares.put(weight.getKey(), (int) Math.ceil(weight.getValue() * row.executions()));
    }
    shares.put(alias.version(), (int) Math.ceil(left * row.executions() - 1e-9));
    shares.values().removeIf(share -> share <= 0);
    shares.remove(Configuration.LATEST);
    return shares;
  }

  /// How far a configuration is.
  private record Progress(int allocated, int available, String status, @Nullable String reason) {}

  private Progress progress(FunctionName name, ProvisionedRow row) {
    int allocated = 0;
    int available = 0;
    String failure = null;
    for (String version : kv.read(reader -> shares(reader, name, row)).keySet()) {
      ProvisionedStatus status = invoker.provisioned(name.at(version));
      if (status != null) {
        allocated += status.allocated();
        available += status.available();
        failure = status.failure() == null ? failure : status.failure();
      }
    }
    // Environments of a version may be there for more than one alias.
    allocated = Math.min(allocated, row.executions());
    available = Math.min(available, row.executions());
    if (available >= row.executions()) {
      return new Progress(allocated, available, "READY", null);
    }
    if (failure == null) {
      return new Progress(allocated, available, "IN_PROGRESS", null);
    }
    boolean own = failure.startsWith("The function failed to initialize");
    return new Progress(allocated, available, "FAILED", own ? INIT_FAILURE : failure);
  }

  private static FunctionName qualified(Call call, String function, String qualifier) {
    FunctionName name = FunctionName.of(call, function, qualifier);
    if (name.latest()) {
      throw LambdaErrors.invalid(
          "The function resource provided must be an alias or a published version.");
    }
    return name;
  }

  private static void exists(Reader reader, FunctionName name) {
    String qualifier = String.valueOf(name.qualifier());
    if (!name.numbered()) {
      alias(reader, name);
    } else if (reader.get(LambdaStore.version(name, qualifier)) == null) {
      throw LambdaErrors.functionNotFound(name.arn());
    }
  }

  private static AliasRow alias(Reader reader, FunctionName name) {
    AliasRow row =
        LambdaStore.get(
            reader, LambdaStore.alias(name, String.valueOf(name.qualifier())), LambdaStore.ALIAS);
    if (row == null) {
      throw LambdaErrors.aliasNotFound(name.arn());
    }
    return row;
  }

  private static List<ProvisionedRow> rows(Reader reader, FunctionName name) {
    return LambdaStore.all(reader, LambdaStore.provisioned(name), LambdaStore.PROVISIONED);
  }
}

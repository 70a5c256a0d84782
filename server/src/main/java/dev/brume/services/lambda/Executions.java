package dev.brume.services.lambda;

import dev.brume.services.lambda.LambdaStore.FunctionRow;
import dev.brume.services.lambda.LambdaStore.ProvisionedRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// How many executions run at once, and how many may: functions with reserved concurrency within
/// theirs, all others together within what is left of the account's. Provisioned concurrency is a
/// part of the function's reserved concurrency; without one it is set aside like one.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html>
final class Executions {
  private final Kv kv;
  private final Map<String, AtomicInteger> running = new ConcurrentHashMap<>();
  private final Map<String, Integer> setAside = new ConcurrentHashMap<>();
  private final Map<String, Map<String, Integer>> provisioned = new ConcurrentHashMap<>();

  Executions(Kv kv) {
    this.kv = kv;
  }

  /// Leave to run; closed when the execution is over.
  interface Lease extends AutoCloseable {
    @Override
    void close();
  }

  /// Throws TooManyRequestsException when there is no room.
  Lease enter(FunctionName name, String version, @Nullable Integer reserved) {
    if (reserved != null) {
      Lease lease = within(name.functionArn(), reserved);
      if (lease == null) {
        throw LambdaErrors.reservedConcurrencyExceeded();
      }
      return lease;
    }
    Integer ready = provisioned.getOrDefault(name.functionArn(), Map.of()).get(version);
    Lease own = ready == null ? null : within(name.functionArn() + ":" + version, ready);
    if (own != null) {
      return own;
    }
    String place = name.account() + "/" + name.region();
    int taken =
        setAside.computeIfAbsent(
            place, p -> kv.read(reader -> setAside(reader, name.account(), name.region(), null)));
    Lease lease = within(place, LambdaLimits.CONCURRENT_EXECUTIONS - taken);
    if (lease == null) {
      throw LambdaErrors.concurrencyExceeded();
    }
    return lease;
  }

  private @Nullable Lease within(String what, int most) {
    AtomicInteger count = running.computeIfAbsent(what, k -> new AtomicInteger());
    if (count.incrementAndGet() > most) {
      count.decrementAndGet();
      return null;
    }
    return count::decrementAndGet;
  }

  /// What the versions of a function have provisioned from now on.
  void provisioned(FunctionName name, Map<String, Integer> byVersion) {
    if (byVersion.isEmpty()) {
      provisioned.remove(name.functionArn());
    } else {
      provisioned.put(name.functionArn(), Map.copyOf(byVersion));
    }
  }

  /// Reads anew what is set aside once the transaction is durable.
  void changed(Tx tx, FunctionName name) {
    tx.afterCommit(() -> setAside.remove(name.account() + "/" + name.region()));
  }

  /// What an account's functions have to themselves in a region.
  ///
  /// @param but without this function; null for all of them
  static int setAside(Reader reader, String account, String region, @Nullable String but) {
    var provisioned = new HashMap<String, Integer>();
    for (ProvisionedRow row :
        LambdaStore.all(
            reader, LambdaStore.provisioned(account, region), LambdaStore.PROVISIONED)) {
      provisioned.merge(row.functionName(), row.executions(), Integer::sum);
    }
    int sum = 0;
    for (FunctionRow row :
        LambdaStore.all(reader, LambdaStore.functions(account, region), LambdaStore.FUNCTION)) {
      if (!row.name().equals(but)) {
        Integer reserved = row.reservedConcurrency();
        sum += reserved == null ? provisioned.getOrDefault(row.name(), 0) : reserved;
      }
    }
    return sum;
  }
}

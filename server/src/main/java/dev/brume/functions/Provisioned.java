package dev.brume.functions;

import dev.brume.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Provisioned concurrency: environments that are initialised before anybody asks for them, and
/// replaced when they end. Invocations take them first, then others.
/// https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html
final class Provisioned {
  private static final long AGAIN_NANOS = Duration.ofMinutes(1).toNanos();
  private final Clock clock;
  private final Pool pool;
  private final Starter starter;
  private final Map<String, Order> orders = new ConcurrentHashMap<>();

  Provisioned(Clock clock, Pool pool, Starter starter) {
    this.clock = clock;
    this.pool = pool;
    this.starter = starter;
  }

  /// What was asked for, and what it came to so far. Guarded by itself.
  private static final class Order {
    private final FunctionSpec spec;
    private final LogSink sink;
    private final int wanted;
    private int starting;
    private @Nullable String failure;
    private long failedAtNanos;

    Order(FunctionSpec spec, LogSink sink, int wanted) {
      this.spec = spec;
      this.sink = sink;
      this.wanted = wanted;
    }

    synchronized void failed(String why, long now) {
      failure = why;
      failedAtNanos = now;
    }
  }

  /// Asks for `wanted` environments of this version from now on, 0 for none.
  void order(FunctionSpec spec, int wanted, LogSink sink) {
    String version = spec.versionKey();
    if (wanted <= 0) {
      orders.remove(version);
    } else {
      orders.put(version, new Order(spec, sink, wanted));
    }
    pool.dropSurplus(version, wanted <= 0 ? "" : spec.key(), Math.max(0, wanted));
    keep();
  }

  /// Ends the orders of a function.
  ///
  /// @param version null for all of them
  void forget(String functionKey, @Nullable String version) {
    orders
        .values()
        .removeIf(
            order ->
                order.spec.functionKey().equals(functionKey)
                    && (version == null || order.spec.version().equals(version)));
  }

  /// Null when nothing was asked for.
  @Nullable ProvisionedStatus status(String versionKey) {
    Order order = orders.get(versionKey);
    if (order == null) {
      return null;
    }
    int starting;
    String failure;
    synchronized (order) {
      starting = order.starting;
      failure = order.failure;
    }
    int available = pool.provisioned(order.spec.key());
    int inUse = pool.provisionedBusy(order.spec.key());
    // One that has just become available may still be counted among those that start.
    int allocated = Math.min(order.wanted, available + starting);
    return new ProvisionedStatus(
        order.wanted, allocated, available, inUse, allocated < order.wanted ? failure : null);
  }

  /// Starts what is missing, on threads of its own.
  void keep() {
    for (Order order : List.copyOf(orders.values())) {
      int missing;
      synchronized (order) {
        boolean tooEarly =
            order.failure != null && clock.nanoTime() - order.failedAtNanos < AGAIN_NANOS;
        missing = tooEarly ? 0 : order.wanted - pool.provisioned(order.spec.key()) - order.starting;
        order.starting += Math.max(0, missing);
      }
      for (int i = 0; i < missing; i++) {
        Thread.ofVirtual().name("functions-provision").start(() -> start(order));
      }
    }
  }

  private void start(Order order) {
    try {
      String failure = startOne(order);
      if (failure != null) {
        order.failed(failure, clock.nanoTime());
      }
    } finally {
      synchronized (order) {
        order.starting--;
      }
    }
  }

  // Why it did not work; null when it did, or is no longer wanted.
  private @Nullable String startOne(Order order) {
    FunctionSpec spec = order.spec;
    if (!pool.awaitPlace()) {
      return "Brume has as many environments as it may have on this machine";
    }
    Environment environment = null;
    try {
      if (!isCurrent(order)) {
        return null;
      }
      environment = starter.take(spec);
    } catch (RuntimeUnavailable e) {
      return e.getMessage();
    } finally {
      pool.started(environment);
    }
    try {
      String type = starter.initialiseAhead(environment, spec, Starter.PROVISIONED, order.sink);
      if (type != null) {
        return "The function failed to initialize: " + type;
      }
    } catch (RuntimeException e) {
      return e.toString();
    }
    if (isCurrent(order)) {
      synchronized (order) {
        order.failure = null;
      }
      pool.giveBack(environment);
    } else {
      pool.discard(environment);
    }
    return null;
  }

  private boolean isCurrent(Order order) {
    return order.equals(orders.get(order.spec.versionKey()));
  }

  void close() {
    orders.clear();
  }
}

package dev.brume.functions;

import dev.brume.time.Clock;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledFuture;

/// SnapStart. A snapshot is an environment that has been initialised, has run the function's hooks
/// and waits, frozen, to be restored: one per version, made when it is published, made again when
/// it was used, and let go like other idle environments. It serves one restore; there is no copy
/// of its memory, so what has no snapshot to restore is initialised first.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html>
final class Snapshots {
  private static final int RESTORE_SECONDS = 10;
  private static final System.Logger LOG = System.getLogger(Snapshots.class.getName());
  private final Clock clock;
  private final Pool pool;
  private final Starter starter;
  private final Practices practices;
  private final Set<String> making = ConcurrentHashMap.newKeySet();

  Snapshots(Clock clock, Pool pool, Starter starter, Practices practices) {
    this.clock = clock;
    this.pool = pool;
    this.starter = starter;
    this.practices = practices;
  }

  /// Makes one in the background. The future has the type of the error when the function failed.
  CompletableFuture<Optional<String>> make(FunctionSpec spec, LogSink sink) {
    var done = new CompletableFuture<Optional<String>>();
    Thread.ofVirtual()
        .name("functions-snapshot")
        .start(
            () -> {
              try {
                done.complete(makeOne(spec, sink));
              } catch (RuntimeException e) {
                // Not the function's fault: whoever invokes it will be told.
                LOG.log(System.Logger.Level.DEBUG, "no snapshot: {0}", e.toString());
                done.complete(Optional.empty());
              }
            });
    return done;
  }

  /// Makes another one, after one was used.
  void refill(FunctionSpec spec, LogSink sink) {
    String key = spec.key();
    if (!pool.spares().hasSnapshot(key) && making.add(key)) {
      make(spec, sink).whenComplete((result, failure) -> making.remove(key));
    }
  }

  private Optional<String> makeOne(FunctionSpec spec, LogSink sink) {
    if (!pool.awaitPlace()) {
      return Optional.empty();
    }
    Environment environment = null;
    try {
      environment = starter.take(spec);
    } finally {
      pool.started(environment);
    }
    String failure = starter.initialiseAhead(environment, spec, Starter.SNAP_START, sink);
    if (failure != null) {
      return Optional.of(failure);
    }
    environment.logs().release(environment.assignment().stream(), sink);
    pool.keepSnapshot(environment);
    practices.now(environment);
    return Optional.empty();
  }

  /// Restores one. Throws [RestoreFailed], and ends it, when that does not work.
  ///
  /// @return how long it took, in milliseconds
  double restore(Environment environment, Invocation invocation, LogSink sink) {
    long began = clock.nanoTime();
    FunctionSpec spec = environment.assignment().spec();
    LogPipe logs = environment.logs();
    logs.add(PlatformEvent.restoreStart(spec, environment.interpreter().runtimeVersion()));
    ScheduledFuture<?> deadline = starter.expireLater(environment, RESTORE_SECONDS);
    try {
      environment.restore();
    } catch (InitFailed e) {
      throw notRestored(environment, invocation, sink, e.type(), began);
    } catch (IOException e) {
      throw notRestored(environment, invocation, sink, "Runtime.ExitError", began);
    } finally {
      deadline.cancel(false);
    }
    double millis = millisSince(began);
    logs.add(PlatformEvent.restoreRuntimeDone(PlatformEvent.Result.SUCCESS));
    logs.add(PlatformEvent.restoreReport(PlatformEvent.Result.SUCCESS, millis));
    return millis;
  }

  private RestoreFailed notRestored(
      Environment environment, Invocation invocation, LogSink sink, String type, long began) {
    boolean timeout = environment.end() == Environment.End.TIMEOUT;
    var result = timeout ? PlatformEvent.Result.timeout() : PlatformEvent.Result.error(type);
    var log =
        environment
            .logs()
            .begin(invocation.requestId(), environment.assignment().stream(), sink, false);
    environment.exitReason();
    environment
        .logs()
        .finish(
            log,
            List.of(
                PlatformEvent.restoreRuntimeDone(result),
                PlatformEvent.restoreReport(result, millisSince(began))));
    pool.discard(environment);
    return new RestoreFailed(timeout, type);
  }

  private double millisSince(long nanos) {
    return (clock.nanoTime() - nanos) / 1e6;
  }
}

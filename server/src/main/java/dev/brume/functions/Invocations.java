package dev.brume.functions;

import dev.brume.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What happens in an invocation: an environment is found, made or restored, gets the event and
/// answers it, or ends.
final class Invocations {
  private static final int INIT_SECONDS_MIN = 10;
  private static final long TAIL_MILLIS = 1000;
  private final FunctionsSettings settings;
  private final Clock clock;
  private final Pool pool;
  private final Starter starter;
  private final Provisioned provisioned;
  private final Practices practices;
  private final Snapshots snapshots;

  Invocations(
      FunctionsSettings settings,
      Clock clock,
      Pool pool,
      Starter starter,
      Provisioned provisioned,
      Practices practices,
      Snapshots snapshots) {
    this.settings = settings;
    this.clock = clock;
    this.pool = pool;
    this.starter = starter;
    this.provisioned = provisioned;
    this.practices = practices;
    this.snapshots = snapshots;
  }

  /// One invocation on its way.
  record Run(
      FunctionSpec spec, Invocation invocation, LogSink sink, @Nullable ResponseSink answer) {}

  Outcome invoke(Run run) {
    FunctionSpec spec = run.spec();
    Pool.Turn turn = pool.acquire(spec.key(), Duration.ofSeconds(spec.timeoutSeconds()));
    return switch (turn) {
      case null ->
          throw new RuntimeUnavailable(
              "All " + settings.environmentsMax() + " environments are busy", true);
      case Pool.Turn.Warm(Environment warm) -> invokeWarm(warm, run);
      case Pool.Turn.Start() -> invokeCold(run);
    };
  }

  private Outcome invokeWarm(Environment environment, Run run) {
    try {
      return run(environment, run, PlatformEvent.Start.WARM);
    } finally {
      if (environment.provisioned() && !environment.alive()) {
        provisioned.keep();
      }
    }
  }

  private Outcome invokeCold(Run run) {
    FunctionSpec spec = run.spec();
    long began = clock.nanoTime();
    Environment environment = spec.snapStart() ? pool.spares().takeSnapshot(spec.key()) : null;
    boolean restored = environment != null;
    try {
      environment = environment == null ? starter.take(spec) : environment;
    } finally {
      pool.started(environment);
    }
    if (restored) {
      return restore(environment, run);
    }
    String type = spec.initialisation();
    long taken = clock.nanoTime();
    try {
      int least = spec.snapStart() ? Starter.AHEAD_SECONDS_MIN : INIT_SECONDS_MIN;
      starter.initialise(environment, spec, type, Math.max(least, spec.timeoutSeconds()));
    } catch (InitFailed e) {
      return initFailed(environment, run, began, e);
    } catch (IOException e) {
      return died(environment, run, began, null);
    } catch (RuntimeException e) {
      pool.discard(environment);
      throw e;
    }
    double millis = millisSince(began);
    double own = millisSince(taken);
    environment.logs().add(PlatformEvent.initReport(type, PlatformEvent.Result.SUCCESS, millis));
    if (spec.snapStart()) {
      practices.now(environment);
      return restore(environment, run);
    }
    Outcome outcome = run(environment, run, PlatformEvent.Start.cold(millis));
    practices.after(environment, own);
    return outcome;
  }

  private Outcome restore(Environment environment, Run run) {
    double millis = snapshots.restore(environment, run.invocation(), run.sink());
    Outcome outcome = run(environment, run, PlatformEvent.Start.restored(millis));
    if (environment.alive()) {
      snapshots.refill(run.spec(), run.sink());
    }
    return outcome;
  }

  private Outcome run(Environment environment, Run run, PlatformEvent.Start start) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    LogPipe.Collector log = begin(environment, run);
    environment.logs().add(PlatformEvent.start(invocation, spec.version()));
    long began = clock.nanoTime();
    ScheduledFuture<?> deadline = starter.expireLater(environment, spec.timeoutSeconds());
    long deadlineMillis =
        System.currentTimeMillis() + Starter.patience(environment, spec.timeoutSeconds()) * 1000L;
    Reply reply;
    try {
      environment.api().extensions().invoke(invocation, deadlineMillis);
      reply =
          environment.invoke(
              EventHead.of(invocation, deadlineMillis), invocation.payload(), run.answer());
      environment.markEnd(invocation.requestId());
    } catch (IOException e) {
      deadline.cancel(false);
      return died(environment, run, began, log);
    }
    double millis = millisSince(began);
    int memory = environment.memoryUsedMegabytes();
    var result =
        reply.error() ? PlatformEvent.Result.error(reply.type()) : PlatformEvent.Result.SUCCESS;
    byte[] tail =
        close(
            environment,
            log,
            invocation,
            List.of(
                PlatformEvent.runtimeDone(invocation, result, millis, reply.body().length),
                PlatformEvent.report(
                    invocation, spec, PlatformEvent.Result.SUCCESS, millis, start, memory)));
    giveBack(environment, deadline);
    return outcome(
        reply,
        run.answer(),
        new Outcome.Report(millis, start.initMillis(), memory, tail, environment.provisioned()));
  }

  // The answer need not wait for what goes on inside after it.
  private void giveBack(Environment environment, ScheduledFuture<?> deadline) {
    if (environment.settled()) {
      deadline.cancel(false);
      rest(environment);
      return;
    }
    pool.settling(environment);
    Thread.ofVirtual()
        .name("functions-settle")
        .start(
            () -> {
              boolean goesOn = environment.settle();
              deadline.cancel(false);
              if (goesOn) {
                rest(environment);
              } else {
                pool.discard(environment);
              }
            });
  }

  private static Outcome outcome(
      Reply reply, @Nullable ResponseSink answer, Outcome.Report report) {
    if (reply.tooLarge()) {
      long limit = reply.streamed() ? RuntimeWire.STREAM_BYTES_MAX : Environment.RESPONSE_BYTES_MAX;
      return new Outcome.Failed(
          "Function.ResponseSizeTooLarge",
          Reply.errorDocument(
              "Function.ResponseSizeTooLarge",
              "Response payload size exceeded maximum allowed payload size (" + limit + " bytes)."),
          report);
    }
    if (reply.error()) {
      return new Outcome.Failed(reply.type(), reply.body(), report);
    }
    if (answer == null || reply.streamed()) {
      return new Outcome.Success(reply.body(), reply.type(), report);
    }
    var whole = new IncomingBody.Passed(answer, reply.type());
    whole.add(reply.body(), 0, reply.body().length);
    whole.end(false);
    return new Outcome.Success(new byte[0], reply.type(), report);
  }

  private byte[] close(
      Environment environment,
      LogPipe.Collector log,
      Invocation invocation,
      List<PlatformEvent> lines) {
    return tail(invocation, environment.logs().finish(log, lines));
  }

  private static byte[] tail(Invocation invocation, CompletableFuture<byte[]> tail) {
    if (!invocation.tail()) {
      return new byte[0];
    }
    return tail.completeOnTimeout(new byte[0], TAIL_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  private static LogPipe.Collector begin(Environment environment, Run run) {
    Invocation invocation = run.invocation();
    return environment
        .logs()
        .begin(
            invocation.requestId(),
            environment.assignment().stream(),
            run.sink(),
            invocation.tail());
  }

  private Outcome initFailed(Environment environment, Run run, long began, InitFailed failure) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    double millis = millisSince(began);
    int memory = environment.memoryUsedMegabytes();
    var log = begin(environment, run);
    var result = PlatformEvent.Result.error(failure.type());
    environment.logs().add(PlatformEvent.initRuntimeDone(spec.initialisation(), result));
    environment.logs().add(PlatformEvent.initReport(spec.initialisation(), result, millis));
    environment.logs().add(PlatformEvent.start(invocation, spec.version()));
    if (failure.found()) {
      String what = String.valueOf(failure.getMessage());
      environment.logs().add(PlatformEvent.fault(invocation, what, false, failure.type()));
    }
    environment.exitReason();
    byte[] tail =
        close(
            environment,
            log,
            invocation,
            List.of(
                PlatformEvent.runtimeDone(invocation, result, millis, -1),
                PlatformEvent.report(
                    invocation, spec, result, millis, PlatformEvent.Start.WARM, memory)));
    pool.discard(environment);
    return new Outcome.Failed(
        failure.type(),
        failure.payload(invocation.requestId()),
        new Outcome.Report(millis, millis, memory, tail, false));
  }

  // The process ended before it answered: by its own doing, at its deadline, or for its memory.
  private Outcome died(
      Environment environment, Run run, long began, LogPipe.@Nullable Collector running) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    double millis = millisSince(began);
    int memory = environment.memoryUsedMegabytes();
    boolean timeout = environment.end() == Environment.End.TIMEOUT;
    Extensions.Fault fault =
        environment.end() == Environment.End.EXTENSION
            ? environment.api().extensions().fault()
            : null;
    String what =
        fault != null
            ? fault.message()
            : timeout
                ? String.format(
                    Locale.ROOT,
                    "Task timed out after %.2f seconds",
                    (double) spec.timeoutSeconds())
                : environment.exitReason();
    LogPipe.Collector log = running;
    if (log == null) {
      log = begin(environment, run);
      environment.logs().add(PlatformEvent.start(invocation, spec.version()));
    }
    String type = fault != null ? fault.type() : timeout ? "Sandbox.Timedout" : "Runtime.ExitError";
    boolean memoryEnded =
        fault == null
            && what.endsWith("signal: killed")
            && environment.end() != Environment.End.STORAGE;
    String shown = memoryEnded ? "Runtime.OutOfMemory" : type;
    var result = timeout ? PlatformEvent.Result.timeout() : PlatformEvent.Result.error(shown);
    List<PlatformEvent> lines =
        List.of(
            PlatformEvent.fault(invocation, what, timeout, shown),
            PlatformEvent.runtimeDone(invocation, result, millis, -1),
            PlatformEvent.report(
                invocation, spec, result, millis, PlatformEvent.Start.WARM, memory));
    // Whoever subscribed to it hears of this before the end.
    CompletableFuture<byte[]> last = environment.logs().finish(log, lines);
    pool.discard(environment);
    byte[] tail = tail(invocation, last);
    String message = "RequestId: " + invocation.requestId() + " Error: " + what;
    return new Outcome.Failed(
        type,
        Reply.errorDocument(type, message),
        new Outcome.Report(millis, -1, memory, tail, environment.provisioned()));
  }

  private void rest(Environment environment) {
    pool.giveBack(environment);
    if (settings.sandbox().freeze() == SandboxSettings.Freeze.STRICT) {
      environment.freeze(false);
    }
  }

  private double millisSince(long nanos) {
    return (clock.nanoTime() - nanos) / 1e6;
  }
}

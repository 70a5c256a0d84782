package dev.brume.functions;

import dev.brume.ids.Ids;
import dev.brume.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs functions: takes an environment that is warm, or makes one, hands over the event on the
/// calling thread, and returns the outcome.
public final class Functions implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Functions.class.getName());
  private static final int INIT_SECONDS_MIN = 10;
  private static final long CHECK_MILLIS = 100;
  private static final long SWEEP_MILLIS = 10_000;
  private static final long TRIM_MILLIS = 1000;
  private static final long FREEZE_NANOS = Duration.ofMillis(100).toNanos();
  // Something that never says that it has printed everything is frozen all the same.
  private static final long FREEZE_ANYWAY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long TAIL_MILLIS = 1000;

  private final FunctionsSettings settings;
  private final Clock clock;
  private final CodeStore code;
  private final Pool pool;
  private final Interpreters interpreters;
  private final Starter starter;
  private final Provisioned provisioned;
  private final Practices practices;
  private final CompletableFuture<Launcher> launcher = new CompletableFuture<>();
  private final ScheduledThreadPoolExecutor timer;

  /// @param wall the machine's time, which credentials are valid by
  public Functions(FunctionsSettings settings, Clock clock, InstantSource wall, Ids ids) {
    this(settings, Debugging.NONE, clock, wall, ids);
  }

  /// The same with debuggers' doors.
  public Functions(
      FunctionsSettings settings, Debugging debugging, Clock clock, InstantSource wall, Ids ids) {
    this.settings = settings;
    this.clock = clock;
    code = new CodeStore(settings.folder());
    pool = new Pool(clock, wall, settings.environmentsMax());
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("functions-timer").daemon(true).factory());
    timer.setRemoveOnCancelPolicy(true);
    interpreters = new Interpreters(settings);
    starter =
        new Starter(settings, clock, ids, code, pool, interpreters, debugging, launcher, timer);
    provisioned = new Provisioned(clock, pool, starter);
    practices = new Practices(pool, starter, launcher);
    repeat(this::check, CHECK_MILLIS);
    repeat(() -> pool.trim(settings.sandbox().idleMemoryMegabytes() << 20), TRIM_MILLIS);
    repeat(this::sweep, SWEEP_MILLIS);
    Thread.ofVirtual()
        .name("functions-probe")
        .start(
            () -> {
              try {
                launcher.complete(new Launcher(settings, code, interpreters, ids));
              } catch (RuntimeException e) {
                launcher.completeExceptionally(e);
              }
            });
  }

  /// Where functions' code is kept.
  public CodeStore code() {
    return code;
  }

  /// Whether Brume has an inside for this runtime, by Lambda's name for it.
  public boolean knows(String runtime) {
    return interpreters.knows(runtime);
  }

  /// Gets ready for a function that will be invoked soon: learns what it imports, and starts a
  /// waiting process. Returns at once.
  public void prepare(FunctionSpec spec) {
    starter.prepare(spec);
  }

  /// Provisioned concurrency: from now on keeps this many environments of this version initialised
  /// (with `AWS_LAMBDA_INITIALIZATION_TYPE` `provisioned-concurrency`); 0 ends it. A new order for
  /// the version replaces the last one; its environments stay if the revision is the same, else
  /// they are replaced. Returns at once, [#provisioned] tells how far it is.
  ///
  /// They count among the environments that may be alive at once, are never let go for being idle,
  /// and are replaced when they end or their credentials do. Invocations take them first, then
  /// environments on demand. Nothing of it is remembered over a restart: whoever ordered orders
  /// again.
  ///
  /// @param sink for what a failing initialisation printed
  public void provision(FunctionSpec spec, int environments, LogSink sink) {
    provisioned.order(spec, environments, sink);
  }

  /// How far the provisioned environments of a version are; null when none were asked for.
  public @Nullable ProvisionedStatus provisioned(
      String account, String region, String name, String version) {
    return provisioned.status(account + "/" + region + "/" + name + "/" + version);
  }

  /// Lets go of the environments of `$LATEST`, after it was changed: idle ones at once, busy ones
  /// when they have finished.
  public void retire(String account, String region, String name) {
    retire(account, region, name, "$LATEST");
  }

  /// The same for a version that is deleted, and for what was provisioned of it.
  ///
  /// @param version null for all of them
  public void retire(String account, String region, String name, @Nullable String version) {
    String key = account + "/" + region + "/" + name;
    provisioned.forget(key, version);
    pool.retire(
        environment -> {
          if (!environment.isAssigned()) {
            return false;
          }
          FunctionSpec spec = environment.assignment().spec();
          return spec.functionKey().equals(key)
              && (version == null || spec.version().equals(version));
        });
  }

  /// What the health page shows.
  ///
  /// @param sandbox null until it has been tried out
  /// @param environments alive, with a function
  /// @param frozen of these
  public record Status(@Nullable SandboxFacts sandbox, int environments, int frozen) {
    /// `root`, `user` or `reduced`; empty until it has been tried out.
    public String isolation() {
      return sandbox == null ? "" : sandbox.tier();
    }
  }

  public Status status() {
    Launcher now = launcher.getNow(null);
    return new Status(
        now == null ? null : now.sandbox().facts(),
        pool.count(),
        (int) pool.idle().stream().filter(Environment::frozen).count());
  }

  /// How many processes wait, without a function yet, for the next cold start.
  public int waiting() {
    return pool.spares().waiting();
  }

  /// Which programs serve the runtimes that functions have had so far.
  public List<RuntimeEntry> runtimes() {
    return interpreters.found();
  }

  /// Runs a function with an event, on the calling thread. Throws [RuntimeUnavailable] when it
  /// could not be started at all; everything that goes wrong inside is a [Outcome.Failed].
  public Outcome invoke(FunctionSpec spec, Invocation invocation, LogSink sink) {
    return invoke(spec, new Run(spec, invocation, sink, null));
  }

  /// The same for a caller that takes the answer while it comes. The outcome is known at its end
  /// and has no payload then; that of a function that fails half-way is a [Outcome.Failed] like any
  /// other. What a handler returns, instead of streaming it, comes in one piece.
  public Outcome invokeStreaming(
      FunctionSpec spec, Invocation invocation, LogSink sink, ResponseSink answer) {
    return invoke(spec, new Run(spec, invocation, sink, answer));
  }

  /// One invocation on its way.
  private record Run(
      FunctionSpec spec, Invocation invocation, LogSink sink, @Nullable ResponseSink answer) {}

  private Outcome invoke(FunctionSpec spec, Run run) {
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
      return run(environment, run, -1);
    } finally {
      if (environment.provisioned() && !environment.alive()) {
        provisioned.keep();
      }
    }
  }

  private Outcome invokeCold(Run run) {
    FunctionSpec spec = run.spec();
    long began = clock.nanoTime();
    Environment environment = null;
    try {
      environment = starter.take(spec);
    } finally {
      pool.started(environment);
    }
    long taken = clock.nanoTime();
    try {
      starter.initialise(
          environment, spec, Starter.ON_DEMAND, Math.max(INIT_SECONDS_MIN, spec.timeoutSeconds()));
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
    environment
        .logs()
        .add(PlatformEvent.initReport(Starter.ON_DEMAND, PlatformEvent.Result.SUCCESS, millis));
    Outcome outcome = run(environment, run, millis);
    practices.after(environment, own);
    return outcome;
  }

  private Outcome run(Environment environment, Run run, double initMillis) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    String stream = environment.assignment().stream();
    LogPipe.Collector log =
        environment.logs().begin(invocation.requestId(), stream, run.sink(), invocation.tail());
    environment.logs().add(PlatformEvent.start(invocation, spec.version()));
    long began = clock.nanoTime();
    ScheduledFuture<?> deadline = starter.killLater(environment, spec.timeoutSeconds());
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
                    invocation, spec, PlatformEvent.Result.SUCCESS, millis, initMillis, memory)));
    giveBack(environment, deadline);
    return outcome(
        reply,
        run.answer(),
        new Outcome.Report(millis, initMillis, memory, tail, environment.provisioned()));
  }

  // The answer need not wait for what goes on inside after it.
  private void giveBack(Environment environment, ScheduledFuture<?> deadline) {
    if (environment.settled()) {
      deadline.cancel(false);
      rest(environment);
      return;
    }
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
    CompletableFuture<byte[]> tail = environment.logs().finish(log, lines);
    if (!invocation.tail()) {
      return new byte[0];
    }
    return tail.completeOnTimeout(new byte[0], TAIL_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  private Outcome initFailed(Environment environment, Run run, long began, InitFailed failure) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    double millis = millisSince(began);
    int memory = environment.memoryUsedMegabytes();
    var log =
        environment
            .logs()
            .begin(
                invocation.requestId(),
                environment.assignment().stream(),
                run.sink(),
                invocation.tail());
    var result = PlatformEvent.Result.error(failure.type());
    environment.logs().add(PlatformEvent.initRuntimeDone(Starter.ON_DEMAND, result));
    environment.logs().add(PlatformEvent.initReport(Starter.ON_DEMAND, result, millis));
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
                PlatformEvent.report(invocation, spec, result, millis, -1, memory)));
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
      log =
          environment
              .logs()
              .begin(
                  invocation.requestId(),
                  environment.assignment().stream(),
                  run.sink(),
                  invocation.tail());
      environment.logs().add(PlatformEvent.start(invocation, spec.version()));
    }
    String type = fault != null ? fault.type() : timeout ? "Sandbox.Timedout" : "Runtime.ExitError";
    boolean memoryEnded =
        what.endsWith("signal: killed") && environment.end() != Environment.End.STORAGE;
    String shown = memoryEnded ? "Runtime.OutOfMemory" : type;
    var result = timeout ? PlatformEvent.Result.timeout() : PlatformEvent.Result.error(shown);
    List<PlatformEvent> lines =
        List.of(
            PlatformEvent.fault(invocation, what, timeout, shown),
            PlatformEvent.runtimeDone(invocation, result, millis, -1),
            PlatformEvent.report(invocation, spec, result, millis, -1, memory));
    pool.discard(environment);
    byte[] tail = close(environment, log, invocation, lines);
    String message = "RequestId: " + invocation.requestId() + " Error: " + what;
    return new Outcome.Failed(
        type,
        Reply.errorDocument(type, message),
        new Outcome.Report(millis, -1, memory, tail, environment.provisioned()));
  }

  private void repeat(Runnable what, long millis) {
    timer.scheduleWithFixedDelay(
        () -> {
          try {
            what.run();
          } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "looking after environments", e);
          }
        },
        millis,
        millis,
        TimeUnit.MILLISECONDS);
  }

  private void check() {
    pool.busy().forEach(Environment::checkLimits);
    long now = clock.nanoTime();
    for (Environment environment : pool.idle()) {
      long idle = now - environment.idleSinceNanos();
      if (strict() || idle >= FREEZE_NANOS) {
        environment.freeze(idle >= FREEZE_ANYWAY_NANOS);
      }
    }
  }

  private void rest(Environment environment) {
    pool.giveBack(environment);
    if (strict()) {
      environment.freeze(false);
    }
  }

  private boolean strict() {
    return settings.sandbox().freeze() == SandboxSettings.Freeze.STRICT;
  }

  private void sweep() {
    long now = clock.nanoTime();
    long idle = settings.idle().toNanos();
    pool.dropIdle(
        environment ->
            !environment.alive()
                || !environment.provisioned() && now - environment.idleSinceNanos() > idle);
    provisioned.keep();
  }

  private double millisSince(long nanos) {
    return (clock.nanoTime() - nanos) / 1e6;
  }

  @Override
  public void close() {
    starter.close();
    provisioned.close();
    timer.shutdownNow();
    pool.close();
    Launcher started = launcher.handle((it, failure) -> it).join();
    if (started != null) {
      started.close();
    }
    Path folder = settings.throwAway();
    if (folder != null) {
      try {
        Folders.delete(folder);
      } catch (IOException e) {
        LOG.log(System.Logger.Level.WARNING, "{0} is left behind: {1}", folder, e.getMessage());
      }
    }
  }
}

package dev.brume.functions;

import dev.brume.ids.Ids;
import dev.brume.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Runs functions: takes an environment that is warm, or makes one, hands over the event on the
/// calling thread, and returns the outcome.
public final class Functions implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Functions.class.getName());
  private static final long CHECK_MILLIS = 100;
  private static final long SWEEP_MILLIS = 10_000;
  private static final long TRIM_MILLIS = 1000;
  private static final long FREEZE_NANOS = Duration.ofMillis(100).toNanos();
  // Something that never says that it has printed everything is frozen all the same.
  private static final long FREEZE_ANYWAY_NANOS = Duration.ofSeconds(1).toNanos();

  private final FunctionsSettings settings;
  private final Clock clock;
  private final CodeStore code;
  private final Pool pool;
  private final Interpreters interpreters;
  private final Starter starter;
  private final Provisioned provisioned;
  private final Snapshots snapshots;
  private final Invocations invocations;
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
    var practices = new Practices(pool, starter, launcher);
    snapshots = new Snapshots(clock, pool, starter, practices);
    invocations =
        new Invocations(settings, clock, pool, starter, provisioned, practices, snapshots);
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

  /// Why this machine does not run functions of this runtime; null when it does. Looks for its
  /// program when nobody has before.
  public @Nullable String unavailable(String runtime) {
    return interpreters.unavailable(runtime);
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

  /// Makes the snapshot of a version with SnapStart: initialises an environment, runs the hooks of
  /// the function, and keeps it for the next invocation. The future has the type of the error when
  /// that failed.
  ///
  /// @param sink for what is printed meanwhile
  public CompletableFuture<Optional<String>> snapshot(FunctionSpec spec, LogSink sink) {
    return snapshots.make(spec, sink);
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
        (int) pool.idle().stream().map(Environment::freezing).filter(Freezing::frozen).count());
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
  /// could not be started at all, [RestoreFailed] when its snapshot did not come back; everything
  /// that goes wrong inside is a [Outcome.Failed].
  public Outcome invoke(FunctionSpec spec, Invocation invocation, LogSink sink) {
    return invocations.invoke(new Invocations.Run(spec, invocation, sink, null));
  }

  /// The same for a caller that takes the answer while it comes. The outcome is known at its end
  /// and has no payload then; that of a function that fails half-way is a [Outcome.Failed] like any
  /// other. What a handler returns, instead of streaming it, comes in one piece.
  public Outcome invokeStreaming(
      FunctionSpec spec, Invocation invocation, LogSink sink, ResponseSink answer) {
    return invocations.invoke(new Invocations.Run(spec, invocation, sink, answer));
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
    pool.spares().check();
    long now = clock.nanoTime();
    List<Environment> resting = new ArrayList<>(pool.idle());
    resting.addAll(pool.spares().snapshots());
    for (Environment environment : resting) {
      long idle = now - environment.idleSinceNanos();
      if (strict() || idle >= FREEZE_NANOS) {
        environment.freeze(idle >= FREEZE_ANYWAY_NANOS);
      }
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

package dev.brume.functions;

import dev.brume.ids.Ids;
import dev.brume.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
  private static final long SWEEP_SECONDS = 10;
  private static final long REFILL_MILLIS = 20;
  private static final long TAIL_MILLIS = 1000;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final FunctionsSettings settings;
  private final Clock clock;
  private final Ids ids;
  private final CodeStore code;
  private final Interpreters interpreters;
  private final Pool pool;
  private final Imports imports = new Imports();
  private final Set<Interpreter.Kind> refilling = ConcurrentHashMap.newKeySet();
  private final Set<String> noticed = ConcurrentHashMap.newKeySet();
  private final CompletableFuture<Launcher> launcher = new CompletableFuture<>();
  private final ScheduledThreadPoolExecutor timer;
  private volatile boolean closed;

  /// @param wall the machine's time, which credentials are valid by
  public Functions(FunctionsSettings settings, Clock clock, InstantSource wall, Ids ids) {
    this.settings = settings;
    this.clock = clock;
    this.ids = ids;
    code = new CodeStore(settings.folder());
    interpreters = new Interpreters(settings);
    pool = new Pool(clock, wall, settings.environmentsMax());
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().name("functions-timer").daemon(true).factory());
    timer.setRemoveOnCancelPolicy(true);
    timer.scheduleWithFixedDelay(
        () -> pool.busy().forEach(Environment::checkMemory),
        CHECK_MILLIS,
        CHECK_MILLIS,
        TimeUnit.MILLISECONDS);
    timer.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
    Thread.ofVirtual()
        .name("functions-probe")
        .start(
            () -> {
              try {
                launcher.complete(new Launcher(settings, code, ids));
              } catch (RuntimeException e) {
                launcher.completeExceptionally(e);
              }
            });
  }

  /// Where functions' code is kept.
  public CodeStore code() {
    return code;
  }

  /// Gets ready for a function that will be invoked soon: learns what it imports, and starts a
  /// waiting process. Returns at once.
  public void prepare(FunctionSpec spec) {
    Thread.ofVirtual()
        .name("functions-prepare")
        .start(
            () -> {
              try {
                Interpreter interpreter = interpreters.of(spec.runtime());
                learn(interpreter, spec);
                refill(interpreter);
              } catch (RuntimeUnavailable | IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "not prepared: {0}", e.getMessage());
              }
            });
  }

  /// Lets go of every idle environment of a function, after it was changed or deleted.
  public void retire(String account, String region, String name) {
    String key = account + "/" + region + "/" + name;
    pool.dropIdle(
        environment ->
            environment.isAssigned() && environment.assignment().spec().functionKey().equals(key));
  }

  /// What the health page shows.
  ///
  /// @param isolation `root`, `user` or `reduced`; empty until it has been tried out
  /// @param environments alive, with a function
  public record Status(String isolation, int environments) {}

  public Status status() {
    Launcher now = launcher.getNow(null);
    return new Status(
        now == null ? "" : now.sandbox().tier().name().toLowerCase(Locale.ROOT), pool.count());
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
      case Pool.Turn.Warm(Environment warm) -> run(warm, run, -1);
      case Pool.Turn.Start() -> invokeCold(run);
    };
  }

  private Outcome invokeCold(Run run) {
    FunctionSpec spec = run.spec();
    long began = clock.nanoTime();
    Environment environment = null;
    Interpreter interpreter;
    try {
      interpreter = interpreters.of(spec.runtime());
      environment = environment(interpreter, spec);
    } finally {
      pool.started(environment);
    }
    String stream = DAY.format(clock.instant()) + "/[" + spec.version() + "]" + ids.hex(32);
    ScheduledFuture<?> deadline =
        killLater(environment, Math.max(INIT_SECONDS_MIN, spec.timeoutSeconds()));
    try {
      assign(environment, interpreter, spec, stream);
    } catch (Environment.InitFailed e) {
      return initFailed(environment, run, began, e);
    } catch (IOException e) {
      return died(environment, run, began, null);
    } catch (RuntimeException e) {
      pool.discard(environment);
      throw e;
    } finally {
      deadline.cancel(false);
    }
    return run(environment, run, millisSince(began));
  }

  private Environment environment(Interpreter interpreter, FunctionSpec spec) {
    try {
      Environment environment = pool.takeWaiting(interpreter.kind());
      if (environment == null) {
        learn(interpreter, spec);
        environment = start(interpreter, Set.of());
      }
      timer.schedule(
          () -> Thread.ofVirtual().start(() -> learnAndRefill(interpreter, spec)),
          REFILL_MILLIS,
          TimeUnit.MILLISECONDS);
      return environment;
    } catch (IOException e) {
      throw new RuntimeUnavailable(e.getMessage() == null ? e.toString() : e.getMessage(), false);
    }
  }

  private Environment start(Interpreter interpreter, Set<String> preload) throws IOException {
    return launcher.join().start(interpreter, preload);
  }

  private void assign(
      Environment environment, Interpreter interpreter, FunctionSpec spec, String stream)
      throws IOException, Environment.InitFailed {
    Credentials credentials = spec.credentials().get();
    Launcher by = launcher.join();
    Path task = code.folder(spec.codeHash());
    Path layers =
        spec.layersHash() == null ? null : by.code().codeFolder().resolve(spec.layersHash());
    boolean own = by.sandbox().hasOwnRoot();
    var folders =
        own
            ? new EnvironmentVariables.Folders(
                "/var/task", "/opt", "/var/runtime", "/var/runtime/node_modules", null)
            : new EnvironmentVariables.Folders(
                task.toAbsolutePath().toString(),
                layers == null ? "/opt" : layers.toAbsolutePath().toString(),
                by.runtimeFolder().toString(),
                by.nodeModules().toString(),
                environment.places().temporary());
    Map<String, String> variables = EnvironmentVariables.of(spec, credentials, stream, folders);
    environment.assign(
        new Environment.Assignment(spec, stream, credentials.expires()),
        EnvironmentVariables.message(variables, spec, notice(interpreter, spec)));
  }

  // Says once per runtime in a function's log and ours that another version runs it.
  private @Nullable String notice(Interpreter interpreter, FunctionSpec spec) {
    if (spec.runtime().equals(interpreter.runtimeName())) {
      return null;
    }
    String notice =
        "Brume runs the runtime "
            + spec.runtime()
            + " on "
            + interpreter.runtimeName()
            + " ("
            + interpreter.executable()
            + ", version "
            + interpreter.version()
            + ")";
    if (!noticed.add(spec.runtime())) {
      return null;
    }
    LOG.log(System.Logger.Level.INFO, notice);
    return notice;
  }

  private Outcome run(Environment environment, Run run, double initMillis) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    String stream = environment.assignment().stream();
    LogPipe.Collector log =
        environment.logs().begin(invocation.requestId(), stream, run.sink(), invocation.tail());
    environment.logs().add(log, LogLines.start(invocation.requestId(), spec.version()));
    long began = clock.nanoTime();
    ScheduledFuture<?> deadline = killLater(environment, spec.timeoutSeconds());
    Environment.Reply reply;
    try {
      reply =
          environment.invoke(
              LogLines.eventHead(
                  invocation, System.currentTimeMillis() + spec.timeoutSeconds() * 1000L),
              invocation.payload(),
              run.answer());
    } catch (IOException e) {
      deadline.cancel(false);
      return died(environment, run, began, log);
    }
    deadline.cancel(false);
    double millis = millisSince(began);
    int memory = environment.memoryUsedMegabytes();
    byte[] tail =
        close(
            environment,
            log,
            invocation,
            LogLines.end(invocation, spec, millis, initMillis, memory, "", ""));
    pool.giveBack(environment);
    return outcome(reply, run.answer(), new Outcome.Report(millis, initMillis, memory, tail));
  }

  private static Outcome outcome(
      Environment.Reply reply, @Nullable ResponseSink answer, Outcome.Report report) {
    if (reply.tooLarge()) {
      long limit = reply.streamed() ? RuntimeWire.STREAM_BYTES_MAX : Environment.RESPONSE_BYTES_MAX;
      return new Outcome.Failed(
          "Function.ResponseSizeTooLarge",
          Environment.errorDocument(
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
      Environment environment, LogPipe.Collector log, Invocation invocation, List<String> lines) {
    CompletableFuture<byte[]> tail = environment.logs().finish(log, lines);
    if (!invocation.tail()) {
      return new byte[0];
    }
    return tail.completeOnTimeout(new byte[0], TAIL_MILLIS, TimeUnit.MILLISECONDS).join();
  }

  private Outcome initFailed(
      Environment environment, Run run, long began, Environment.InitFailed failure) {
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
    environment.logs().add(log, LogLines.initReport(millis, "error", failure.type()));
    environment.logs().add(log, LogLines.start(invocation.requestId(), spec.version()));
    environment.exitReason();
    byte[] tail =
        close(
            environment,
            log,
            invocation,
            LogLines.end(invocation, spec, millis, -1, memory, "error", failure.type()));
    pool.discard(environment);
    return new Outcome.Failed(
        failure.type(), failure.payload(), new Outcome.Report(millis, millis, memory, tail));
  }

  // The process ended before it answered: by its own doing, at its deadline, or for its memory.
  private Outcome died(
      Environment environment, Run run, long began, LogPipe.@Nullable Collector running) {
    FunctionSpec spec = run.spec();
    Invocation invocation = run.invocation();
    double millis = millisSince(began);
    int memory = environment.memoryUsedMegabytes();
    boolean timeout = environment.end() == Environment.End.TIMEOUT;
    String what =
        timeout
            ? String.format(
                Locale.ROOT, "Task timed out after %.2f seconds", (double) spec.timeoutSeconds())
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
      environment.logs().add(log, LogLines.start(invocation.requestId(), spec.version()));
    }
    String type = timeout ? "Sandbox.Timedout" : "Runtime.ExitError";
    String status = timeout ? "timeout" : "error";
    String shown = what.endsWith("signal: killed") ? "Runtime.OutOfMemory" : type;
    List<String> lines =
        LogLines.died(
            invocation, spec, clock.instant(), what, timeout, millis, memory, status, shown);
    pool.discard(environment);
    byte[] tail = close(environment, log, invocation, lines);
    String message = "RequestId: " + invocation.requestId() + " Error: " + what;
    return new Outcome.Failed(
        type,
        Environment.errorDocument(type, message),
        new Outcome.Report(millis, -1, memory, tail));
  }

  private ScheduledFuture<?> killLater(Environment environment, int seconds) {
    return timer.schedule(
        () -> environment.kill(Environment.End.TIMEOUT), seconds, TimeUnit.SECONDS);
  }

  private boolean learn(Interpreter interpreter, FunctionSpec spec) throws IOException {
    return imports.learn(interpreter.kind(), spec.codeHash(), code.folder(spec.codeHash()));
  }

  private void learnAndRefill(Interpreter interpreter, FunctionSpec spec) {
    try {
      learn(interpreter, spec);
      refill(interpreter);
    } catch (IOException | RuntimeUnavailable e) {
      if (!closed) {
        LOG.log(System.Logger.Level.WARNING, "no waiting process: {0}", e.getMessage());
      }
    }
  }

  private void refill(Interpreter interpreter) throws IOException {
    if (!refilling.add(interpreter.kind())) {
      return;
    }
    try {
      while (!closed && pool.waiting(interpreter.kind()) < settings.waiting()) {
        pool.awaitQuiet();
        pool.addWaiting(start(interpreter, imports.preload(interpreter.kind())));
      }
    } finally {
      refilling.remove(interpreter.kind());
    }
    if (closed) {
      pool.dropIdle(environment -> true);
    }
  }

  private void sweep() {
    long now = clock.nanoTime();
    long idle = settings.idle().toNanos();
    pool.dropIdle(environment -> !environment.alive() || now - environment.idleSinceNanos() > idle);
  }

  private double millisSince(long nanos) {
    return (clock.nanoTime() - nanos) / 1e6;
  }

  @Override
  public void close() {
    closed = true;
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

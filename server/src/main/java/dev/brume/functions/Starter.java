package dev.brume.functions;

import dev.brume.ids.Ids;
import dev.brume.time.Clock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Makes environments into functions: takes a waiting process, or starts one, and hands it the
/// function; sees to it that another process waits afterwards.
final class Starter {
  /// `AWS_LAMBDA_INITIALIZATION_TYPE`.
  /// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
  static final String ON_DEMAND = "on-demand";

  static final String PROVISIONED = "provisioned-concurrency";

  private static final System.Logger LOG = System.getLogger(Starter.class.getName());
  private static final long REFILL_MILLIS = 20;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd", Locale.ROOT).withZone(ZoneOffset.UTC);
  private final FunctionsSettings settings;
  private final Clock clock;
  private final Ids ids;
  private final CodeStore code;
  private final Pool pool;
  private final CompletableFuture<Launcher> launcher;
  private final ScheduledExecutorService timer;
  private final Interpreters interpreters;
  private final Imports imports = new Imports();
  private final Set<Interpreter> refilling = ConcurrentHashMap.newKeySet();
  private final Set<String> noticed = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Starter(
      FunctionsSettings settings,
      Clock clock,
      Ids ids,
      CodeStore code,
      Pool pool,
      Interpreters interpreters,
      CompletableFuture<Launcher> launcher,
      ScheduledExecutorService timer) {
    this.settings = settings;
    this.clock = clock;
    this.ids = ids;
    this.code = code;
    this.pool = pool;
    this.launcher = launcher;
    this.timer = timer;
    this.interpreters = interpreters;
  }

  /// Gets ready for a function that will be invoked soon: learns what it imports, and starts a
  /// waiting process. Returns at once.
  void prepare(FunctionSpec spec) {
    Thread.ofVirtual()
        .name("functions-prepare")
        .start(
            () -> {
              try {
                Interpreter interpreter = interpreters.of(spec);
                learn(interpreter, spec);
                refill(interpreter);
              } catch (RuntimeUnavailable | IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "not prepared: {0}", e.getMessage());
              }
            });
  }

  /// A process that can become this function. Throws [RuntimeUnavailable] when there can be none.
  Environment take(FunctionSpec spec) {
    Interpreter interpreter = interpreters.of(spec);
    try {
      Environment environment = pool.takeWaiting(interpreter);
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

  /// Makes the environment this function and waits until it asks for its first event; kills it
  /// when that takes too long.
  ///
  /// @param type [#ON_DEMAND] or [#PROVISIONED]
  /// @param seconds it may take
  void initialise(Environment environment, FunctionSpec spec, String type, int seconds)
      throws IOException, Environment.InitFailed {
    ScheduledFuture<?> deadline = killLater(environment, seconds);
    try {
      String stream = DAY.format(clock.instant()) + "/[" + spec.version() + "]" + ids.hex(32);
      assign(environment, spec, stream, type);
    } finally {
      deadline.cancel(false);
    }
  }

  private void assign(Environment environment, FunctionSpec spec, String stream, String type)
      throws IOException, Environment.InitFailed {
    Credentials credentials = spec.credentials().get();
    Launcher by = launcher.join();
    Path task = code.folder(spec.codeHash());
    Path layers =
        spec.layersHash() == null ? null : by.code().codeFolder().resolve(spec.layersHash());
    boolean own = by.sandbox().hasOwnRoot();
    var folders =
        own
            ? new EnvironmentVariables.Folders("/var/task", "/opt", "/var/runtime", null)
            : new EnvironmentVariables.Folders(
                task.toAbsolutePath().toString(),
                layers == null ? "/opt" : layers.toAbsolutePath().toString(),
                by.runtimeFolder().toString(),
                environment.places().temporary());
    Map<String, String> variables =
        EnvironmentVariables.of(
            spec, environment.interpreter().family(), credentials, stream, type, folders);
    environment.assign(
        new Environment.Assignment(spec, stream, credentials.expires(), type.equals(PROVISIONED)),
        EnvironmentVariables.message(variables, spec, notice(environment.interpreter(), spec)));
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

  /// Kills the environment for its time unless the answer is cancelled before.
  ScheduledFuture<?> killLater(Environment environment, int seconds) {
    return timer.schedule(
        () -> environment.kill(Environment.End.TIMEOUT), seconds, TimeUnit.SECONDS);
  }

  private boolean learn(Interpreter interpreter, FunctionSpec spec) throws IOException {
    return imports.learn(interpreter.family(), spec.codeHash(), code.folder(spec.codeHash()));
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
    if (!refilling.add(interpreter)) {
      return;
    }
    try {
      while (!closed && pool.waiting(interpreter) < settings.waiting()) {
        pool.awaitQuiet();
        pool.addWaiting(start(interpreter, imports.preload(interpreter.family())));
      }
    } finally {
      refilling.remove(interpreter);
    }
    if (closed) {
      pool.dropIdle(environment -> true);
    }
  }

  void close() {
    closed = true;
  }
}

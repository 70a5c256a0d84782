package dev.brume.functions;

import dev.brume.ids.Ids;
import dev.brume.time.Clock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
  static final String SNAP_START = "snap-start";

  /// Lambda gives initialisation in advance 130 seconds, or the function's timeout if that is
  /// longer.
  static final int AHEAD_SECONDS_MIN = 130;

  private static final String BOOTSTRAP = "bootstrap";
  private static final String EXTENSIONS = "extensions";

  /// A script that starts the runtime in its own way.
  /// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-modify.html
  private static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

  private static final Set<String> READ_AT_START =
      Set.of(WRAPPER, "LD_PRELOAD", "LD_AUDIT", "LD_DEBUG", "MALLOC_ARENA_MAX", "GLIBC_TUNABLES");

  private static final System.Logger LOG = System.getLogger(Starter.class.getName());
  private static final int DEBUGGED_SECONDS = 86_400;
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
  private final Debugging debugging;
  private final Map<String, Environment> underDebugger = new HashMap<>();
  private final Imports imports = new Imports();
  private final Set<Interpreter> refilling = ConcurrentHashMap.newKeySet();
  private final Set<String> noticed = ConcurrentHashMap.newKeySet();
  private final Compiling compiling;
  private final BackOff<Interpreter> replacing = new BackOff<>();
  private volatile boolean closed;

  Starter(
      FunctionsSettings settings,
      Clock clock,
      Ids ids,
      CodeStore code,
      Pool pool,
      Interpreters interpreters,
      Debugging debugging,
      CompletableFuture<Launcher> launcher,
      ScheduledExecutorService timer) {
    this.settings = settings;
    this.clock = clock;
    this.ids = ids;
    this.code = code;
    compiling = new Compiling(code);
    this.pool = pool;
    this.launcher = launcher;
    this.timer = timer;
    this.interpreters = interpreters;
    this.debugging = debugging;
  }

  /// Gets ready for a function that will be invoked soon: learns what it imports, and starts a
  /// waiting process. Returns at once.
  void prepare(FunctionSpec spec) {
    Thread.ofVirtual()
        .name("functions-prepare")
        .start(
            () -> {
              try {
                learnAndRefill(interpreters.of(spec), spec);
              } catch (RuntimeUnavailable e) {
                LOG.log(System.Logger.Level.DEBUG, "not prepared: {0}", e.getMessage());
              }
            });
  }

  /// A process that can become this function. Throws [RuntimeUnavailable] when there can be none.
  Environment take(FunctionSpec spec) {
    Interpreter interpreter = interpreters.of(spec);
    try {
      Environment debugged = debugged(interpreter, spec);
      if (debugged != null) {
        return debugged;
      }
      boolean late = startsLate(interpreter, spec);
      Environment environment =
          late && !interpreter.family().isForeign() ? null : pool.spares().take(interpreter);
      if (environment == null && late) {
        environment = launcher.join().startBare(interpreter);
      } else if (environment == null) {
        learn(interpreter, spec);
        environment = start(interpreter, null);
      }
      refillLater(REFILL_MILLIS, interpreter, spec);
      return environment;
    } catch (IOException e) {
      throw new RuntimeUnavailable(e.getMessage() == null ? e.toString() : e.getMessage(), false);
    }
  }

  // One environment of a function that is to be debugged has the debugger's door.
  private @Nullable Environment debugged(Interpreter interpreter, FunctionSpec spec)
      throws IOException {
    Integer port = debugging.port(spec.name());
    if (port == null || interpreter.family().isForeign()) {
      return null;
    }
    synchronized (underDebugger) {
      Environment before = underDebugger.get(spec.name());
      if (before != null && before.alive()) {
        return null;
      }
      Environment environment = launcher.join().startBare(interpreter);
      try {
        environment.debug(port);
      } catch (IOException e) {
        environment.kill(Environment.End.RETIRED);
        environment.clean();
        throw e;
      }
      underDebugger.put(spec.name(), environment);
      LOG.log(
          System.Logger.Level.INFO,
          "The function {0} waits for a debugger on 127.0.0.1:{1}",
          spec.name(),
          Integer.toString(port));
      return environment;
    }
  }

  /// A process that waits, for somebody who knows what for.
  Environment start(Interpreter interpreter) throws IOException {
    return start(interpreter, Set.of());
  }

  // Without anything to load in advance it is for a function that is there already.
  private Environment start(Interpreter interpreter, @Nullable Set<String> preload)
      throws IOException {
    return interpreter.family().isForeign()
        ? launcher.join().startBare(interpreter)
        : launcher.join().start(interpreter, preload);
  }

  // Whether a process that waits already would not do.
  private boolean startsLate(Interpreter interpreter, FunctionSpec spec) throws IOException {
    boolean noOrders = !launcher.join().sandbox().hasOwnRoot();
    return interpreter.family().isForeign()
        || noOrders && !extensionsOf(spec).isEmpty()
        || spec.environment().entrySet().stream()
            .anyMatch(
                one ->
                    READ_AT_START.contains(one.getKey())
                        || interpreter.family().isReadAtStart(one.getKey(), one.getValue()));
  }

  /// Makes the environment this function and waits until it asks for its first event; ends it
  /// when that takes too long.
  ///
  /// @param type [#ON_DEMAND], [#PROVISIONED] or [#SNAP_START]
  /// @param seconds it may take
  void initialise(Environment environment, FunctionSpec spec, String type, int seconds)
      throws IOException, InitFailed {
    ScheduledFuture<?> deadline = expireLater(environment, seconds);
    try {
      String stream = DAY.format(clock.instant()) + "/[" + spec.version() + "]" + ids.hex(32);
      assign(environment, spec, stream, type);
    } finally {
      deadline.cancel(false);
    }
  }

  /// The same before anybody waits for it. When that fails, it is said in the log, and the
  /// environment is gone.
  ///
  /// @param type [#PROVISIONED] or [#SNAP_START]
  /// @param sink for what a failing initialisation printed
  /// @return the type of the error; null when it went well
  @Nullable String initialiseAhead(
      Environment environment, FunctionSpec spec, String type, LogSink sink) {
    long began = clock.nanoTime();
    String failure;
    try {
      int seconds = Math.max(AHEAD_SECONDS_MIN, spec.timeoutSeconds());
      initialise(environment, spec, type, seconds);
      failure = null;
    } catch (InitFailed e) {
      failure = e.type();
    } catch (IOException e) {
      boolean late = environment.end() == Environment.End.TIMEOUT;
      failure = late ? "Sandbox.Timedout" : "Runtime.ExitError";
    } catch (RuntimeException e) {
      pool.discard(environment);
      throw e;
    }
    double millis = (clock.nanoTime() - began) / 1e6;
    LogPipe logs = environment.logs();
    if (failure == null) {
      logs.add(PlatformEvent.initReport(type, PlatformEvent.Result.SUCCESS, millis));
      return null;
    }
    var log = logs.begin("", environment.assignment().stream(), sink, false);
    environment.exitReason();
    var result = PlatformEvent.Result.error(failure);
    logs.finish(log, List.of(PlatformEvent.initReport(type, result, millis)));
    pool.discard(environment);
    return failure;
  }

  private void assign(Environment environment, FunctionSpec spec, String stream, String type)
      throws IOException, InitFailed {
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
            spec, environment.interpreter(), credentials, stream, type, folders);
    variables.put("AWS_LAMBDA_RUNTIME_API", environment.api().address());
    Interpreter interpreter = environment.interpreter();
    StartCache cache = own ? interpreter.family().startCache(interpreter, spec) : null;
    environment.assign(new Assignment(spec, stream, credentials.expires(), type, cache));
    if (environment.bare()) {
      prepareProgram(environment, spec, variables, folders);
    }
    environment.begin(
        EnvironmentVariables.message(
            environment.bare() ? Map.of() : variables,
            spec,
            cache == null ? null : StartCache.FOLDER,
            notice(interpreter, spec)),
        prepareExtensions(environment, spec, variables, folders));
  }

  // What the sandbox will start: the function's own runtime, or one of ours, in the wrapper that
  // the function asks for.
  private void prepareProgram(
      Environment environment,
      FunctionSpec spec,
      Map<String, String> variables,
      EnvironmentVariables.Folders folders)
      throws IOException, InitFailed {
    Interpreter interpreter = environment.interpreter();
    Map<String, String> all = new LinkedHashMap<>(variables);
    List<String> command = new ArrayList<>();
    if (interpreter.family().isForeign()) {
      command.add(bootstrap(spec, folders));
    } else {
      Launcher by = launcher.join();
      all.putAll(by.runtimeVariables(interpreter, environment.places(), null));
      spec.environment().forEach(all::put);
      String wrapper = spec.environment().get(WRAPPER);
      if (wrapper != null) {
        command.add(wrapper);
      }
      List<String> runtime = by.runtimeCommand(interpreter);
      Integer port = debugging.port(spec.name());
      command.addAll(
          port == null || !environment.debugged()
              ? runtime
              : interpreter.family().debugged(runtime, port));
    }
    StartScript.write(
        environment.places().run(), Environment.PROGRAM, folders.task(), all, command);
  }

  // Every file in a layer's folder `extensions` is one.
  private List<String> prepareExtensions(
      Environment environment,
      FunctionSpec spec,
      Map<String, String> variables,
      EnvironmentVariables.Folders folders)
      throws IOException, InitFailed {
    List<String> names = extensionsOf(spec);
    for (String name : names) {
      String path = EXTENSIONS + "/" + name;
      Path file = code.codeFolder().resolve(String.valueOf(spec.layersHash())).resolve(path);
      checkExecutable(file, "/opt/" + path, "Extension.LaunchError");
    }
    environment
        .api()
        .extensions()
        .expect(spec, names, () -> environment.end(Environment.End.EXTENSION));
    Map<String, String> all = new LinkedHashMap<>(variables);
    all.keySet().removeAll(EnvironmentVariables.RUNTIMES_OWN);
    for (String name : names) {
      StartScript.write(
          environment.places().run(),
          StartScript.EXTENSION + name,
          "/",
          all,
          List.of(folders.layers() + "/" + EXTENSIONS + "/" + name));
    }
    return names.stream().map(StartScript.EXTENSION::concat).toList();
  }

  private List<String> extensionsOf(FunctionSpec spec) throws IOException {
    Path folder =
        spec.layersHash() == null
            ? null
            : code.codeFolder().resolve(spec.layersHash()).resolve(EXTENSIONS);
    if (folder == null || !Files.isDirectory(folder)) {
      return List.of();
    }
    try (var files = Files.list(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> !name.contains("\n"))
          .sorted()
          .toList();
    }
  }

  private String bootstrap(FunctionSpec spec, EnvironmentVariables.Folders folders)
      throws IOException, InitFailed {
    String layers = spec.layersHash();
    Path own = code.folder(spec.codeHash()).resolve(BOOTSTRAP);
    if (Files.isRegularFile(own)) {
      checkExecutable(own, "/var/task/" + BOOTSTRAP, "Runtime.InvalidEntrypoint");
      return folders.task() + "/" + BOOTSTRAP;
    }
    Path layered = layers == null ? null : code.codeFolder().resolve(layers).resolve(BOOTSTRAP);
    if (layered != null && Files.isRegularFile(layered)) {
      checkExecutable(layered, "/opt/" + BOOTSTRAP, "Runtime.InvalidEntrypoint");
      return folders.layers() + "/" + BOOTSTRAP;
    }
    throw InitFailed.found(
        "Runtime.InvalidEntrypoint",
        "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]");
  }

  // By its mode in the zip, whoever runs it here.
  private static void checkExecutable(Path file, String seen, String type)
      throws IOException, InitFailed {
    if (!Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_EXECUTE)) {
      throw InitFailed.found(type, "fork/exec " + seen + ": permission denied");
    }
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

  /// How long something may take that should take so long at most.
  static int patience(Environment environment, int seconds) {
    return environment.debugged() ? DEBUGGED_SECONDS : seconds;
  }

  /// Ends the environment for its time, which extensions hear of, unless the answer is cancelled
  /// before.
  ScheduledFuture<?> expireLater(Environment environment, int seconds) {
    return timer.schedule(
        () -> environment.end(Environment.End.TIMEOUT),
        patience(environment, seconds),
        TimeUnit.SECONDS);
  }

  private boolean learn(Interpreter interpreter, FunctionSpec spec) throws IOException {
    Path folder = code.folder(spec.codeHash());
    compiling.start(interpreter, spec);
    return imports.learn(interpreter.family(), spec.codeHash(), folder);
  }

  // Something has killed it while it waited.
  private void replace(Environment environment) {
    if (!closed && pool.spares().removeEnded(environment)) {
      replaceLater(environment.interpreter(), clock.nanoTime() - environment.idleSinceNanos());
    }
  }

  private void replaceLater(Interpreter interpreter, long livedNanos) {
    refillLater(replacing.died(interpreter, livedNanos), interpreter, null);
  }

  // First looks through the code of a function that has just become known, if there is one.
  private void refillLater(long millis, Interpreter interpreter, @Nullable FunctionSpec spec) {
    timer.schedule(
        () -> Thread.startVirtualThread(() -> learnAndRefill(interpreter, spec)),
        millis,
        TimeUnit.MILLISECONDS);
  }

  private void learnAndRefill(Interpreter interpreter, @Nullable FunctionSpec spec) {
    try {
      if (spec != null) {
        learn(interpreter, spec);
      }
      refill(interpreter);
    } catch (IOException | RuntimeException e) {
      if (!closed) {
        LOG.log(System.Logger.Level.WARNING, "no waiting process: {0}", e.getMessage());
        replaceLater(interpreter, 0);
      }
    }
  }

  private void refill(Interpreter interpreter) throws IOException {
    if (!refilling.add(interpreter)) {
      return;
    }
    try {
      while (!closed && pool.spares().waiting(interpreter) < settings.waiting()) {
        pool.awaitQuiet();
        Environment environment = start(interpreter, imports.preload(interpreter.family()));
        pool.spares().add(environment);
        environment.onExit(() -> replace(environment));
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
    compiling.close();
  }
}

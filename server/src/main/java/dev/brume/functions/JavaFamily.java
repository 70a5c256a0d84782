package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `java*`: AWS's runtime for Java in a JVM of this machine. Unix sockets need Java 17, so that is
/// the oldest that runs functions: those of `java8.al2` and `java11` run on the next one there is.
final class JavaFamily implements RuntimeFamily {
  private static final int MAJOR_MIN = 17;
  private static final Pattern NAME = Pattern.compile("java([0-9]{1,3})(?:\\.al2)?");
  private static final Pattern HEAP =
      Pattern.compile("-Xmx|-XX:(?:MaxHeapSize|MaxRAMPercentage|MaxRAM)=");
  private static final Pattern COLLECTOR = Pattern.compile("-XX:\\+Use\\w*GC\\b");
  private static final Pattern COMPILER =
      Pattern.compile("-XX:(?:TieredStopAtLevel=|[+-]TieredComp)");
  private static final List<String> CACHED = List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
  // Tells the runtime in the process that the class path holds the function's classes.
  private static final String JARS = "BRUME_FUNCTION_JARS";
  // Has it run events of its own, too.
  private static final String PRACTICE = "BRUME_PRACTICE";
  // More than small functions have: two processes end it together.
  private static final int PRACTICE_MEGABYTES_MIN = 1024;
  private static final String OWN_FOLDER = "/var/runtime";
  private final JavaLibraries libraries;
  private final JavaCaches caches = new JavaCaches();
  private static final Set<String> OPTIONS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");
  private final JavaStarts starts;
  private volatile @Nullable Path codeFolder;
  private @Nullable List<JavaMachines.Machine> machines;

  JavaFamily(FunctionsSettings settings) {
    libraries = new JavaLibraries(settings.cacheFolder());
    starts = new JavaStarts(settings.cacheFolder(), libraries);
  }

  @Override
  public boolean runs(String runtime) {
    return NAME.matcher(runtime).matches();
  }

  @Override
  public List<String> names() {
    return List.of("java8.al2", "java11", "java17", "java21", "java25");
  }

  @Override
  public String needs() {
    return "a JDK or JRE of version " + MAJOR_MIN + " or later (https://adoptium.net)";
  }

  @Override
  public @Nullable Interpreter find(String runtime) {
    int wanted = major(runtime);
    // Java runs what was compiled for an older version, never for a newer one.
    return machines().stream()
        .filter(machine -> machine.major() >= Math.max(wanted, MAJOR_MIN))
        .min(Comparator.comparingInt(JavaMachines.Machine::major))
        .map(
            machine ->
                new Interpreter(
                    this,
                    machine.executable(),
                    machine.version(),
                    JavaMachines.folders(machine.home())))
        .orElse(null);
  }

  private synchronized List<JavaMachines.Machine> machines() {
    List<JavaMachines.Machine> known = machines;
    if (known == null) {
      known = JavaMachines.all();
      machines = known;
    }
    return known;
  }

  private JavaMachines.Machine machine(Path executable) {
    return machines().stream()
        .filter(machine -> machine.executable().equals(executable))
        .findFirst()
        .orElseThrow();
  }

  private static int major(String runtime) {
    Matcher matcher = NAME.matcher(runtime);
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  @Override
  public String runtimeName(String version) {
    return "java" + version.split("[.+_-]", -1)[0];
  }

  /// A JVM is told the size of its heap when it starts, so those that wait are of the size that the
  /// function has. What a function says itself, in variables that a JVM reads when it starts, goes
  /// before what it gets otherwise.
  @Override
  public Interpreter forFunction(Interpreter interpreter, FunctionSpec spec) {
    var variables = new TreeMap<>(spec.environment());
    variables.keySet().retainAll(OPTIONS);
    String said = String.join(" ", variables.values());
    var options = new ArrayList<String>();
    if (!HEAP.matcher(said).find()) {
      options.add("-Xmx" + heapMegabytes(spec.memoryMegabytes()) + "m");
    }
    if (!COLLECTOR.matcher(said).find()) {
      options.add("-XX:+UseSerialGC");
    }
    if (!COMPILER.matcher(said).find()) {
      options.add("-XX:TieredStopAtLevel=1");
    }
    var plain = interpreter.with(new Interpreter.Start(options, Map.of(), List.of(), null));
    JavaStarts.Cache cache =
        variables.isEmpty() ? starts.find(machine(interpreter.executable()), spec) : null;
    return cache == null ? plain : cached(plain, spec, cache, "-XX:AOTCache=" + JavaStarts.SEEN);
  }

  // Classes come from a cache only if the class path has them when the JVM starts.
  private Interpreter cached(
      Interpreter plain, FunctionSpec spec, JavaStarts.Cache cache, String option) {
    var options = new ArrayList<>(plain.start().options());
    options.addAll(List.of(option, "--add-opens=java.base/jdk.internal.loader=ALL-UNNAMED"));
    var binds = new ArrayList<String>();
    binds.add(cache.folder() + " " + JavaStarts.FOLDER);
    binds.add(codeFolder().resolve(spec.codeHash()) + " var/task");
    String layers = spec.layersHash();
    if (layers != null) {
      binds.add(codeFolder().resolve(layers) + " opt");
    }
    // The SDK's classes remember the second when they are initialised.
    var variables =
        Map.of(
            JARS,
            cache.classPath(),
            EnvironmentVariables.EXECUTION,
            EnvironmentVariables.execution(spec));
    return plain.with(new Interpreter.Start(options, variables, binds, spec.functionKey()));
  }

  private Path codeFolder() {
    return Objects.requireNonNull(codeFolder);
  }

  @Override
  public void arrange(Path folder) {
    codeFolder = folder.toAbsolutePath();
  }

  @Override
  public @Nullable Practice practice(Interpreter interpreter, FunctionSpec spec) {
    JavaStarts.Cache cache =
        interpreter.start().variables().isEmpty()
            ? starts.prepare(machine(interpreter.executable()), spec, codeFolder())
            : null;
    if (cache == null) {
      return null;
    }
    Interpreter learns =
        cached(interpreter, spec, cache, "-XX:AOTCacheOutput=/tmp/" + JavaStarts.FILE);
    Interpreter.Start start = learns.start();
    var variables = new HashMap<>(start.variables());
    variables.put(PRACTICE, "yes");
    return new Practice(
        learns.with(
            new Interpreter.Start(start.options(), variables, start.binds(), start.owner())),
        JavaStarts.FILE,
        Math.max(spec.memoryMegabytes(), PRACTICE_MEGABYTES_MIN));
  }

  @Override
  public void learnt(Practice practice, FunctionSpec spec, Path file) throws IOException {
    starts.keep(machine(practice.interpreter().executable()), spec, file);
  }

  // What command lines seen on Lambda show: all but 15 %, and all but 240 MB from 1,600 MB on.
  static int heapMegabytes(int memoryMegabytes) {
    return memoryMegabytes - Math.min(memoryMegabytes * 15 / 100, 240);
  }

  @Override
  public List<String> resources() {
    return List.of();
  }

  @Override
  public void ensure(Interpreter interpreter) {
    libraries.folder();
  }

  @Override
  public List<String> binds(Interpreter interpreter) {
    return List.of(libraries.folder() + " var/runtime/lib");
  }

  @Override
  public List<String> languageNames() {
    return List.of("java");
  }

  @Override
  public List<String> command(Interpreter interpreter, String folder) {
    boolean ownRoot = folder.equals(OWN_FOLDER);
    Path jars = libraries.folder();
    String lib = ownRoot ? OWN_FOLDER + "/lib" : jars.toString();
    JavaMachines.Machine machine = machine(interpreter.executable());
    List<String> options = options(machine.major());
    var command = new ArrayList<String>();
    command.add(interpreter.executable().toString());
    command.addAll(options);
    // As on Lambda: a simple collector and the quick compiler, unless the function wants others.
    command.addAll(interpreter.start().options());
    String function = interpreter.start().variables().get(JARS);
    String cache = function == null ? caches.find(machine, jars, with(options, CACHED)) : null;
    if (function != null) {
      command.addAll(List.of("-Xlog:aot=off", "-Xlog:cds=off"));
    } else if (cache != null) {
      command.addAll(
          List.of("-XX:AOTCache=" + lib + "/" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
    }
    if (ownRoot) {
      command.add("-Duser.dir=/var/task");
    }
    String path = JavaLibraries.classPath(lib) + (function == null ? "" : ":" + function);
    command.addAll(List.of("-cp", path, "dev.brume.runtime.Bootstrap"));
    return command;
  }

  private static List<String> with(List<String> options, List<String> more) {
    var all = new ArrayList<>(options);
    all.addAll(more);
    return List.copyOf(all);
  }

  private static List<String> options(int major) {
    var options =
        new ArrayList<>(
            List.of(
                "-XX:-UsePerfData",
                "-XX:+ErrorFileToStderr",
                "-Djava.net.preferIPv4Stack=true",
                "-Dorg.crac.Core.Compat=com.amazonaws.services.lambda.crac",
                "-Dfile.encoding=UTF-8",
                "--add-opens=java.base/java.io=ALL-UNNAMED",
                // For the environment variables, which a JVM reads once.
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--enable-native-access=ALL-UNNAMED"));
    if (major >= 23) {
      options.add("--sun-misc-unsafe-memory-access=allow");
    }
    return List.copyOf(options);
  }

  @Override
  public List<String> debugged(List<String> command, int port) {
    return Programs.withOptions(
        command, "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:" + port);
  }

  @Override
  public boolean isReadAtStart(String variable) {
    return OPTIONS.contains(variable);
  }
}

package dev.brume.functions;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `java*`: AWS's runtime for Java in a JVM of this machine. Unix sockets need Java 17, so that is
/// the oldest that runs functions: those of `java8.al2` and `java11` run on the next one there is.
final class JavaFamily implements RuntimeFamily {
  private static final int MAJOR_MIN = 17;
  private static final Pattern NAME = Pattern.compile("java([0-9]{1,3})(?:\\.al2)?");
  private static final String OWN_FOLDER = "/var/runtime";
  private final JavaLibraries libraries;
  private final JavaCaches caches = new JavaCaches();
  private static final Set<String> OPTIONS =
      Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");
  private @Nullable List<JavaMachines.Machine> machines;

  JavaFamily(FunctionsSettings settings) {
    libraries = new JavaLibraries(settings.cacheFolder());
  }

  @Override
  public boolean runs(String runtime) {
    return NAME.matcher(runtime).matches();
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
  /// function has.
  @Override
  public Interpreter forFunction(Interpreter interpreter, FunctionSpec spec) {
    return interpreter.with(List.of("-Xmx" + heapMegabytes(spec.memoryMegabytes()) + "m"));
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
  public void ensure() {
    libraries.folder();
  }

  @Override
  public List<String> binds() {
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
    command.addAll(interpreter.options());
    String cache = caches.find(machine, jars, options);
    if (cache != null) {
      command.addAll(
          List.of("-XX:AOTCache=" + lib + "/" + cache, "-Xlog:aot=off", "-Xlog:cds=off"));
    }
    if (ownRoot) {
      command.add("-Duser.dir=/var/task");
    }
    command.addAll(List.of("-cp", JavaLibraries.classPath(lib), "dev.brume.runtime.Bootstrap"));
    return command;
  }

  private static List<String> options(int major) {
    var options =
        new ArrayList<>(
            List.of(
                // As on Lambda: a simple collector, the quick compiler only.
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
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

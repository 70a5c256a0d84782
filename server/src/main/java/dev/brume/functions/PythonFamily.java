package dev.brume.functions;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `python3.*`, with boto3, which Lambda brings along.
final class PythonFamily implements RuntimeFamily {
  private static final String PROBE =
      "import sys, importlib.util as u\n"
          + "print('.'.join(map(str, sys.version_info[:3])))\n"
          + "print(sys.executable)\n"
          + "print(1 if u.find_spec('boto3') else 0)\n"
          + "print(sys.prefix)\n"
          + "print(sys.base_prefix)\n"
          + "print('\\n'.join(p for p in sys.path if p.startswith('/')))\n";
  private static final Pattern CLIENT =
      Pattern.compile("\\.(?:client|resource)\\(\\s*[\"']([a-z0-9-]+)[\"']");
  private static final Pattern NAME = Pattern.compile("python3\\.([0-9]{1,3})");
  private static final Pattern VERSION = Pattern.compile("/(?:cpython-)?3\\.([0-9]{1,3})[^/]*$");
  private static final int MINOR_MIN = 8;
  private static final int MINOR_MAX = 15;
  private static final int SDK_MINOR_MIN = 9;
  private static final long COMPILE_SECONDS = 300;
  private static final int COMPILE_MEMORY_KILOBYTES = 1 << 20;
  private static final String OWN_SDK = "/var/runtime/python";
  private static final List<String> MANAGED =
      List.of(
          ".pyenv/versions/3.*",
          ".local/share/uv/python/cpython-3.*",
          ".local/share/mise/installs/python/3.*",
          ".asdf/installs/python/3.*");
  private final PythonSdk sdk;
  private final Map<Path, Optional<Found>> probed = new ConcurrentHashMap<>();
  // Those without boto3, and who can give it to them.
  private final Map<Path, Optional<Path>> lacking = new ConcurrentHashMap<>();

  PythonFamily(FunctionsSettings settings) {
    sdk = new PythonSdk(settings.cacheFolder());
  }

  @Override
  public boolean runs(String runtime) {
    return runtime.startsWith("python3");
  }

  @Override
  public List<String> names() {
    return List.of(
        "python3.9", "python3.10", "python3.11", "python3.12", "python3.13", "python3.14");
  }

  @Override
  public String needs() {
    return "Python 3.8 or later (https://www.python.org), on PATH or a version manager's";
  }

  @Override
  public @Nullable Interpreter find(String runtime) {
    Matcher name = NAME.matcher(runtime);
    int wanted = name.matches() ? Integer.parseInt(name.group(1)) : 0;
    List<Installed> all = installed();
    // Of the same version one that has boto3 itself, else the first.
    List<Installed> ordered = Installed.nearest(all, wanted);
    Found first = null;
    for (Installed candidate : ordered) {
      Found found =
          first == null || candidate.version() == minor(first)
              ? probe(candidate.executable())
              : null;
      if (found != null && (first == null || found.sdk() && !first.sdk())) {
        first = found;
      }
    }
    if (first == null) {
      return null;
    }
    if (!first.sdk()) {
      Path donor =
          all.stream()
              .filter(one -> one.version() >= SDK_MINOR_MIN)
              .map(one -> probe(one.executable()))
              .filter(one -> one != null && one.sdk())
              .map(one -> one.interpreter().executable())
              .findFirst()
              .orElse(null);
      lacking.put(first.interpreter().executable(), Optional.ofNullable(donor));
    }
    return first.interpreter();
  }

  /// One that was asked.
  ///
  /// @param sdk whether it has boto3
  private record Found(Interpreter interpreter, boolean sdk) {}

  private static int minor(Found found) {
    return Integer.parseInt(found.interpreter().version().split("\\.", -1)[1]);
  }

  private @Nullable Found probe(Path executable) {
    return probed
        .computeIfAbsent(
            executable,
            program -> {
              List<String> lines = Programs.run(program, "-c", PROBE);
              if (lines.size() < 5 || !lines.get(0).startsWith("3.")) {
                return Optional.empty();
              }
              var folders = new ArrayList<Path>();
              lines.subList(3, lines.size()).forEach(line -> folders.add(Path.of(line)));
              var found =
                  new Interpreter(
                      this, Path.of(lines.get(1)), lines.get(0), Programs.outside(folders));
              return Optional.of(new Found(found, lines.get(2).equals("1")));
            })
        .orElse(null);
  }

  private List<Installed> installed() {
    var all = new ArrayList<Installed>();
    Programs.onPath("python3", "python").forEach(executable -> add(all, executable));
    for (int minor = MINOR_MAX; minor >= MINOR_MIN; minor--) {
      for (Path executable : Programs.onPath("python3." + minor)) {
        all.add(new Installed(executable, minor));
      }
    }
    all.addAll(Installed.in(Programs.userHome(), MANAGED, "bin/python3", VERSION));
    all.removeIf(one -> one.version() < MINOR_MIN);
    return all;
  }

  private void add(List<Installed> all, Path executable) {
    Found found = probe(executable);
    if (found != null) {
      all.add(new Installed(executable, minor(found)));
    }
  }

  @Override
  public void ensure(Interpreter interpreter) {
    Optional<Path> donor = lacking.get(interpreter.executable());
    if (donor != null) {
      sdk.ensure(interpreter, donor.orElse(null));
    }
  }

  @Override
  public List<String> binds(Interpreter interpreter) {
    return lacking.containsKey(interpreter.executable())
            && Files.isDirectory(sdk.folder(interpreter))
        ? List.of(sdk.folder(interpreter) + " " + OWN_SDK.substring(1))
        : List.of();
  }

  private String sdkPath(Interpreter interpreter, boolean ownRoot) {
    if (!lacking.containsKey(interpreter.executable())) {
      return "";
    }
    return ":" + (ownRoot ? OWN_SDK : sdk.folder(interpreter));
  }

  @Override
  public String runtimeName(String version) {
    String[] parts = version.split("\\.", -1);
    return "python" + parts[0] + "." + parts[1];
  }

  @Override
  public List<String> resources() {
    return List.of("python/bootstrap.py", "python/cfnresponse.py", "python/snapshot_restore_py.py");
  }

  @Override
  public List<String> languageNames() {
    return List.of("python3", "python");
  }

  @Override
  public List<String> command(Interpreter interpreter, String folder) {
    return List.of(interpreter.executable().toString(), folder + "/bootstrap.py");
  }

  @Override
  public Map<String, String> waitingVariables(
      Interpreter interpreter, boolean ownRoot, Path runtimeFolder) {
    var variables = new HashMap<String, String>();
    variables.putAll(
        Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONUTF8", "1", "PYTHONUNBUFFERED", "1"));
    String path = sdkPath(interpreter, ownRoot);
    if (!path.isEmpty()) {
      variables.put("PYTHONPATH", path.substring(1));
    }
    return variables;
  }

  @Override
  public Map<String, String> functionVariables(
      FunctionSpec spec, Interpreter interpreter, EnvironmentVariables.Folders folders) {
    return Map.of(
        "PYTHONPATH",
        folders.layers()
            + "/python:"
            + folders.runtime()
            + sdkPath(interpreter, folders.temporary() == null),
        "PYTHONDONTWRITEBYTECODE",
        "1");
  }

  // Where functions see it code is read-only, so Python cannot keep there what it has compiled. The
  // code may be anybody's: the process that reads it has its limits.
  @Override
  public void compile(Interpreter interpreter, Path folder) {
    String limited = "ulimit -v " + COMPILE_MEMORY_KILOBYTES + "; exec nice -n 10 \"$@\"";
    Programs.run(
        COMPILE_SECONDS,
        List.of(
            "/bin/sh",
            "-c",
            limited,
            "sh",
            interpreter.executable().toString(),
            "-I",
            "-m",
            "compileall",
            "-q",
            "--invalidation-mode",
            "unchecked-hash",
            folder.toString()));
  }

  @Override
  public List<String> debugged(List<String> command, int port) {
    // What Python has in its program itself could not be stopped in, and debugpy would say so.
    return Programs.withOptions(
        command, "-X", "frozen_modules=off", "-m", "debugpy", "--listen", "127.0.0.1:" + port);
  }

  @Override
  public boolean isReadAtStart(String variable) {
    return variable.startsWith("PYTHON") && !variable.equals("PYTHONPATH");
  }

  @Override
  public boolean isSource(String file) {
    return file.endsWith(".py");
  }

  @Override
  public Set<String> imports(String source) {
    Set<String> found = Imports.named(CLIENT, source);
    if (source.contains("boto3")) {
      found.add("boto3");
    }
    return found;
  }
}

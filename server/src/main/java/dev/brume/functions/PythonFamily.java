package dev.brume.functions;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `python3.*`, on a Python that has boto3 if there is one.
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
  private final @Nullable Path configured;

  PythonFamily(FunctionsSettings settings) {
    configured = settings.python();
  }

  @Override
  public boolean runs(String runtime) {
    return runtime.startsWith("python3");
  }

  @Override
  public String needs() {
    return "Python 3.9 or later, on PATH";
  }

  @Override
  public @Nullable Interpreter find(String runtime) {
    var candidates = new ArrayList<Path>();
    if (configured != null) {
      candidates.add(configured);
    } else {
      candidates.addAll(Programs.onPath("python3", "python"));
      Path home = Path.of(System.getProperty("user.home", "/"));
      candidates.addAll(Programs.inVersions(home.resolve(".pyenv/versions"), "3.*", "bin/python3"));
    }
    Interpreter best = null;
    for (Path candidate : candidates) {
      List<String> lines = Programs.run(candidate, "-c", PROBE);
      if (lines.size() < 5 || !lines.get(0).startsWith("3.")) {
        continue;
      }
      var folders = new ArrayList<Path>();
      lines.subList(3, lines.size()).forEach(line -> folders.add(Path.of(line)));
      var found =
          new Interpreter(this, Path.of(lines.get(1)), lines.get(0), Programs.outside(folders));
      if (lines.get(2).equals("1")) {
        return found;
      }
      best = best == null ? found : best;
    }
    return best;
  }

  @Override
  public String runtimeName(String version) {
    String[] parts = version.split("\\.", -1);
    return "python" + parts[0] + "." + parts[1];
  }

  @Override
  public List<String> resources() {
    return List.of("python/bootstrap.py", "python/cfnresponse.py");
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
  public Map<String, String> waitingVariables(boolean ownRoot, Path runtimeFolder) {
    return Map.of("PYTHONDONTWRITEBYTECODE", "1", "PYTHONUTF8", "1", "PYTHONUNBUFFERED", "1");
  }

  @Override
  public Map<String, String> functionVariables(EnvironmentVariables.Folders folders) {
    return Map.of(
        "PYTHONPATH",
        folders.layers() + "/python:" + folders.runtime(),
        "PYTHONDONTWRITEBYTECODE",
        "1");
  }

  @Override
  public List<String> debugged(List<String> command, int port) {
    return Programs.withOptions(command, "-m", "debugpy", "--listen", "127.0.0.1:" + port);
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
    Set<String> found = new LinkedHashSet<>();
    Matcher matcher = CLIENT.matcher(source);
    while (matcher.find()) {
      found.add(matcher.group(1));
    }
    if (source.contains("boto3")) {
      found.add("boto3");
    }
    return found;
  }
}

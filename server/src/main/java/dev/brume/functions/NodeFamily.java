package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `nodejs*`, with the AWS SDK for JavaScript that Lambda brings along.
final class NodeFamily implements RuntimeFamily {
  private static final String PROBE =
      "console.log(process.versions.node); console.log(process.execPath)";
  private static final Pattern IMPORT =
      Pattern.compile(
          "(?:require\\(|from\\s*|import\\(|import\\s*)\\s*[\"'](@aws-sdk/[a-z0-9-]+)[\"']");
  private static final Set<String> READ_LATER =
      Set.of("NODE_ENV", "NODE_PATH", "NODE_TLS_REJECT_UNAUTHORIZED");
  private static final Pattern NAME = Pattern.compile("nodejs([0-9]{1,3})\\..*");
  private static final Pattern VERSION = Pattern.compile("/(?:v|nodejs)?([0-9]{1,3})\\.");
  private static final String PROGRAM = "bin/node";
  private static final double LONG_MILLIS = 20;
  private static final List<String> MANAGED =
      List.of(
          ".nvm/versions/node/*",
          ".local/share/fnm/node-versions/*/installation",
          "Library/Application Support/fnm/node-versions/*/installation",
          ".volta/tools/image/node/*",
          ".local/share/mise/installs/node/*",
          ".asdf/installs/nodejs/*",
          ".nodenv/versions/*");
  private final Path added;
  private final NodeSdk sdk;
  private final NodeStarts starts;
  private volatile @Nullable Path code;
  private final Map<Path, Optional<Interpreter>> probed = new ConcurrentHashMap<>();

  NodeFamily(FunctionsSettings settings) {
    added = settings.cacheFolder().resolve("runtimes");
    sdk = new NodeSdk(settings.cacheFolder());
    starts = new NodeStarts(settings.cacheFolder());
  }

  @Override
  public boolean runs(String runtime) {
    return runtime.startsWith("nodejs");
  }

  @Override
  public List<String> names() {
    return List.of("nodejs18.x", "nodejs20.x", "nodejs22.x", "nodejs24.x");
  }

  @Override
  public String needs() {
    return "Node.js (https://nodejs.org), on PATH";
  }

  @Override
  public @Nullable Interpreter find(String runtime) {
    Matcher name = NAME.matcher(runtime);
    int wanted = name.matches() ? Integer.parseInt(name.group(1)) : 0;
    for (Installed candidate : Installed.nearest(installed(), wanted)) {
      Interpreter found = probe(candidate.executable());
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable Interpreter probe(Path executable) {
    return probed
        .computeIfAbsent(
            executable,
            program -> {
              List<String> lines = Programs.run(program, "-e", PROBE);
              if (lines.size() < 2) {
                return Optional.empty();
              }
              Path real = Programs.real(Path.of(lines.get(1)));
              List<Path> folders = Programs.outside(List.of(Programs.home(real)));
              return Optional.of(new Interpreter(this, real, lines.get(0), folders));
            })
        .orElse(null);
  }

  // Those on PATH are asked who they are.
  private List<Installed> installed() {
    var all = new ArrayList<Installed>();
    for (Path executable : Programs.onPath("node", "nodejs")) {
      Interpreter found = probe(executable);
      if (found != null) {
        all.add(new Installed(executable, Integer.parseInt(found.version().split("\\.", -1)[0])));
      }
    }
    all.addAll(Installed.in(Programs.userHome(), MANAGED, PROGRAM, VERSION));
    var shared = List.of("usr/local/n/versions/node/*");
    all.addAll(Installed.in(Path.of("/"), shared, PROGRAM, VERSION));
    all.addAll(Installed.in(added, List.of("*/node_modules/node-*"), PROGRAM, VERSION));
    return all;
  }

  @Override
  public String runtimeName(String version) {
    return "nodejs" + version.split("\\.", -1)[0] + ".x";
  }

  @Override
  public List<String> resources() {
    return List.of(
        "node/bootstrap.cjs",
        "node/practice.cjs",
        "node/rehearsal.js",
        "node/rehearsal.mjs",
        "node/cfn-response.js");
  }

  // ES modules do not look at NODE_PATH, only in the node_modules of the folders above.
  @Override
  public void arrange(Path codeFolder) throws IOException {
    Path link = codeFolder.resolve("node_modules");
    if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
      Files.delete(link);
    }
    Files.createSymbolicLink(link, sdk.modules());
    Files.createDirectories(starts.home());
    code = codeFolder.toAbsolutePath();
  }

  @Override
  public void ensure(Interpreter interpreter) {
    sdk.ensure();
  }

  @Override
  public List<String> binds(Interpreter interpreter) {
    var binds = new ArrayList<String>();
    if (Files.isDirectory(sdk.modules())) {
      binds.add(sdk.modules() + " var/runtime/node_modules");
    }
    if (NodeStarts.isFor(interpreter)) {
      binds.add(starts.home() + " " + StartCache.SOURCE);
    }
    return binds;
  }

  @Override
  public List<String> languageNames() {
    return List.of("node");
  }

  @Override
  public List<String> command(Interpreter interpreter, String folder) {
    var command = new ArrayList<String>();
    command.add(interpreter.executable().toString());
    command.addAll(interpreter.start().options());
    command.add(folder + "/bootstrap.cjs");
    return command;
  }

  @Override
  public Map<String, String> waitingVariables(
      Interpreter interpreter, boolean ownRoot, Path runtimeFolder) {
    return Map.of(
        "NODE_PATH",
        ownRoot
            ? "/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
            : sdk.modules() + ":" + runtimeFolder);
  }

  @Override
  public Map<String, String> functionVariables(
      FunctionSpec spec, Interpreter interpreter, EnvironmentVariables.Folders folders) {
    String modules =
        folders.temporary() == null ? "/var/runtime/node_modules" : sdk.modules().toString();
    return Map.of(
        // The SDK is ours, not the customer's: its advice about the version of Node is no news.
        "AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED",
        "true",
        "NODE_PATH",
        folders.layers()
            + "/nodejs/node_modules:"
            + modules
            + ":"
            + folders.runtime()
            + ":"
            + folders.task());
  }

  @Override
  public List<String> debugged(List<String> command, int port) {
    return Programs.withOptions(command, "--inspect=127.0.0.1:" + port);
  }

  @Override
  public double longStartMillis() {
    return LONG_MILLIS;
  }

  @Override
  public @Nullable Practice practice(Interpreter interpreter, FunctionSpec spec) {
    Path all = code;
    if (all == null || !starts.isWanted(interpreter, spec, all)) {
      return null;
    }
    var start =
        new Interpreter.Start(
            List.of("--expose-internals", "--no-warnings"),
            Map.of("BRUME_PRACTICE", "yes"),
            List.of(),
            spec.functionKey());
    // Of the function's own size: the heap's is among what V8 looks at.
    return new Practice(interpreter.with(start), NodeStarts.FILE, spec.memoryMegabytes());
  }

  @Override
  public void learnt(Practice practice, FunctionSpec spec, Path file) throws IOException {
    starts.keep(practice.interpreter(), spec, file);
  }

  @Override
  public @Nullable StartCache startCache(Interpreter interpreter, FunctionSpec spec) {
    return starts.find(interpreter, spec);
  }

  @Override
  public boolean isReadAtStart(String variable) {
    return variable.startsWith("NODE_") && !READ_LATER.contains(variable)
        || variable.equals("UV_THREADPOOL_SIZE");
  }

  /// Source maps, which bundlers' users ask for, can be turned on in a process that waits.
  @Override
  public boolean isReadAtStart(String variable, String value) {
    return isReadAtStart(variable)
        && !(variable.equals("NODE_OPTIONS") && value.strip().equals("--enable-source-maps"));
  }

  @Override
  public boolean isSource(String file) {
    return file.endsWith(".js") || file.endsWith(".mjs") || file.endsWith(".cjs");
  }

  @Override
  public Set<String> imports(String source) {
    return Imports.named(IMPORT, source);
  }
}

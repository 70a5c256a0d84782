package dev.brume.functions;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `ruby3.*` and later. The AWS SDK for Ruby, which Lambda brings along, is there when the gems of
/// the machine's Ruby have it.
final class RubyFamily implements RuntimeFamily {
  private static final String PROBE =
      "puts RUBY_ENGINE, RUBY_VERSION, RbConfig.ruby, RbConfig::CONFIG['ruby_version'],"
          + " RbConfig::CONFIG['prefix'], Gem.default_dir; puts Gem.path; puts '.'; puts $:";
  private static final int PROBE_LINES = 6;
  private static final Pattern REQUIRE =
      Pattern.compile("\\brequire[\\s(]*[\"'](aws-sdk(?:-[a-z0-9]+)?)[\"']");
  private static final Pattern NAME = Pattern.compile("ruby([0-9]{1,2})\\.([0-9]{1,2})");
  // A folder's name is a version, perhaps after the engine's; other engines are not Lambda's Ruby.
  private static final Pattern VERSION =
      Pattern.compile("/(?:ruby-)?([0-9]{1,2})\\.([0-9]{1,2})[^/]*$");
  private static final int VERSION_MIN = 300;
  private static final String PROGRAM = "bin/ruby";
  private static final List<String> ON_PATH =
      List.of("ruby", "ruby4.0", "ruby3.4", "ruby3.3", "ruby3.2", "ruby3.1", "ruby3.0");
  private static final List<String> MANAGED =
      List.of(
          ".rbenv/versions/*",
          ".asdf/installs/ruby/*",
          ".local/share/mise/installs/ruby/*",
          ".rubies/*",
          ".rvm/rubies/*");
  private static final List<String> SHARED = List.of("opt/rubies/*", "usr/local/rvm/rubies/*");
  private static final String SEPARATOR = ":";
  private final Map<Path, Optional<Found>> probed = new ConcurrentHashMap<>();
  private final Map<Path, Found> found = new ConcurrentHashMap<>();

  /// One that was asked.
  ///
  /// @param abi the version in the names of folders of gems, e.g. `3.3.0`
  /// @param gems folders of gems that it does not look into by itself when `GEM_PATH` is there
  private record Found(Interpreter interpreter, String abi, List<Path> gems) {}

  /// `3.4` is 304.
  static int number(String runtime) {
    Matcher name = NAME.matcher(runtime);
    return name.matches()
        ? Installed.number(Integer.parseInt(name.group(1)), Integer.parseInt(name.group(2)))
        : 0;
  }

  @Override
  public boolean runs(String runtime) {
    return number(runtime) >= VERSION_MIN;
  }

  @Override
  public List<String> names() {
    return List.of("ruby3.2", "ruby3.3", "ruby3.4", "ruby4.0");
  }

  @Override
  public String needs() {
    return "Ruby 3.0 or later (e.g. apt install ruby, brew install ruby, rbenv install 3.4.1), on"
        + " PATH or a version manager's";
  }

  @Override
  public @Nullable Interpreter find(String runtime) {
    for (Installed candidate : Installed.nearest(installed(), number(runtime))) {
      Found one = probe(candidate.executable());
      if (one != null) {
        found.put(one.interpreter().executable(), one);
        return one.interpreter();
      }
    }
    return null;
  }

  private List<Installed> installed() {
    var all = new ArrayList<Installed>();
    for (Path executable : Programs.onPath(ON_PATH.toArray(String[]::new))) {
      Found one = probe(executable);
      if (one != null) {
        all.add(new Installed(executable, number(one.interpreter().runtimeName())));
      }
    }
    all.addAll(managed(Programs.userHome(), Path.of("/")));
    return all;
  }

  /// What version managers have.
  static List<Installed> managed(Path home, Path root) {
    return Stream.concat(
            Installed.in(home, MANAGED, PROGRAM, VERSION).stream(),
            Installed.in(root, SHARED, PROGRAM, VERSION).stream())
        .filter(one -> one.version() >= VERSION_MIN)
        .toList();
  }

  private @Nullable Found probe(Path executable) {
    return probed
        .computeIfAbsent(
            executable, program -> Optional.ofNullable(read(Programs.run(program, "-e", PROBE))))
        .orElse(null);
  }

  private @Nullable Found read(List<String> lines) {
    int end = lines.indexOf(".");
    if (end < PROBE_LINES || !lines.get(0).equals("ruby")) {
      return null;
    }
    String version = lines.get(1);
    if (!runs(runtimeName(version))) {
      return null;
    }
    Path prefix = Path.of(lines.get(4));
    Path own = Path.of(lines.get(5));
    var gems = new LinkedHashSet<Path>();
    lines.subList(PROBE_LINES, end).forEach(line -> gems.add(Path.of(line)));
    // RVM keeps gems beside its rubies.
    gems.add(prefix.resolve("../../gems").resolve(prefix.getFileName()).normalize());
    gems.remove(own);
    gems.removeIf(folder -> !Files.isDirectory(folder));
    var folders = new ArrayList<Path>(List.of(prefix, own));
    folders.addAll(gems);
    lines.subList(end + 1, lines.size()).stream()
        .filter(line -> line.startsWith("/"))
        .forEach(line -> folders.add(Path.of(line)));
    Path program = Path.of(lines.get(2));
    var interpreter = new Interpreter(this, program, version, Programs.outside(folders));
    return new Found(interpreter, lines.get(3), List.copyOf(gems));
  }

  @Override
  public String runtimeName(String version) {
    String[] parts = version.split("\\.", -1);
    return "ruby" + parts[0] + "." + (parts.length > 1 ? parts[1] : "0");
  }

  @Override
  public List<String> resources() {
    return List.of("ruby/bootstrap.rb");
  }

  @Override
  public List<String> languageNames() {
    return List.of("ruby");
  }

  @Override
  public List<String> command(Interpreter interpreter, String folder) {
    return List.of(interpreter.executable().toString(), folder + "/bootstrap.rb");
  }

  private List<String> gems(Interpreter interpreter) {
    Found one = found.get(interpreter.executable());
    return one == null ? List.of() : one.gems().stream().map(Path::toString).toList();
  }

  @Override
  public Map<String, String> waitingVariables(
      Interpreter interpreter, boolean ownRoot, Path runtimeFolder) {
    var variables = new HashMap<String, String>();
    // The machine may not have the locale that Lambda names, and Ruby takes encodings from it.
    variables.put("LC_CTYPE", "C.UTF-8");
    List<String> gems = gems(interpreter);
    if (!gems.isEmpty()) {
      variables.put("GEM_PATH", String.join(SEPARATOR, gems));
    }
    return variables;
  }

  // Gems made for the version that the function asks for, then those for the one that runs it.
  @Override
  public Map<String, String> functionVariables(
      FunctionSpec spec, Interpreter interpreter, EnvironmentVariables.Folders folders) {
    Found one = found.get(interpreter.executable());
    var versions = new LinkedHashSet<String>();
    versions.add(spec.runtime().substring("ruby".length()) + ".0");
    if (one != null) {
      versions.add(one.abi());
    }
    Stream<String> own =
        versions.stream()
            .flatMap(
                version ->
                    Stream.of(
                        folders.task() + "/vendor/bundle/ruby/" + version,
                        folders.layers() + "/ruby/gems/" + version));
    return Map.of(
        "GEM_PATH",
        Stream.concat(own, gems(interpreter).stream()).collect(Collectors.joining(SEPARATOR)),
        "RUBYLIB",
        folders.task()
            + SEPARATOR
            + folders.runtime()
            + "/lib"
            + SEPARATOR
            + folders.layers()
            + "/ruby/lib");
  }

  /// The gem `debug`, which Ruby has from 3.1 on, takes its settings from variables.
  @Override
  public List<String> debugged(List<String> command, int port) {
    List<String> door =
        List.of("/usr/bin/env", "RUBY_DEBUG_HOST=127.0.0.1", "RUBY_DEBUG_PORT=" + port);
    return Stream.concat(
            door.stream(), Programs.withOptions(command, "-r", "debug/open_nonstop").stream())
        .toList();
  }

  @Override
  public boolean isReadAtStart(String variable) {
    return variable.startsWith("RUBY") && !variable.equals("RUBYLIB");
  }

  @Override
  public boolean isSource(String file) {
    return file.endsWith(".rb");
  }

  @Override
  public Set<String> imports(String source) {
    return Imports.named(REQUIRE, source);
  }
}

package dev.brume.functions;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// How far functions are kept from the machine and from each other; what the machine allows is
/// tried out once, at start.
final class Sandbox implements AutoCloseable {
  /// From the strongest to the weakest.
  enum Tier {
    /// As root: own network, mount, pid, ipc and uts namespaces, a user per environment, control
    // groups.
    ROOT,
    /// Without root: the same namespaces inside a user namespace.
    USER,
    /// Ordinary processes with a scrubbed environment.
    REDUCED
  }

  private static final int FIRST_USER = 700_000;
  private static final int USERS = 60_000;
  private static final long PROBE_SECONDS = 15;
  private static final long CLOSE_SECONDS = 5;
  private final Tier tier;
  private final Path script;
  private final Path codeFolder;
  private final boolean parentDeath;
  private final Means means;
  private final Set<Enclosure> enclosures = ConcurrentHashMap.newKeySet();

  private Sandbox(Tier tier, Path script, Path codeFolder, boolean parentDeath, Means means) {
    this.tier = tier;
    this.script = script;
    this.codeFolder = codeFolder;
    this.parentDeath = parentDeath;
    this.means = means;
  }

  /// What this machine has to hold functions in with, besides namespaces.
  ///
  /// @param cgroups null for none
  /// @param networks null where functions have the machine's
  /// @param signals null where environments cannot be frozen by signals
  /// @param disks for `/tmp`
  private record Means(
      @Nullable Cgroups cgroups,
      OwnNetwork.@Nullable Owner networks,
      @Nullable Syscalls signals,
      SandboxSettings.Freeze freeze,
      Disks disks) {
    static final Means NONE =
        new Means(null, null, null, SandboxSettings.Freeze.OFF, Disks.none());

    static Means find(Tier tier, Path script, Path folder, SandboxSettings settings)
        throws IOException {
      Path disk = extract("disk.sh", script.resolveSibling("."));
      Cgroups cgroups = Cgroups.probe(Cgroups.MACHINE).cgroups();
      boolean own = tier == Tier.ROOT && settings.network() == SandboxSettings.Reach.ENDPOINT;
      boolean signals =
          (cgroups == null || cgroups.freezeMechanism() == null)
              && succeeds(List.of("setsid", "true"), Map.of());
      return new Means(
          cgroups,
          own ? OwnNetwork.Owner.probe() : null,
          signals ? Syscalls.load() : null,
          settings.freeze(),
          tier == Tier.ROOT ? Disks.probe(disk, folder) : Disks.none());
    }

    Freezing freezing(Cgroups.@Nullable Group group) {
      if (freeze == SandboxSettings.Freeze.OFF) {
        return new Freezing(null, null);
      }
      return new Freezing(group != null && group.freezes() ? group : null, signals);
    }
  }

  /// What one environment has of its own on the host.
  ///
  /// @param run with the runtime's socket
  /// @param root an empty folder
  /// @param temporary its `/tmp`
  record Places(Path folder, Path run, Path root, Path temporary) {}

  /// Finds the strongest tier that works here.
  ///
  /// @param script `sandbox.sh`
  static Sandbox probe(Path script, Path codeFolder, FunctionsSettings settings)
      throws IOException {
    FunctionsSettings.Isolation isolation = settings.isolation();
    boolean parentDeath = succeeds(List.of("setpriv", "--pdeathsig", "KILL", "true"), Map.of());
    boolean root = Files.isWritable(Path.of("/proc/self/oom_score_adj")) && isRoot();
    for (Tier tier : List.of(Tier.ROOT, Tier.USER)) {
      boolean unwanted = isolation == FunctionsSettings.Isolation.NONE;
      if (tier == Tier.ROOT && !root || !parentDeath || unwanted) {
        continue;
      }
      var trial = new Sandbox(tier, script, codeFolder, parentDeath, Means.NONE);
      Places places = places(settings.runFolder().resolve("probe-" + tier));
      List<String> command = trial.command(places, List.of("/bin/sh", "-c", "exit 0"));
      boolean works = succeeds(command, trial.variables(places, 0, List.of(), null));
      Folders.delete(places.folder());
      if (works) {
        return found(tier, script, codeFolder, parentDeath, settings);
      }
    }
    return found(Tier.REDUCED, script, codeFolder, parentDeath, settings);
  }

  private static Sandbox found(
      Tier tier, Path script, Path codeFolder, boolean parentDeath, FunctionsSettings settings)
      throws IOException {
    Means means = Means.find(tier, script, settings.runFolder(), settings.sandbox());
    return new Sandbox(tier, script, codeFolder, parentDeath, means);
  }

  /// What is to hold a new environment.
  Enclosure enclose(String id, Places places) throws IOException {
    Cgroups cgroups = means.cgroups();
    Cgroups.Group group = cgroups == null ? null : cgroups.create(id);
    OwnNetwork.Owner networks = means.networks();
    Network network = networks == null ? new Network.Shared() : networks.create();
    var enclosure = new Enclosure(places, group, network, means.disks(), means.freezing(group));
    enclosures.add(enclosure);
    enclosure.released().thenRun(() -> enclosures.remove(enclosure));
    return enclosure;
  }

  /// Makes the folders of an environment.
  static Places places(Path folder) throws IOException {
    var places =
        new Places(folder, folder.resolve("run"), folder.resolve("root"), folder.resolve("tmp"));
    Files.createDirectories(places.run());
    Files.createDirectories(places.root());
    Files.createDirectories(places.temporary());
    places.temporary().toFile().setWritable(true, false);
    places.temporary().toFile().setReadable(true, false);
    places.temporary().toFile().setExecutable(true, false);
    return places;
  }

  Tier tier() {
    return tier;
  }

  /// What functions reach over the network.
  SandboxSettings.Reach reach() {
    return means.networks() == null ? SandboxSettings.Reach.HOST : SandboxSettings.Reach.ENDPOINT;
  }

  /// Whether a function sees its own file system, with its code in `/var/task`.
  boolean hasOwnRoot() {
    return tier != Tier.REDUCED;
  }

  /// The command that runs `inner` in a sandbox.
  List<String> command(Places places, List<String> inner) {
    var command = new ArrayList<String>();
    if (parentDeath) {
      command.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
    }
    if (means.signals() != null) {
      command.add("setsid");
    }
    switch (tier) {
      case ROOT -> command.addAll(List.of("unshare", "-m", "-p", "-i", "-u", "-f", "--kill-child"));
      case USER ->
          command.addAll(
              List.of("unshare", "-U", "-r", "-m", "-p", "-i", "-u", "-f", "--kill-child"));
      case REDUCED -> {
        command.addAll(inner);
        return command;
      }
    }
    command.addAll(List.of("/bin/sh", script.toString()));
    command.addAll(inner);
    return command;
  }

  /// What the sandbox script is told, to be added to the child's environment variables.
  ///
  /// @param number of the environment: decides its user
  /// @param binds lines `source target`
  Map<String, String> variables(
      Places places, int number, List<String> binds, Cgroups.@Nullable Group group) {
    var variables = new HashMap<String, String>();
    if (!hasOwnRoot()) {
      return variables;
    }
    variables.put("SB_ROOT", places.root().toString());
    variables.put("SB_RUN", places.run().toString());
    variables.put("SB_CODE", codeFolder.toAbsolutePath().toString());
    variables.put("SB_TMP", places.temporary().toAbsolutePath().toString());
    Path disk = means.disks().template();
    variables.put("SB_DISK", disk == null ? "" : disk.toAbsolutePath().toString());
    variables.put("SB_UID", tier == Tier.ROOT ? Integer.toString(FIRST_USER + number % USERS) : "");
    variables.put("SB_BINDS", String.join("\n", binds));
    variables.put(
        "SB_CGROUPS",
        group == null
            ? ""
            : String.join(" ", group.folders().stream().map(Path::toString).toList()));
    return variables;
  }

  private static boolean isRoot() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .anyMatch(line -> line.startsWith("Uid:") && line.split("\\s+")[2].equals("0"));
    } catch (IOException e) {
      return false;
    }
  }

  static boolean succeeds(List<String> command, Map<String, String> variables) {
    try {
      var builder =
          new ProcessBuilder(command)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
      builder.environment().keySet().retainAll(List.of("PATH"));
      builder.environment().putAll(variables);
      Process process = builder.start();
      if (!process.waitFor(PROBE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return false;
      }
      return process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Waits a while for what was killed, then removes what all had in common.
  @Override
  public void close() {
    CompletableFuture.allOf(
            enclosures.stream().map(Enclosure::released).toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
        .join();
    Cgroups cgroups = means.cgroups();
    if (cgroups != null) {
      cgroups.close();
    }
    OwnNetwork.Owner networks = means.networks();
    if (networks != null) {
      networks.close();
    }
  }

  /// Copies a resource of this package to a file.
  static Path extract(String resource, Path folder) throws IOException {
    Path target = folder.resolve(Path.of(resource).getFileName().toString());
    try (var in = Sandbox.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("not in the jar: " + resource);
      }
      Files.write(
          target,
          new String(in.readAllBytes(), StandardCharsets.UTF_8).getBytes(StandardCharsets.UTF_8));
    }
    return target;
  }
}

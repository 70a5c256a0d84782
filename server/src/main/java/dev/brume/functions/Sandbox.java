package dev.brume.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
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
    /// As root: own network, mount, pid, ipc and uts namespaces, a user per environment.
    ROOT,
    /// Without root: the same namespaces inside a user namespace.
    USER,
    /// Ordinary processes with a scrubbed environment.
    REDUCED
  }

  private static final int FIRST_USER = 700_000;
  private static final int USERS = 60_000;
  private static final long CLOSE_SECONDS = 5;
  private final Tier tier;
  private final Path script;
  private final Path codeFolder;
  private final boolean parentDeath;
  private final SandboxMeans means;
  private final List<String> missing;
  private final Set<Enclosure> enclosures = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;
  private final @Nullable CodeMounts mounts;
  private final @Nullable RootImages images;

  /// @param parentDeath whether processes can be made to end with us
  /// @param missing for a full sandbox
  Sandbox(
      Tier tier,
      Path script,
      Path codeFolder,
      boolean parentDeath,
      SandboxMeans means,
      List<String> missing) {
    this.tier = tier;
    this.script = script;
    this.codeFolder = codeFolder;
    this.parentDeath = parentDeath;
    this.means = means;
    this.missing = List.copyOf(missing);
    mounts = tier == Tier.ROOT ? CodeMounts.find() : null;
    images =
        tier == Tier.ROOT
            ? RootImages.find(script, codeFolder, means.cgroups(), means.disks())
            : null;
  }

  /// What one environment has of its own on the host.
  ///
  /// @param run with the runtime's socket
  /// @param root an empty folder
  /// @param temporary its `/tmp`
  record Places(Path folder, Path run, Path root, Path temporary) {}

  /// What is to hold a new environment.
  Enclosure enclose(String id, Places places) throws IOException {
    Cgroups cgroups = means.cgroups();
    Cgroups.Group group = cgroups == null ? null : cgroups.create(id);
    OwnNetwork.Owner networks = means.networks();
    Network network = networks == null ? new Network.Shared() : networks.create();
    var enclosure = new Enclosure(places, group, network, means.disks(), means.freezing(group));
    enclosures.add(enclosure);
    enclosure.released().thenRun(() -> enclosures.remove(enclosure));
    if (closed) {
      enclosure.release();
      throw new IOException("no process is started any more");
    }
    return enclosure;
  }

  /// To be called on the thread that starts processes, once, before it starts any.
  void prepareSpawner() throws IOException {
    CallFilter filter = means.filter();
    if (filter != null) {
      filter.install();
    }
  }

  /// Makes the folders of an environment.
  static Places places(Path folder) throws IOException {
    var places =
        new Places(folder, folder.resolve("run"), folder.resolve("root"), folder.resolve("tmp"));
    Files.createDirectories(places.run());
    Files.createDirectories(places.temporary());
    places.temporary().toFile().setWritable(true, false);
    places.temporary().toFile().setReadable(true, false);
    places.temporary().toFile().setExecutable(true, false);
    return places;
  }

  /// What it is, for people. Waits until everything has been tried out.
  SandboxFacts facts() {
    return means.facts(tier, missing);
  }

  /// Whether a function sees its own file system, with its code in `/var/task`.
  boolean hasOwnRoot() {
    return tier != Tier.REDUCED;
  }

  /// Puts a function's code into a sandbox that waits; false when the sandbox has to be told to.
  boolean mount(Process process, Enclosure enclosure, Assignment to) throws IOException {
    StartCache cache = to.cache();
    return mounts != null
        && means.disks().orders(to.spec()).isEmpty()
        && mounts.mount(
            process.pid(), to.spec(), cache, cache == null ? "" : enclosure.seen(cache));
  }

  /// A process that is to be started as the first of a sandbox.
  ///
  /// @param variables for the sandbox's script, to be added to the child's
  record Start(List<String> command, Map<String, String> variables) {}

  /// What starts `inner` in a sandbox; without `inner` the sandbox waits for orders.
  ///
  /// @param number of the environment: decides its user
  /// @param binds lines `source target`
  Start start(Enclosure enclosure, int number, List<String> binds, List<String> inner)
      throws IOException {
    Places places = enclosure.places();
    Cgroups.Group group = enclosure.group();
    String user = tier == Tier.ROOT ? Integer.toString(FIRST_USER + number % USERS) : "";
    String seen = user.isEmpty() ? "0" : user;
    nameUser(places, seen);
    enclosure.user(seen);
    OwnRoot root = images == null ? null : images.create(places, binds);
    if (root == null) {
      List<String> command = entering(enclosure.network(), null);
      command.addAll(command(inner));
      return new Start(command, variables(places, user, binds, group));
    }
    enclosure.root(root);
    var groups = new ArrayList<String>();
    for (Path folder : group == null ? Set.<Path>of() : group.folders()) {
      groups.add(".brume/groups/" + groups.size() + "/" + folder.getFileName());
    }
    List<String> command = entering(enclosure.network(), root);
    command.addAll(commandInRoot(inner));
    return new Start(
        command, Map.of("SB_ROOT", "/", "SB_UID", user, "SB_CGROUPS", String.join(" ", groups)));
  }

  // A program goes into the namespaces, no thread of ours: threads that the JDK starts on the way
  // would stay there.
  private static List<String> entering(Network network, @Nullable OwnRoot root) {
    String ours = "/proc/" + ProcessHandle.current().pid() + "/fd/";
    var command = new ArrayList<String>();
    if (root != null) {
      command.add("--mount=" + ours + root.descriptor());
    }
    if (network instanceof OwnNetwork own) {
      command.add("--net=" + ours + own.descriptor());
    }
    if (!command.isEmpty()) {
      command.addFirst("nsenter");
    }
    return command;
  }

  // What /etc/passwd and /etc/group are links to.
  private static void nameUser(Places places, String user) throws IOException {
    Files.writeString(
        places.run().resolve("passwd"),
        "root:x:0:0:root:/root:/sbin/nologin\nsbx_user1051:x:"
            + user
            + ":"
            + user
            + "::/home/sbx_user1051:/sbin/nologin\n");
    Files.writeString(places.run().resolve("group"), "root:x:0:\nsbx_user1051:x:" + user + ":\n");
  }

  private List<String> commandInRoot(List<String> inner) {
    var command = new ArrayList<>(ends());
    command.addAll(List.of("unshare", "-p", "-i", "-u", "-f", "--kill-child", "--mount-proc"));
    command.addAll(List.of("/.brume/sh", "/.brume/sandbox.sh"));
    command.addAll(inner);
    return command;
  }

  // How it ends with us, and can be stopped.
  private List<String> ends() {
    var command = new ArrayList<String>();
    if (parentDeath) {
      command.addAll(List.of("setpriv", "--pdeathsig", "KILL"));
    }
    if (means.signals() != null) {
      command.add("setsid");
    }
    return command;
  }

  /// The command that builds a sandbox and runs `inner` in it.
  List<String> command(List<String> inner) {
    List<String> command = ends();
    switch (tier) {
      case ROOT -> command.addAll(List.of("unshare", "-m", "-p", "-i", "-u", "-f", "--kill-child"));
      case USER ->
          command.addAll(
              List.of("unshare", "-U", "-r", "-m", "-p", "-i", "-u", "-f", "--kill-child"));
      case REDUCED -> {
        if (!inner.isEmpty()) {
          command.addAll(inner);
          return command;
        }
      }
    }
    command.addAll(List.of("/bin/sh", script.toString()));
    command.addAll(inner);
    return command;
  }

  /// What the sandbox script is told that builds a root.
  ///
  /// @param user a number, empty for whoever we are
  /// @param binds lines `source target`
  Map<String, String> variables(
      Places places, String user, List<String> binds, Cgroups.@Nullable Group group)
      throws IOException {
    var variables = new HashMap<String, String>();
    variables.put("SB_RUN", places.run().toString());
    if (!hasOwnRoot()) {
      return variables;
    }
    variables.put("SB_ROOT", Files.createDirectories(places.root()).toString());
    variables.put("SB_CODE", codeFolder.toAbsolutePath().toString());
    variables.put("SB_TMP", places.temporary().toAbsolutePath().toString());
    Path disk = means.disks().template();
    variables.put("SB_DISK", disk == null ? "" : disk.toAbsolutePath().toString());
    variables.put("SB_UID", user);
    variables.put("SB_BINDS", String.join("\n", binds));
    variables.put(
        "SB_CGROUPS",
        group == null
            ? ""
            : String.join(" ", group.folders().stream().map(Path::toString).toList()));
    return variables;
  }

  /// Waits a while for what was killed, then removes what all had in common.
  @Override
  public void close() {
    closed = true;
    CompletableFuture.allOf(
            enclosures.stream().map(Enclosure::released).toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
        .join();
    try {
      if (images != null) {
        images.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    means.close();
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

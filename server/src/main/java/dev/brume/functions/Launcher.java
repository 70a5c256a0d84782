package dev.brume.functions;

import dev.brume.ids.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/// Starts the processes of environments. All of them from one platform thread that lives as long as
/// we do: they ask to be killed when the thread that started them ends.
final class Launcher implements AutoCloseable {
  private final FunctionsSettings settings;
  private final CodeStore code;
  private final Ids ids;
  private final Sandbox sandbox;
  private final Path runtimeFolder;
  private final @Nullable Syscalls system = Syscalls.load();
  private final AtomicInteger numbers = new AtomicInteger();
  private final ReentrantReadWriteLock closing = new ReentrantReadWriteLock();
  private boolean closed;
  private final ExecutorService spawner =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("functions-spawner").daemon(true).factory());

  Launcher(FunctionsSettings settings, CodeStore code, Interpreters interpreters, Ids ids) {
    this.settings = settings;
    this.code = code;
    this.ids = ids;
    try {
      sweep();
      Files.createDirectories(settings.runFolder());
      Files.setPosixFilePermissions(
          settings.runFolder(), PosixFilePermissions.fromString("rwx------"));
      runtimeFolder = Files.createDirectories(settings.runFolder().resolve("runtime"));
      for (RuntimeFamily family : interpreters.families()) {
        for (String resource : family.resources()) {
          Sandbox.extract(resource, runtimeFolder);
        }
        family.arrange(code.codeFolder());
      }
      Path script = Sandbox.extract("sandbox.sh", runtimeFolder);
      sandbox = SandboxProbe.run(script, code.codeFolder(), settings);
      onSpawner(
          () -> {
            sandbox.prepareSpawner();
            return true;
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Sandbox sandbox() {
    return sandbox;
  }

  Path runtimeFolder() {
    return runtimeFolder;
  }

  CodeStore code() {
    return code;
  }

  /// Starts a process with a runtime in it and waits until it asks which function it is.
  ///
  /// @param preload modules to load in advance; null when its function waits already
  Environment start(Interpreter interpreter, @Nullable Set<String> preload) throws IOException {
    return start(interpreter, preload, false);
  }

  /// Prepares a sandbox whose program is started once it is known which function it is.
  Environment startBare(Interpreter interpreter) throws IOException {
    return start(interpreter, null, true);
  }

  private Environment start(Interpreter interpreter, @Nullable Set<String> preload, boolean bare)
      throws IOException {
    requireSandbox();
    interpreter.family().ensure(interpreter);
    String id = ids.hex(12);
    int number = numbers.incrementAndGet();
    Enclosure enclosure = enclose(id);
    Sandbox.Places places = enclosure.places();
    RuntimeSocket socket = null;
    RuntimeApi api = null;
    try {
      boolean foreign = interpreter.family().isForeign();
      socket = foreign ? null : new RuntimeSocket(places.run().resolve("api"));
      api = new RuntimeApi(enclosure.network(), id, ids);
      OutputPipe output = OutputPipe.create(system);
      Process process =
          spawn(
              enclosure,
              output,
              number,
              binds(interpreter),
              bare ? List.of() : runtimeCommand(interpreter),
              runtimeVariables(interpreter, places, preload));
      return Environment.open(
          new EnvironmentParts(
              id, interpreter, sandbox, enclosure, process, bare, socket, api, output));
    } catch (IOException e) {
      if (socket != null) {
        socket.close();
      }
      if (api != null) {
        api.close();
      }
      enclosure.release();
      throw e;
    }
  }

  // What has begun before the end is seen by it, and cleaned up.
  private Enclosure enclose(String id) throws IOException {
    closing.readLock().lock();
    try {
      if (closed) {
        throw new IOException("no process is started any more");
      }
      return sandbox.enclose(id, places(id));
    } finally {
      closing.readLock().unlock();
    }
  }

  private void requireSandbox() {
    List<String> missing =
        settings.isolation() == FunctionsSettings.Isolation.REQUIRE
            ? sandbox.facts().missing()
            : List.of();
    if (!missing.isEmpty()) {
      throw new RuntimeUnavailable(
          "Functions may run in a full sandbox only (isolation require), and this machine lacks: "
              + String.join("; ", missing),
          false);
    }
  }

  private Process spawn(
      Enclosure enclosure,
      @Nullable OutputPipe output,
      int number,
      List<String> binds,
      List<String> command,
      Map<String, String> variables)
      throws IOException {
    try {
      Sandbox.Start start = sandbox.start(enclosure, number, binds, command);
      var builder = new ProcessBuilder(start.command()).redirectErrorStream(true);
      builder.directory(enclosure.places().folder().toFile());
      builder.environment().clear();
      builder.environment().putAll(start.variables());
      builder.environment().putAll(variables);
      if (output != null) {
        builder.redirectOutput(output.target());
      }
      return onSpawner(builder::start);
    } catch (IOException e) {
      if (output != null) {
        output.close();
      }
      throw e;
    } finally {
      if (output != null) {
        output.started();
      }
    }
  }

  private <T> T onSpawner(Callable<T> work) throws IOException {
    try {
      return spawner.submit(work).get();
    } catch (ExecutionException e) {
      throw new IOException("could not start a process: " + e.getCause(), e.getCause());
    } catch (RejectedExecutionException e) {
      throw new IOException("no process is started any more", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private Sandbox.Places places(String id) throws IOException {
    Sandbox.Places near = Sandbox.places(settings.runFolder().resolve(id));
    Path temporary = settings.folder().resolve("tmp").resolve(id).toAbsolutePath();
    Files.createDirectories(temporary.getParent());
    Files.delete(near.temporary());
    Files.createDirectories(temporary);
    Files.setPosixFilePermissions(temporary, PosixFilePermissions.fromString("rwxrwxrwx"));
    return new Sandbox.Places(near.folder(), near.run(), near.root(), temporary);
  }

  private List<String> binds(Interpreter interpreter) {
    var binds = new ArrayList<String>();
    for (String resource : interpreter.family().resources()) {
      Path file = Path.of(resource).getFileName();
      binds.add(runtimeFolder.resolve(file) + " var/runtime/" + file);
    }
    binds.addAll(interpreter.family().binds(interpreter));
    binds.addAll(interpreter.start().binds());
    for (String name : interpreter.family().languageNames()) {
      binds.add("link:" + interpreter.executable() + " var/lang/bin/" + name);
    }
    for (Path folder : interpreter.folders()) {
      binds.add(folder + " " + folder.toString().substring(1));
    }
    return binds;
  }

  /// The command of one of our own runtimes, as seen inside.
  List<String> runtimeCommand(Interpreter interpreter) {
    String folder = sandbox.hasOwnRoot() ? "/var/runtime" : runtimeFolder.toString();
    return interpreter.family().command(interpreter, folder);
  }

  /// Variables of a process that does not know its function yet.
  Map<String, String> runtimeVariables(
      Interpreter interpreter, Sandbox.Places places, @Nullable Set<String> preload) {
    var variables = new HashMap<String, String>();
    boolean own = sandbox.hasOwnRoot();
    variables.put("BRUME_SOCKET", own ? "/run/brume/api" : places.run().resolve("api").toString());
    if (preload != null) {
      variables.put("BRUME_PRELOAD", String.join(",", preload));
    }
    variables.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    if (system == null) {
      variables.put("BRUME_END_FRAMES", "yes");
    }
    variables.put("LANG", "en_US.UTF-8");
    variables.put("TZ", ":UTC");
    if (own) {
      // The loader looks at it only now, so the places are named before there is anything in them.
      variables.put("LD_LIBRARY_PATH", "/var/task:/var/task/lib:/opt/lib");
    }
    variables.put("HOME", own ? "/home/sbx_user1051" : places.temporary().toString());
    variables.putAll(interpreter.family().waitingVariables(interpreter, own, runtimeFolder));
    variables.putAll(interpreter.start().variables());
    return variables;
  }

  // What earlier processes that were killed have left behind.
  private void sweep() throws IOException {
    Folders.delete(settings.folder().resolve("tmp"));
    Path parent = settings.runFolder().toAbsolutePath().getParent();
    if (parent == null || !Files.isDirectory(parent)) {
      return;
    }
    try (var folders = Files.newDirectoryStream(parent, "brume-*")) {
      for (Path folder : folders) {
        String pid = folder.getFileName().toString().substring("brume-".length());
        boolean number =
            !pid.isEmpty() && pid.length() < 10 && pid.chars().allMatch(Character::isDigit);
        if (number && ProcessHandle.of(Long.parseLong(pid)).isEmpty() && Files.isWritable(folder)) {
          Folders.delete(folder);
        }
      }
    }
  }

  @Override
  public void close() {
    closing.writeLock().lock();
    closed = true;
    closing.writeLock().unlock();
    spawner.shutdownNow();
    sandbox.close();
    try {
      Folders.delete(settings.runFolder());
      Folders.delete(settings.folder().resolve("tmp"));
    } catch (IOException e) {
      // Something in it still dies; the next start sweeps it.
      return;
    }
  }
}

package dev.brume.functions;

import dev.brume.json.Json;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// One process in one sandbox with one socket. It waits for a function, becomes it, and takes one
/// event at a time until it is killed.
final class Environment {
  /// Lambda's limit for a synchronous answer.
  static final int RESPONSE_BYTES_MAX = 6_291_556;

  private static final long EXIT_MILLIS = 1000;
  private static final long MOUNT_SECONDS = 10;

  /// Why an environment was killed.
  enum End {
    TIMEOUT,
    MEMORY,
    STORAGE,
    RETIRED
  }

  private final String id;
  private final Interpreter interpreter;
  private final Sandbox sandbox;
  private final Enclosure enclosure;
  private final MemoryUse memory;
  private final Process process;
  private final RuntimeWire wire;
  private final LogPipe logs;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private @Nullable Assignment assignment;
  private long idleSinceNanos;
  private volatile boolean working;
  private volatile boolean retired;
  private volatile boolean offered;

  private Environment(
      String id,
      Interpreter interpreter,
      Sandbox sandbox,
      Enclosure enclosure,
      Process process,
      RuntimeWire wire,
      LogPipe logs) {
    this.id = id;
    this.interpreter = interpreter;
    this.sandbox = sandbox;
    this.enclosure = enclosure;
    memory =
        new MemoryUse(
            process, enclosure.group(), sandbox.hasOwnRoot() ? interpreter.executable() : null);
    this.process = process;
    this.wire = wire;
    this.logs = logs;
  }

  /// What an environment was made into.
  ///
  /// @param stream its log stream
  /// @param credentialsExpire by the machine's time
  /// @param provisioned made in advance, to stay
  record Assignment(
      FunctionSpec spec, String stream, Instant credentialsExpire, boolean provisioned) {}

  /// What a runtime posted instead of asking for its first event.
  static final class InitFailed extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient byte[] payload;
    private final String type;

    InitFailed(String type, byte[] payload) {
      super(type);
      this.type = type;
      this.payload = payload;
    }

    byte[] payload() {
      return payload;
    }

    String type() {
      return type;
    }
  }

  /// What came back for an event.
  ///
  /// @param type of the error, or the content type
  /// @param streamed whether the sink has got it already
  record Reply(boolean error, String type, byte[] body, boolean tooLarge, boolean streamed) {
    static Reply of(RuntimeWire.Request request) {
      if (!request.isError() && !request.isCutShort()) {
        return new Reply(
            false,
            request.header("content-type", "application/json"),
            request.body(),
            request.tooLarge(),
            request.streamed());
      }
      String type = request.header("lambda-runtime-function-error-type", "");
      byte[] body = request.isError() ? request.body() : cutShortBy(request);
      return new Reply(true, type, body, request.tooLarge(), request.streamed());
    }

    private static byte[] cutShortBy(RuntimeWire.Request request) {
      String encoded = request.header("lambda-runtime-function-error-body", "");
      try {
        return Base64.getMimeDecoder().decode(encoded);
      } catch (IllegalArgumentException e) {
        return encoded.getBytes(StandardCharsets.UTF_8);
      }
    }
  }

  /// The listening socket for one process.
  static final class Door implements AutoCloseable {
    private final ServerSocketChannel channel;

    Door(Path path) throws IOException {
      channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      channel.bind(UnixDomainSocketAddress.of(path));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
    }

    SocketChannel accept() throws IOException {
      return channel.accept();
    }

    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /// Waits for a process that was just started to report.
  static Environment open(
      String id,
      Interpreter interpreter,
      Sandbox sandbox,
      Enclosure enclosure,
      Door door,
      Process process)
      throws IOException {
    var logs = new LogPipe(process.getInputStream());
    var drained = new CompletableFuture<Void>();
    Thread.ofPlatform()
        .name("functions-log-" + id)
        .daemon(true)
        .stackSize(128 * 1024)
        .start(
            () -> {
              try {
                logs.run();
              } finally {
                drained.complete(null);
              }
            });
    process.onExit().thenRun(door::close);
    try (door) {
      enclosure.admit(process, sandbox.hasOwnRoot());
      SocketChannel channel = door.accept();
      var wire = new RuntimeWire(channel, RESPONSE_BYTES_MAX);
      var environment = new Environment(id, interpreter, sandbox, enclosure, process, wire, logs);
      drained.thenRun(() -> environment.drained.complete(null));
      wire.read();
      return environment;
    } catch (IOException e) {
      enclosure.kill(process);
      var said = new StringBuilder();
      var collector = logs.begin("", "", (stream, text) -> said.append(text).append(' '), false);
      logs.finish(collector, List.of());
      throw new IOException(
          "the process for " + interpreter.runtimeName() + " did not start: " + said, e);
    }
  }

  Interpreter interpreter() {
    return interpreter;
  }

  Sandbox.Places places() {
    return enclosure.places();
  }

  LogPipe logs() {
    return logs;
  }

  boolean isAssigned() {
    return assignment != null;
  }

  Assignment assignment() {
    if (assignment == null) {
      throw new IllegalStateException("a waiting environment has no function yet");
    }
    return assignment;
  }

  boolean provisioned() {
    return assignment != null && assignment.provisioned();
  }

  /// Whether it has been offered for an event.
  boolean offered() {
    return offered;
  }

  void offer() {
    offered = true;
  }

  /// Not to be taken for another event.
  void retire() {
    retired = true;
  }

  boolean alive() {
    return !retired && process.isAlive() && end.get() == null;
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  void idleSince(long nanos) {
    idleSinceNanos = nanos;
  }

  @Nullable End end() {
    return end.get();
  }

  /// Makes this a function: mounts its code, tells it environment and handler, and waits until it
  /// asks for its first event. Throws EOFException when it dies on the way.
  void assign(Assignment to, String message) throws IOException, InitFailed {
    assignment = to;
    working = true;
    FunctionSpec spec = to.spec();
    enclosure.prepare(spec);
    if (sandbox.hasOwnRoot()) {
      mount(spec);
    }
    wire.write("HTTP/1.1 200 OK\r\nBrume-Assign: 1\r\n", message.getBytes(StandardCharsets.UTF_8));
    RuntimeWire.Request request = wire.read();
    if (!request.isNext()) {
      throw new InitFailed(
          request.header("lambda-runtime-function-error-type", "Runtime.Unknown"), request.body());
    }
    working = false;
  }

  private void mount(FunctionSpec spec) throws IOException {
    try (var stdin = process.getOutputStream()) {
      stdin.write(enclosure.orders(spec).getBytes(StandardCharsets.UTF_8));
    }
    try {
      if (!logs.mounted().get(MOUNT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the sandbox ended before the code was in place");
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the sandbox did not mount the code", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// Hands over one event and waits for its answer. Throws EOFException when the process ends
  /// first.
  ///
  /// @param sink for an answer that the runtime streams, null to collect it
  Reply invoke(String head, byte[] event, @Nullable ResponseSink sink) throws IOException {
    working = true;
    enclosure.freezing().wake();
    wire.write(head, event);
    while (true) {
      RuntimeWire.Request request = wire.read(sink);
      if (request.isNext()) {
        throw new IOException("the runtime asked for another event before it answered");
      }
      if (request.isError() || request.isResponse()) {
        working = false;
        // Our runtimes ask for the next event in the same breath as they answer.
        if (asksForMore()) {
          wire.accepted();
        } else {
          end.compareAndSet(null, End.RETIRED);
        }
        return Reply.of(request);
      }
    }
  }

  private boolean asksForMore() throws IOException {
    try {
      return wire.read().isNext();
    } catch (EOFException e) {
      // An error that ends the process, e.g. an uncaught exception: its answer counts.
      return false;
    }
  }

  /// Ends every process of the environment.
  void kill(End why) {
    end.compareAndSet(null, why);
    enclosure.kill(process);
    try {
      wire.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// How the process ended, in Lambda's words. Waits a moment for it.
  String exitReason() {
    try {
      if (!process.waitFor(EXIT_MILLIS, TimeUnit.MILLISECONDS)) {
        enclosure.kill(process);
        return "Runtime exited without providing a reason";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "Runtime exited without providing a reason";
    }
    int status = process.exitValue();
    if (end.get() == End.MEMORY || status == 137 || memory.killed()) {
      return "Runtime exited with error: signal: killed";
    }
    if (status == 0) {
      return "Runtime exited without providing a reason";
    }
    return switch (status) {
      case 134 -> "Runtime exited with error: signal: aborted";
      case 139 -> "Runtime exited with error: signal: segmentation fault";
      case 143 -> "Runtime exited with error: signal: terminated";
      default -> "Runtime exited with error: exit status " + status;
    };
  }

  /// Peak memory so far, in megabytes.
  int memoryUsedMegabytes() {
    return memory.peakMegabytes();
  }

  /// Memory now.
  long memoryUsedBytes() {
    return memory.usedBytes();
  }

  /// Kills the environment when it uses more than its function may. For where no control group and
  /// no disk does it, and for processes that the kernel killed one by one.
  void checkLimits() {
    Assignment to = assignment;
    if (to == null || !working || !process.isAlive()) {
      return;
    }
    if (memory.exceeds(Enclosure.memoryBytesMax(to.spec()))) {
      kill(End.MEMORY);
    }
    enclosure.watchStorage(
        to.spec(),
        () -> {
          logs.note(
              "Brume ended this environment: /tmp held more than its "
                  + to.spec().storageMegabytes()
                  + " MB or "
                  + StorageWatch.FILES_MAX
                  + " files.");
          kill(End.STORAGE);
        });
  }

  /// Between invocations: it may be frozen.
  void rest() {
    enclosure.freezing().rest();
  }

  /// Freezes it if it rests, once all that it printed has been read or that takes too long.
  ///
  /// @param anyway does not wait for that
  void freeze(boolean anyway) {
    if (anyway || logs.settled()) {
      enclosure.freezing().freeze();
    }
  }

  boolean frozen() {
    return enclosure.freezing().frozen();
  }

  /// Removes what the environment had on the host. Called once, after [#kill].
  void clean() {
    process
        .onExit()
        .thenRun(
            () -> {
              try {
                drained.get(EXIT_MILLIS, TimeUnit.MILLISECONDS);
              } catch (InterruptedException | ExecutionException | TimeoutException e) {
                // Somebody that outlived the kill still holds the pipe: nothing to wait for.
                drained.complete(null);
              }
              enclosure.release();
            });
  }

  static byte[] errorDocument(String type, String message) {
    return Json.write(Json.object().put("errorType", type).put("errorMessage", message))
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "environment " + id;
  }
}

package dev.brume.functions;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One process in one sandbox with one socket. It waits for a function, becomes it, and takes one
/// event at a time until it is killed.
final class Environment {
  /// Lambda's limit for a synchronous answer.
  static final int RESPONSE_BYTES_MAX = 6_291_556;

  /// The script that starts the program of a bare environment.
  static final String PROGRAM = "program.sh";

  private static final long EXIT_MILLIS = 1000;
  private static final long START_SECONDS = 30;
  // Whoever initialises it is less patient, but for debuggers.
  private static final long INIT_SECONDS_MAX = 86_400;

  /// Why an environment was killed.
  enum End {
    EXTENSION,
    TIMEOUT,
    MEMORY,
    STORAGE,
    RETIRED,
    /// Its runtime ended by itself.
    FAILURE
  }

  private final EnvironmentParts parts;
  private final Sandbox sandbox;
  private final Enclosure enclosure;
  private final MemoryUse memory;
  private final Process process;
  private final LogPipe logs;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private final Ending ending;
  private volatile @Nullable RuntimeLink link;
  private @Nullable Assignment assignment;
  private volatile @Nullable DebugDoor debugDoor;
  private long idleSinceNanos;
  private volatile boolean working;
  private volatile boolean settled = true;
  private volatile boolean retired;
  private volatile boolean offered;
  private final AtomicBoolean left = new AtomicBoolean();

  private Environment(EnvironmentParts parts) {
    this.parts = parts;
    sandbox = parts.sandbox();
    enclosure = parts.enclosure();
    process = parts.process();
    memory = new MemoryUse(process, enclosure.group());
    ending = new Ending(parts);
    var telemetry = parts.api().telemetry();
    logs = new LogPipe(parts.printed(), parts.output(), telemetry, this::scriptEnded);
  }

  /// Waits for a process that was just started to report; a bare one has nothing to say yet.
  static Environment open(EnvironmentParts parts) throws IOException {
    var environment = new Environment(parts);
    LogPipe logs = environment.logs;
    Thread.ofPlatform()
        .name("functions-log-" + parts.id())
        .daemon(true)
        .stackSize(128 * 1024)
        .start(
            () -> {
              try {
                logs.run();
              } finally {
                environment.drained.complete(null);
              }
            });
    parts.process().onExit().thenRun(environment::processEnded);
    try {
      parts.enclosure().admit(parts.process(), parts.sandbox().hasOwnRoot());
      if (!parts.bare()) {
        environment.connect(START_SECONDS);
      }
      return environment;
    } catch (IOException e) {
      environment.kill(End.RETIRED);
      var said = new StringBuilder();
      var collector = logs.begin("", "", (stream, text) -> said.append(text).append(' '), false);
      logs.finish(collector, List.of());
      throw new IOException(
          "the process for " + parts.interpreter().runtimeName() + " did not start: " + said, e);
    }
  }

  // One of our own runtimes: it connects and asks which function it is.
  private void connect(long seconds) throws IOException {
    RuntimeSocket socket = parts.socket();
    if (socket == null) {
      throw new IllegalStateException("a foreign runtime has no socket");
    }
    try (socket) {
      var wire = new RuntimeWire(socket.accept(seconds), RESPONSE_BYTES_MAX);
      link = wire;
      wire.read(null);
    }
  }

  // Extensions are told of the end of a runtime, which they outlive for a moment.
  private void scriptEnded(String script, int status) {
    if (script.startsWith(StartScript.EXTENSION)) {
      api().extensions().ended(script.substring(StartScript.EXTENSION.length()), status);
    } else {
      ending.runtimeEnded(status);
      logs.end();
      closeSocket();
      api().runtimeEnded();
      // Its last words are in the socket, and a process that it has left behind may hold it open.
      CompletableFuture.delayedExecutor(EXIT_MILLIS, TimeUnit.MILLISECONDS)
          .execute(this::closeLink);
    }
  }

  /// @param what is done, on a thread of its own, when the process has ended
  void onExit(Runnable what) {
    process.onExit().thenRunAsync(what, Thread::startVirtualThread);
  }

  private void processEnded() {
    closeSocket();
    parts.api().processEnded();
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // Nobody is there to read what was still to be written.
      return;
    }
  }

  Interpreter interpreter() {
    return parts.interpreter();
  }

  Sandbox.Places places() {
    return enclosure.places();
  }

  /// Whether its program starts only when it is known which function it is.
  boolean bare() {
    return parts.bare();
  }

  RuntimeApi api() {
    return parts.api();
  }

  /// Lets debuggers in on this port. Throws IOException when it is taken.
  void debug(int port) throws IOException {
    debugDoor = new DebugDoor(enclosure.network(), port);
  }

  /// Whether a debugger may be looking: then nothing has a deadline.
  boolean debugged() {
    return debugDoor != null;
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

  /// The same for good; false when it leaves already.
  boolean leave() {
    retired = true;
    return left.compareAndSet(false, true);
  }

  boolean alive() {
    return !retired && process.isAlive() && ending.why() == null;
  }

  /// Whether it waits for a function, not only its sandbox. Ends it if not.
  boolean waits() {
    if (alive() && link instanceof RuntimeWire wire && wire.ended()) {
      kill(End.FAILURE);
    }
    return alive();
  }

  long idleSinceNanos() {
    return idleSinceNanos;
  }

  void idleSince(long nanos) {
    idleSinceNanos = nanos;
  }

  @Nullable End end() {
    return ending.why();
  }

  /// From now on it is this function's, however its start goes.
  void assign(Assignment to) {
    assignment = to;
    logs.format(to.spec().systemLevel(), to.spec().applicationLevel());
    String runtime = parts.interpreter().runtimeVersion();
    logs.add(PlatformEvent.initStart(to.spec(), to.initialisation(), runtime));
  }

  /// Makes this the function that it was assigned to: mounts its code, tells it environment and
  /// handler, and waits until it asks for its first event. Throws EOFException when it dies on the
  /// way.
  ///
  /// @param message for our own runtimes
  /// @param extensions scripts that start them
  void begin(String message, List<String> extensions) throws IOException, InitFailed {
    Assignment to = assignment();
    working = true;
    enclosure.prepare(to, !extensions.isEmpty());
    if (bare() || sandbox.hasOwnRoot() && !sandbox.mount(process, enclosure, to)) {
      mount(to);
    }
    for (String script : extensions) {
      parts.order("extension " + script);
    }
    api().extensions().awaitRegistered();
    RuntimeLink runtime = startProgram();
    if (runtime.asksAtOnce()) {
      runtime.write(
          "HTTP/1.1 200 OK\r\nBrume-Assign: 1\r\n", message.getBytes(StandardCharsets.UTF_8));
    }
    RuntimeWire.Request request = runtime.read(null);
    boolean snapshot = to.initialisation().equals(Starter.SNAP_START);
    if (snapshot ? !request.isRestoreNext() : !request.isNext()) {
      throw InitFailed.posted(
          request.header("lambda-runtime-function-error-type", "Runtime.Unknown"), request.body());
    }
    logs.add(PlatformEvent.initRuntimeDone(to.initialisation(), PlatformEvent.Result.SUCCESS));
    api().awaitReady();
    api().extensions().events().forEach(logs::add);
    working = false;
  }

  /// Goes on from where [#begin] left it when it was initialised for a snapshot, and waits until it
  /// asks for its first event.
  void restore() throws IOException, InitFailed {
    working = true;
    enclosure.freezing().wake();
    RuntimeLink runtime = link();
    runtime.write("HTTP/1.1 200 OK\r\nBrume-Restore: 1\r\n", new byte[0]);
    RuntimeWire.Request request = runtime.read(null);
    if (!request.isNext()) {
      throw InitFailed.posted(
          request.header("lambda-runtime-function-error-type", "Runtime.Unknown"), request.body());
    }
    working = false;
  }

  private RuntimeLink startProgram() throws IOException {
    boolean foreign = parts.interpreter().family().isForeign();
    if (bare()) {
      link = foreign ? api().runtime() : null;
      parts.order("runtime " + PROGRAM);
    }
    if (sandbox.hasOwnRoot() || bare()) {
      parts.go();
    }
    // Last: from now on it is noticed when it ends instead of coming.
    if (bare() && !foreign) {
      connect(INIT_SECONDS_MAX);
    }
    return link();
  }

  private RuntimeLink link() {
    return Objects.requireNonNull(link, "nothing runs in this environment yet");
  }

  private void mount(Assignment to) throws IOException {
    for (String line : enclosure.orders(to)) {
      parts.order(line);
    }
    logs.awaitMounted();
  }

  /// Hands over one event and waits for its answer. Throws EOFException when the process ends
  /// first. Afterwards the environment may need a while until it [#settle]s.
  ///
  /// @param sink for an answer that the runtime streams, null to collect it
  Reply invoke(String head, byte[] event, @Nullable ResponseSink sink) throws IOException {
    working = true;
    enclosure.freezing().wake();
    settled = false;
    RuntimeLink to = link();
    to.write(head, event);
    RuntimeWire.Request request = to.read(sink);
    if (request.isNext()) {
      throw new IOException("the runtime asked for another event before it answered");
    }
    if (to.asksAtOnce()) {
      if (asksForMore()) {
        to.accepted();
      } else {
        ending.because(End.FAILURE);
      }
      settled = api().extensions().idle();
    }
    working = !settled;
    return Reply.of(request);
  }

  /// Marks the end of an event's log where one cannot look and the runtime does not do it.
  void markEnd(String requestId) throws IOException {
    if (parts.output() == null && parts.interpreter().family().isForeign()) {
      parts.order("mark " + requestId);
    }
  }

  /// Whether everything inside is done with the last event.
  boolean settled() {
    return settled;
  }

  /// Waits until it is; false when the environment ended instead.
  boolean settle() {
    try {
      boolean more =
          settled || (link().asksAtOnce() || asksForMore()) && api().extensions().awaitIdle();
      settled = true;
      working = false;
      return more;
    } catch (IOException e) {
      return false;
    }
  }

  private boolean asksForMore() throws IOException {
    try {
      return link().read(null).isNext();
    } catch (EOFException e) {
      // An error that ends the process, e.g. an uncaught exception: its answer counts.
      return false;
    }
  }

  /// Whether something inside wants to know before it ends.
  boolean wantsShutdown() {
    return ending.wantsShutdown();
  }

  /// Tells what is inside that the environment is about to end, and gives it Lambda's 2 seconds.
  void shutDown() {
    ending.shutDown();
  }

  /// Ends the runtime, and everything else at once unless an extension wants to hear of it.
  void end(End why) {
    if (ending.endRuntime(why)) {
      closeLink();
    } else {
      kill(why);
    }
  }

  // A runtime that has not connected yet is not waited for either.
  private void closeLink() {
    RuntimeLink now = link;
    try {
      if (now != null) {
        now.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    closeSocket();
  }

  private void closeSocket() {
    RuntimeSocket socket = parts.socket();
    if (socket != null) {
      socket.close();
    }
  }

  /// Lets the process end by itself and keeps a file of its `/tmp`; false when that cannot be had.
  boolean finish(String file, Path target, long seconds) throws IOException {
    return LastFile.of(process, file).keep(ending.status(), link, target, seconds);
  }

  /// Ends every process of the environment.
  void kill(End why) {
    ending.kill(why);
    enclosure.kill(process);
    closeLink();
    parts.api().close();
    DebugDoor door = debugDoor;
    if (door != null) {
      door.close();
    }
  }

  /// How the runtime ended, in Lambda's words. Waits a moment for it.
  String exitReason() {
    String reason = ending.exitReason(memory::killed);
    if (reason == null && !wantsShutdown()) {
      enclosure.kill(process);
    }
    return reason == null ? ExitReason.NONE : reason;
  }

  /// Peak memory so far, in megabytes.
  int memoryUsedMegabytes() {
    return memory.peakMegabytes();
  }

  /// Memory now.
  long memoryUsedBytes() {
    return memory.usedBytes();
  }

  /// Ends the environment when it uses more than its function may. For where no control group and
  /// no disk does it, and for processes that the kernel killed one by one.
  void checkLimits() {
    Assignment to = assignment;
    if (to == null || !working || !process.isAlive()) {
      return;
    }
    if (memory.exceeds(Enclosure.memoryBytesMax(to.spec()))) {
      end(End.MEMORY);
    }
    enclosure.watchStorage(to.spec(), () -> endForStorage(to.spec()));
  }

  private void endForStorage(FunctionSpec spec) {
    logs.note(StorageWatch.exceeded(spec));
    end(End.STORAGE);
  }

  /// Freezes it if it rests, once all that it printed has been read or that takes too long.
  ///
  /// @param anyway does not wait for that
  void freeze(boolean anyway) {
    if (!debugged() && (anyway || logs.settled())) {
      enclosure.freezing().freeze();
    }
  }

  Freezing freezing() {
    return enclosure.freezing();
  }

  /// Removes what the environment had on the host. Called once, after [#kill].
  void clean() {
    process.onExit().thenRun(() -> enclosure.releaseAfter(drained));
  }

  @Override
  public String toString() {
    return "environment " + parts.id();
  }
}

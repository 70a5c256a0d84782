package dev.brume.functions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The extensions of one environment: programs of layers that run beside the runtime (external
/// ones), and parts of the runtime's process (internal ones). They register, hear of every event
/// and of the end, and the environment is free again only when all of them say so.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>
final class Extensions {
  static final String PATH = "/2020-01-01/extension/";
  private static final int EXTENSIONS_MAX = 10;
  private static final String INVOKE = ExtensionEvents.INVOKE;
  private static final String SHUTDOWN = ExtensionEvents.SHUTDOWN;
  private static final String IDENTIFIER = "Lambda-Extension-Identifier";
  private static final String INVALID_STATE = "Extension.InvalidExtensionState";
  private final Ids ids;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Map<String, Extension> extensions = new LinkedHashMap<>();
  private @Nullable FunctionSpec function;
  private @Nullable Fault fault;
  private Runnable onFault = () -> {};
  private @Nullable String farewell;
  private boolean initialised;
  private boolean abandoned;
  private boolean closed;

  Extensions(Ids ids) {
    this.ids = ids;
  }

  /// What went wrong with an extension, in Lambda's words.
  record Fault(String type, String message) {}

  /// By the names that Lambda's errors have for them.
  private enum State {
    STARTED("Started"),
    REGISTERED("Registered"),
    READY("Ready"),
    RUNNING("Running"),
    SHUTTING_DOWN("ShuttingDown"),
    FAILED("Failed"),
    ENDED("Exited");

    private final String title;

    State(String title) {
      this.title = title;
    }
  }

  private static final class Extension {
    private final String name;
    private final String id;
    private final boolean external;
    private List<String> events = List.of();
    private State state = State.STARTED;
    private @Nullable RuntimeWire waiting;

    Extension(String name, String id, boolean external) {
      this.name = name;
      this.id = id;
      this.external = external;
    }
  }

  /// Names the function and the programs that are about to be started for it.
  ///
  /// @param onFault called once, when an extension fails
  void expect(FunctionSpec spec, List<String> programs, Runnable whenFailed) {
    lock.lock();
    try {
      function = spec;
      onFault = whenFailed;
      programs.forEach(name -> extensions.put(name, new Extension(name, ids.uuid(), true)));
    } finally {
      lock.unlock();
    }
  }

  /// Waits until every program has registered.
  void awaitRegistered() throws IOException, InitFailed {
    await(() -> none(State.STARTED));
  }

  /// Waits until every extension has asked for its first event. Nobody can register any more.
  void awaitReady() throws IOException, InitFailed {
    lock.lock();
    try {
      initialised = true;
    } finally {
      lock.unlock();
    }
    await(() -> none(State.STARTED) && none(State.REGISTERED));
  }

  private void await(BooleanSupplier condition) throws IOException, InitFailed {
    lock.lock();
    try {
      while (!condition.getAsBoolean() && !closed && !abandoned && fault == null) {
        changed.awaitUninterruptibly();
      }
      Fault failed = fault;
      if (failed != null) {
        throw InitFailed.found(failed.type(), failed.message());
      }
      if (closed || abandoned) {
        throw new EOFException();
      }
    } finally {
      lock.unlock();
    }
  }

  private boolean none(State state) {
    return extensions.values().stream().noneMatch(one -> one.state == state);
  }

  /// What the platform says of each extension when all are ready.
  List<PlatformEvent> events() {
    lock.lock();
    try {
      return extensions.values().stream()
          .map(one -> PlatformEvent.extension(one.name, one.state.title, one.events))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /// Tells those who want to know of an event.
  void invoke(Invocation invocation, long deadlineMillis) {
    lock.lock();
    try {
      if (!extensions.isEmpty()) {
        tell(INVOKE, State.RUNNING, ExtensionEvents.invoke(invocation, deadlineMillis));
      }
    } finally {
      lock.unlock();
    }
  }

  /// Whether all are done with the last event.
  boolean idle() {
    lock.lock();
    try {
      return none(State.RUNNING);
    } finally {
      lock.unlock();
    }
  }

  /// Nobody waits any more for them to start, or to be done with their event.
  void abandon() {
    lock.lock();
    try {
      abandoned = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Whether there are any.
  boolean any() {
    return anyExternal() || anyInternal();
  }

  boolean anyExternal() {
    return any(true);
  }

  boolean anyInternal() {
    return any(false);
  }

  private boolean any(boolean external) {
    lock.lock();
    try {
      return extensions.values().stream().anyMatch(one -> one.external == external);
    } finally {
      lock.unlock();
    }
  }

  /// Waits until they are; false when one failed or the environment ended instead.
  boolean awaitIdle() {
    lock.lock();
    try {
      while (!none(State.RUNNING) && !closed && !abandoned && fault == null) {
        changed.awaitUninterruptibly();
      }
      return !closed && !abandoned && fault == null;
    } finally {
      lock.unlock();
    }
  }

  /// Whether somebody wants to know of the end.
  boolean wantShutdown() {
    lock.lock();
    try {
      return extensions.values().stream().anyMatch(Extensions::owesShutdown);
    } finally {
      lock.unlock();
    }
  }

  // An extension that still starts, or is at its last event, hears of the end when it asks for the
  // next.
  private static boolean owesShutdown(Extension one) {
    return one.events.contains(SHUTDOWN)
        && switch (one.state) {
          case REGISTERED, READY, RUNNING -> true;
          case STARTED, SHUTTING_DOWN, FAILED, ENDED -> false;
        };
  }

  /// Tells them of the end, and waits until they have ended or the time is over.
  ///
  /// @param reason `SPINDOWN`, `TIMEOUT` or `FAILURE`
  void shutDown(String reason, long deadlineMillis, Duration patience) {
    lock.lock();
    try {
      farewell = ExtensionEvents.shutdown(reason, deadlineMillis);
      tell(SHUTDOWN, State.SHUTTING_DOWN, farewell);
      long nanos = patience.toNanos();
      while ((!none(State.SHUTTING_DOWN)
              || extensions.values().stream().anyMatch(Extensions::owesShutdown))
          && !closed
          && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void tell(String kind, State then, String event) {
    for (Extension one : extensions.values()) {
      RuntimeWire to = one.waiting;
      if (to == null || !one.events.contains(kind)) {
        continue;
      }
      one.waiting = null;
      one.state = then;
      ApiAnswer answer = answer(event);
      try {
        to.write(answer.head(), answer.bytes());
      } catch (IOException e) {
        // It has gone: its end is heard of otherwise.
        continue;
      }
    }
  }

  private ApiAnswer answer(String event) {
    return ApiAnswer.ok(event, Map.of("Lambda-Extension-Event-Identifier", ids.uuid()));
  }

  /// The program of an extension has ended.
  ///
  /// @param status of the process
  void ended(String name, int status) {
    lock.lock();
    try {
      Extension one = extensions.get(name);
      if (one == null) {
        return;
      }
      State before = one.state;
      one.state = State.ENDED;
      one.waiting = null;
      if (before != State.SHUTTING_DOWN && before != State.FAILED && farewell == null) {
        boolean crash = before != State.STARTED;
        fail(
            crash ? "Extension.Crash" : "Extension.LaunchError",
            status == 0 ? "exit code 0" : ExitReason.words(status));
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void fail(String type, String message) {
    if (fault == null && !closed) {
      fault = new Fault(type, message);
      changed.signalAll();
      Thread.ofVirtual().name("functions-extension-fault").start(onFault);
    }
  }

  @Nullable Fault fault() {
    lock.lock();
    try {
      return fault;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// A connection that is gone gets no event.
  void lost(RuntimeWire connection) {
    lock.lock();
    try {
      extensions.values().stream()
          .filter(one -> connection.equals(one.waiting))
          .forEach(one -> one.waiting = null);
    } finally {
      lock.unlock();
    }
  }

  /// The name of the extension that sent a request; null when it is none that is known.
  @Nullable String nameOf(RuntimeWire.Request request) {
    lock.lock();
    try {
      Extension sender = sender(request);
      return sender == null ? null : sender.name;
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Extension sender(RuntimeWire.Request request) {
    String id = request.header("lambda-extension-identifier", "");
    return extensions.values().stream()
        .filter(one -> one.id.equals(id) && one.state != State.STARTED)
        .findFirst()
        .orElse(null);
  }

  /// A request of an extension. Null when its answer comes later, with an event.
  @Nullable ApiAnswer take(RuntimeWire.Request request, RuntimeWire from) {
    String what = request.path().substring(PATH.length());
    boolean get = request.method().equals("GET");
    lock.lock();
    try {
      if (what.equals("register") && !get) {
        return register(request);
      }
      Extension sender = sender(request);
      if (sender == null) {
        return unknown(request.header("lambda-extension-identifier", ""));
      }
      return switch (what) {
        case "event/next" -> get ? next(sender, from) : notAllowed();
        case "init/error" -> get ? notAllowed() : failed(sender, request, "Extension.InitError");
        case "exit/error" -> get ? notAllowed() : failed(sender, request, "Extension.ExitError");
        default -> new ApiAnswer(404, Map.of(), "404 page not found\n");
      };
    } finally {
      lock.unlock();
    }
  }

  private static ApiAnswer notAllowed() {
    return new ApiAnswer(405, Map.of(), "");
  }

  /// The answer to a request that names no extension that is known.
  static ApiAnswer unknown(String id) {
    if (id.isEmpty()) {
      return ApiAnswer.error(403, "Extension.MissingHeader", "Missing " + IDENTIFIER + " header");
    }
    return ApiAnswer.error(403, "Extension.UnknownExtensionIdentifier", "Unknown extension " + id);
  }

  private ApiAnswer register(RuntimeWire.Request request) {
    String name = request.header("lambda-extension-name", "");
    if (name.isEmpty()) {
      return ApiAnswer.error(403, "Extension.InvalidExtensionName", "Empty extension name");
    }
    Extension known = extensions.get(name);
    List<String> events;
    try {
      events = ExtensionEvents.wanted(request.body(), known != null && known.external);
    } catch (IllegalArgumentException e) {
      return ApiAnswer.error(403, "Extension.InvalidEventType", String.valueOf(e.getMessage()));
    } catch (JsonProcessingException e) {
      return ApiAnswer.error(403, "InvalidRequestFormat", e.getOriginalMessage());
    }
    if (known != null && known.state != State.STARTED) {
      return ApiAnswer.error(403, INVALID_STATE, "Extension with this name already registered");
    }
    if (known == null) {
      if (initialised) {
        return ApiAnswer.error(
            403, "Extension.RegistrationClosed", "Extension registration closed already");
      }
      if (extensions.size() >= EXTENSIONS_MAX) {
        return ApiAnswer.error(
            403, "Extension.TooManyExtensions", "Extension limit (" + EXTENSIONS_MAX + ") reached");
      }
      known = new Extension(name, ids.uuid(), false);
      extensions.put(name, known);
    }
    known.events = events;
    known.state = State.REGISTERED;
    changed.signalAll();
    return registered(known, request.header("lambda-extension-accept-feature", ""));
  }

  private ApiAnswer registered(Extension one, String features) {
    ObjectNode document = Json.object();
    FunctionSpec spec = function;
    if (spec != null) {
      document.put("functionName", spec.name());
      document.put("functionVersion", spec.version());
      document.put("handler", spec.handler());
      if (List.of(features.split("\\s*,\\s*", -1)).contains("accountId")) {
        document.put("accountId", spec.account());
      }
    }
    return ApiAnswer.ok(Json.write(document), Map.of(IDENTIFIER, one.id));
  }

  private @Nullable ApiAnswer next(Extension one, RuntimeWire from) {
    boolean allowed =
        one.state == State.REGISTERED || one.state == State.READY || one.state == State.RUNNING;
    if (!allowed) {
      return ApiAnswer.error(
          403,
          INVALID_STATE,
          "State transition from "
              + one.state.title
              + " to Ready failed for extension "
              + one.id
              + ". Error: State transition is not allowed");
    }
    String last = farewell;
    if (last != null && one.events.contains(SHUTDOWN)) {
      one.state = State.SHUTTING_DOWN;
      return answer(last);
    }
    one.state = State.READY;
    one.waiting = from;
    changed.signalAll();
    return null;
  }

  private ApiAnswer failed(Extension one, RuntimeWire.Request request, String type) {
    String said = request.header("lambda-extension-function-error-type", "");
    if (said.isEmpty()) {
      return ApiAnswer.error(
          403, "Extension.MissingHeader", "Lambda-Extension-Function-Error-Type not found");
    }
    boolean ending = one.state == State.SHUTTING_DOWN;
    one.state = State.FAILED;
    if (!ending) {
      fail(type, said);
    }
    changed.signalAll();
    return ApiAnswer.ACCEPTED;
  }
}

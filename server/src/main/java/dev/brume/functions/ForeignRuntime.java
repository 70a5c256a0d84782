package dev.brume.functions;

import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A runtime that is not ours, over as many connections as it likes: those of the [RuntimeApi] hand
/// over what it posts, the thread that invokes takes it from here.
final class ForeignRuntime implements RuntimeLink {
  private static final String INVALID_ID = "InvalidRequestID";
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<RuntimeWire.Request> arrived = new ArrayDeque<>();
  private State state = State.STARTED;
  private String requestId = "";
  private @Nullable ResponseSink sink;
  private @Nullable RuntimeWire waiting;
  private boolean ended;

  /// By the names that Lambda's errors have for them.
  private enum State {
    STARTED("Started"),
    READY("Ready"),
    RUNNING("Running"),
    ANSWERED("InvocationResponse"),
    FAILED("InitError");

    private final String title;

    State(String title) {
      this.title = title;
    }
  }

  @Override
  public boolean asksAtOnce() {
    return false;
  }

  /// Where the body of a response of this path goes, null to collect it.
  @Nullable ResponseSink sink(String path) {
    lock.lock();
    try {
      return state == State.RUNNING && path.contains("/" + requestId + "/response") ? sink : null;
    } finally {
      lock.unlock();
    }
  }

  /// A request of the runtime. Null when its answer comes later, with the event.
  @Nullable ApiAnswer take(RuntimeWire.Request request, RuntimeWire from) {
    lock.lock();
    try {
      if (request.isNext()) {
        return next(request, from);
      }
      if (request.path().endsWith("/runtime/init/error")) {
        return move(State.STARTED, State.FAILED, request);
      }
      String[] parts = request.path().split("/", -1);
      String id = parts.length > 2 ? parts[parts.length - 2] : "";
      if (!id.equals(requestId) || state == State.ANSWERED) {
        return ApiAnswer.error(400, INVALID_ID, "Invalid request ID");
      }
      return move(State.RUNNING, State.ANSWERED, request);
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ApiAnswer next(RuntimeWire.Request request, RuntimeWire from) {
    if (state == State.RUNNING || state == State.FAILED) {
      return refused(State.READY);
    }
    // Asked for again on another connection, after the first one broke.
    boolean again = state == State.READY;
    waiting = from;
    state = State.READY;
    if (!again) {
      arrived.add(request);
    }
    changed.signalAll();
    return null;
  }

  private ApiAnswer move(State from, State to, RuntimeWire.Request request) {
    if (state != from) {
      return refused(to);
    }
    state = to;
    arrived.add(request);
    changed.signalAll();
    return request.tooLarge()
        ? ApiAnswer.error(
            413,
            "RequestEntityTooLarge",
            "Exceeded maximum allowed payload size (" + Environment.RESPONSE_BYTES_MAX + " bytes).")
        : ApiAnswer.ACCEPTED;
  }

  private ApiAnswer refused(State to) {
    return ApiAnswer.error(
        403,
        "InvalidStateTransition",
        "State transition from "
            + state.title
            + " to "
            + to.title
            + " failed for runtime. Error: State transition is not allowed");
  }

  /// A connection that is gone gets no event.
  void lost(RuntimeWire connection) {
    lock.lock();
    try {
      if (connection.equals(waiting)) {
        waiting = null;
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public RuntimeWire.Request read(@Nullable ResponseSink to) throws IOException {
    lock.lock();
    try {
      sink = to;
      while (arrived.isEmpty() && !ended) {
        changed.awaitUninterruptibly();
      }
      RuntimeWire.Request first = arrived.poll();
      if (first == null) {
        throw new EOFException();
      }
      return first;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(String head, byte[] body) throws IOException {
    lock.lock();
    try {
      while (waiting == null && !ended) {
        changed.awaitUninterruptibly();
      }
      RuntimeWire to = waiting;
      if (to == null) {
        throw new EOFException();
      }
      waiting = null;
      requestId = EventHead.requestIdOf(head);
      state = State.RUNNING;
      to.write(head, body);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void accepted() {
    // Its connection has answered already.
  }

  @Override
  public void close() {
    lock.lock();
    try {
      ended = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

package dev.brume.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A request's body: the event loop puts buffers in, the request's thread takes them out and asks
/// for more, so at most a few buffers are in memory. A small one is gathered before the request's
/// thread starts, which saves both from waking each other up.
final class RequestBody extends InputStream {
  private static final int BUFFERS_AHEAD = 4;
  private static final long GATHERED_BYTES_MAX = 64 << 10;

  private final HttpServerRequest request;
  private final Duration stall;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Queue<Buffer> arrived = new ArrayDeque<>();
  private final boolean gathered;
  private @Nullable Buffer current;
  private int position;
  private boolean ended;
  private boolean closed;
  private @Nullable IOException failure;
  private boolean continueExpected;
  private @Nullable Runnable start;

  /// Called on the event loop, before it hands out anything of the body.
  ///
  /// @param length as announced, −1 when chunked
  RequestBody(HttpServerRequest request, long length, Duration stall) {
    this.request = request;
    this.stall = stall;
    continueExpected = "100-continue".equalsIgnoreCase(request.getHeader("Expect"));
    request.handler(this::arrive);
    request.endHandler(nothing -> end());
    gathered = length >= 0 && length <= GATHERED_BYTES_MAX && !continueExpected;
    if (!gathered) {
      request.pause();
      request.fetch(BUFFERS_AHEAD);
    }
  }

  /// Runs this on the event loop once there is something to do for the request's thread: at once,
  /// or for a small body when all of it is there or will not come. Called right after the
  /// constructor.
  void whenReady(Vertx vertx, Runnable action) {
    if (!gathered) {
      action.run();
      return;
    }
    start = action;
    // Nearly always it comes with the head.
    vertx.runOnContext(nothing -> awaitBody(vertx, action));
  }

  private void awaitBody(Vertx vertx, Runnable action) {
    if (start != null) {
      long timer = vertx.setTimer(stall.toMillis(), it -> fail(stalled()));
      start =
          () -> {
            vertx.cancelTimer(timer);
            action.run();
          };
    }
  }

  private void begin() {
    Runnable action = start;
    if (action != null) {
      start = null;
      action.run();
    }
  }

  private IOException stalled() {
    return new Exchange.ClientGone("the client sent nothing for " + stall.toSeconds() + " s");
  }

  private void arrive(Buffer buffer) {
    lock.lock();
    try {
      if (closed) {
        more();
      } else {
        arrived.add(buffer);
        changed.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
      changed.signal();
    } finally {
      lock.unlock();
    }
    begin();
  }

  // Asks for another buffer, unless all are here.
  private void more() {
    if (!ended) {
      request.fetch(1);
    }
  }

  /// The connection broke or the body is malformed.
  void fail(Throwable cause) {
    lock.lock();
    try {
      if (!ended && failure == null) {
        failure = new Exchange.ClientGone("request body incomplete: " + cause.getMessage());
      }
      changed.signal();
    } finally {
      lock.unlock();
    }
    begin();
  }

  /// Whether all of it has come in, read or not.
  boolean complete() {
    lock.lock();
    try {
      return ended;
    } finally {
      lock.unlock();
    }
  }

  /// Whether the client still waits for leave to send its body, so that the body may never come.
  boolean awaitsContinue() {
    lock.lock();
    try {
      return continueExpected;
    } finally {
      lock.unlock();
    }
  }

  /// From now on what comes in is thrown away.
  void discard() {
    lock.lock();
    try {
      closed = true;
      for (int held = arrived.size() + (current == null ? 0 : 1); held > 0; held--) {
        more();
      }
      arrived.clear();
      current = null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (length == 0) {
      return 0;
    }
    lock.lock();
    try {
      Buffer buffer = next();
      if (buffer == null) {
        return -1;
      }
      int count = Math.min(length, buffer.length() - position);
      buffer.getBytes(position, position + count, bytes, offset);
      position += count;
      if (position == buffer.length()) {
        current = null;
        more();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  // The buffer to read from, waiting for one; null at the end.
  private @Nullable Buffer next() throws IOException {
    if (current == null && arrived.isEmpty() && continueExpected) {
      continueExpected = false;
      request.response().writeContinue();
    }
    long left = stall.toNanos();
    while (current == null) {
      current = arrived.poll();
      position = 0;
      if (current == null) {
        if (failure != null) {
          throw failure;
        }
        if (ended || closed) {
          return null;
        }
        if (left <= 0) {
          throw stalled();
        }
        try {
          left = changed.awaitNanos(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new InterruptedIOException();
        }
      } else if (current.length() == 0) {
        current = null;
        more();
      }
    }
    return current;
  }

  @Override
  public int available() {
    lock.lock();
    try {
      int count = current == null ? 0 : current.length() - position;
      for (Buffer buffer : arrived) {
        count += buffer.length();
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  /// Waits until the rest has come in and been thrown away.
  ///
  /// @return whether it did in this time
  boolean awaitEnd(Duration most) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(most.toMillis());
      while (!ended && failure == null && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ended;
    } finally {
      lock.unlock();
    }
  }
}

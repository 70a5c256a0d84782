package dev.brume.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// A streamed response's body. Small writes are gathered; a write blocks while the connection's
/// queue is full.
final class ResponseBody extends OutputStream {
  private static final int GATHER_BYTES = 32 << 10;
  private static final int QUEUE_BYTES = 256 << 10;

  private final HttpServerResponse response;
  private final boolean head;
  private final long length;
  private final Duration stall;
  private final Runnable abort;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition drained = lock.newCondition();
  private final byte[] gathered = new byte[GATHER_BYTES];
  private int count;
  private long written;
  private boolean gone;
  private boolean closed;

  /// @param head nothing is sent, whatever is written
  /// @param length as announced, −1 for chunked
  /// @param abort drops the connection
  ResponseBody(
      HttpServerResponse response, boolean head, long length, Duration stall, Runnable abort) {
    this.response = response;
    this.head = head;
    this.length = length;
    this.stall = stall;
    this.abort = abort;
    response.setWriteQueueMaxSize(QUEUE_BYTES);
    response.drainHandler(nothing -> signal(false));
  }

  /// The connection is closed.
  void fail() {
    signal(true);
  }

  private void signal(boolean broken) {
    lock.lock();
    try {
      gone |= broken;
      drained.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int size) throws IOException {
    Objects.checkFromIndexSize(offset, size, bytes.length);
    if (closed) {
      throw new IOException("the response has ended");
    }
    written += size;
    if (length >= 0 && written > length) {
      throw new IOException("more than the announced " + length + " bytes");
    }
    if (head) {
      return;
    }
    int from = offset;
    int left = size;
    while (left > 0) {
      int part = Math.min(left, GATHER_BYTES - count);
      System.arraycopy(bytes, from, gathered, count, part);
      count += part;
      from += part;
      left -= part;
      if (count == GATHER_BYTES) {
        flush();
      }
    }
  }

  @Override
  public void flush() throws IOException {
    if (count == 0) {
      return;
    }
    Buffer buffer = Buffer.buffer(count).appendBytes(gathered, 0, count);
    count = 0;
    awaitRoom();
    // Netty fails the write too when the connection is gone; the close handler tells us first.
    response.write(buffer).onFailure(cause -> signal(true));
  }

  private void awaitRoom() throws IOException {
    lock.lock();
    try {
      long left = stall.toNanos();
      while (!gone && response.writeQueueFull()) {
        if (left <= 0) {
          abort.run();
          throw new Exchange.ClientGone("the client took nothing for " + stall.toSeconds() + " s");
        }
        left = drained.awaitNanos(left);
      }
      if (gone) {
        throw new Exchange.ClientGone("the client closed the connection");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    } finally {
      lock.unlock();
    }
  }

  /// Ends the response. One that is shorter than announced drops the connection, so that the client
  /// notices.
  @Override
  public void close() throws IOException {
    if (closed) {
      return;
    }
    closed = true;
    if (length >= 0 && written < length && !head) {
      abort.run();
      throw new IOException("only " + written + " of the announced " + length + " bytes");
    }
    flush();
    response.end();
  }
}

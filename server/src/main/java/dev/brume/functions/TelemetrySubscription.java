package dev.brume.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One extension's subscription: keeps events until there are enough of them or they are old
/// enough, and hands them over. A listener that falls behind loses the newest, and is told.
final class TelemetrySubscription {
  private static final String BEHIND =
      "Consumer seems to have fallen behind as it has not acknowledged receipt of logs.";
  private final Network network;
  private final Subscriber to;
  private final URI target;
  private final String method;
  private final Buffering buffering;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<String> waiting = new ArrayDeque<>();
  private long waitingBytes;
  private long dropped;
  private long droppedBytes;
  private boolean delivering;
  private boolean hurry;
  private boolean closed;
  private @Nullable SocketChannel stream;

  /// When a batch is handed over: whatever comes first.
  record Buffering(int itemsMax, int bytesMax, int timeoutMillis) {}

  /// Who hears of what, in which form.
  ///
  /// @param types `platform`, `function`, `extension`
  record Subscriber(String extension, TelemetryApi api, String schema, Set<String> types) {
    List<PlatformEvent> forms(PlatformEvent event) {
      return api.forms(event, schema);
    }
  }

  /// @param method of HTTP
  TelemetrySubscription(
      Network network, Subscriber to, URI target, String method, Buffering buffering) {
    this.network = network;
    this.to = to;
    this.target = target;
    this.method = method;
    this.buffering = buffering;
    Thread.ofVirtual().name("functions-telemetry").start(this::deliver);
  }

  Subscriber to() {
    return to;
  }

  /// Never waits.
  void add(String event) {
    lock.lock();
    try {
      // Twice what a batch may have: one under way, one that gathers.
      if (waitingBytes + event.length() > 2L * buffering.bytesMax()) {
        dropped++;
        droppedBytes += event.length();
        return;
      }
      waiting.add(event);
      waitingBytes += event.length();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Waits, not longer than a batch may wait anyway, until all is handed over.
  void flush() {
    lock.lock();
    try {
      hurry = true;
      changed.signalAll();
      long nanos = TimeUnit.MILLISECONDS.toNanos(Math.min(buffering.timeoutMillis(), 500));
      while ((!waiting.isEmpty() || delivering) && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      hurry = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      lock.unlock();
    }
  }

  private void deliver() {
    while (true) {
      Deque<String> batch = next();
      if (batch == null) {
        return;
      }
      boolean arrived = send(batch);
      lock.lock();
      try {
        delivering = false;
        if (!arrived) {
          batch.descendingIterator().forEachRemaining(waiting::addFirst);
          batch.forEach(event -> waitingBytes += event.length());
          hurry = false;
        }
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  // Null when it is over.
  private @Nullable Deque<String> next() {
    lock.lock();
    try {
      while (waiting.isEmpty() && !closed) {
        changed.await();
      }
      long nanos = TimeUnit.MILLISECONDS.toNanos(buffering.timeoutMillis());
      while (!full() && !hurry && !closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      if (closed) {
        return null;
      }
      var batch = new ArrayDeque<String>();
      if (dropped > 0) {
        batch.add(PlatformEvent.logsDropped(dropped, droppedBytes, BEHIND).json(Telemetry.now()));
        dropped = 0;
        droppedBytes = 0;
      }
      long bytes = 0;
      while (!waiting.isEmpty()
          && batch.size() < buffering.itemsMax()
          && (bytes += waiting.getFirst().length())
              <= Math.max(buffering.bytesMax(), waiting.getFirst().length())) {
        String event = waiting.removeFirst();
        waitingBytes -= event.length();
        batch.add(event);
      }
      delivering = true;
      return batch;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      lock.unlock();
    }
  }

  private boolean full() {
    return waiting.size() >= buffering.itemsMax() || waitingBytes >= buffering.bytesMax();
  }

  private boolean send(Deque<String> batch) {
    try {
      if (target.getScheme().equals("tcp")) {
        sendLines(batch);
      } else {
        post("[" + String.join(",", batch) + "]");
      }
      return true;
    } catch (IOException | RuntimeException e) {
      // Nobody listens yet, or no longer: it is tried again with the next batch.
      return false;
    }
  }

  private void sendLines(Deque<String> batch) throws IOException {
    SocketChannel to = stream;
    try {
      if (to == null) {
        to = network.connect(target.getPort());
        stream = to;
      }
      write(to, String.join("\n", batch) + "\n");
    } catch (IOException e) {
      stream = null;
      if (to != null) {
        to.close();
      }
      throw e;
    }
  }

  private void post(String body) throws IOException {
    try (SocketChannel channel = network.connect(target.getPort())) {
      String path =
          target.getRawPath() == null || target.getRawPath().isEmpty() ? "/" : target.getRawPath();
      byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
      write(
          channel,
          method
              + " "
              + path
              + " HTTP/1.1\r\nHost: "
              + target.getHost()
              + ":"
              + target.getPort()
              + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
              + bytes.length
              + "\r\n\r\n"
              + body);
      ByteBuffer answer = ByteBuffer.allocate(512);
      while (answer.position() < 12 && channel.read(answer) >= 0) {}
      String status = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
      if (!status.matches("(?s)HTTP/1\\.[01] 2\\d\\d.*")) {
        throw new IOException("not taken: " + status);
      }
    }
  }

  private static void write(SocketChannel channel, String text) throws IOException {
    ByteBuffer out = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (out.hasRemaining()) {
      channel.write(out);
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      SocketChannel open = stream;
      if (open != null) {
        open.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }
}

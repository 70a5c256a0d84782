package dev.brume.functions;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/// Reads what an environment's processes print, on a thread of its own, so that no function ever
/// waits for its log. Memory is bounded: a record has at most 256 KB, an invocation at most 6 MB;
/// what is above is counted and dropped.
///
/// The runtime frames its own records (type, length, time, text; as Lambda's telemetry pipe does);
/// everything else is cut into lines. More frame types tell when the sandbox has mounted the code
/// and when an extension ended; and, where one cannot look into the pipe, when everything that an
/// invocation printed has been written.
final class LogPipe implements Runnable {
  private static final int FRAME_HEAD_BYTES = 16;
  private static final int FRAME_PRINTED = 0x01;
  private static final int FRAME_LOG = 0x03;
  private static final int FRAME_EXTENSION = 0x04;
  private static final int FRAME_SCRIPT_ENDED = 0xFD;
  private static final int FRAME_MOUNTED = 0xFE;
  private static final int FRAME_END = 0xFF;
  private static final String FUNCTION = "function";
  private static final String RAW = "raw";
  private static final int RECORD_BYTES_MAX = 256 * 1024;
  private static final long INVOCATION_BYTES_MAX = 6 << 20;
  private static final int EARLY_RECORDS_MAX = 1000;
  private static final int TAIL_BYTES = 4096;
  private static final long MOUNT_SECONDS = 10;

  private final InputStream in;
  private final @Nullable OutputPipe pipe;
  private final Telemetry telemetry;
  private final ObjIntConsumer<String> onScriptEnd;
  private final ReentrantLock lock = new ReentrantLock();
  private final List<String> early = new ArrayList<>();
  private final List<String> scriptEnds = new ArrayList<>();
  private final CompletableFuture<Boolean> mounted = new CompletableFuture<>();
  private byte[] held = new byte[32 * 1024];
  private int start;
  private int end;
  private @Nullable Collector current;
  private PlatformEvent.@Nullable Level jsonLevel;
  private @Nullable LogLevel printedLevel;
  private boolean closed;

  /// @param in read to its end
  /// @param pipe that it is of; null when one cannot look into it
  /// @param telemetry gets everything too
  /// @param onScriptEnd called with the name of the script and the status of an extension or of the
  ///   runtime
  LogPipe(
      InputStream in,
      @Nullable OutputPipe pipe,
      Telemetry telemetry,
      ObjIntConsumer<String> onScriptEnd) {
    this.in = in;
    this.pipe = pipe;
    this.telemetry = telemetry;
    telemetry.announceTo(this::add);
    this.onScriptEnd = onScriptEnd;
  }

  /// Waits until the sandbox has the code in place.
  void awaitMounted() throws IOException {
    try {
      if (!mounted.get(MOUNT_SECONDS, TimeUnit.SECONDS)) {
        throw new IOException("the sandbox ended before the code was in place");
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the sandbox did not mount the code", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  /// The log of one invocation.
  final class Collector {
    private final String requestId;
    private final String stream;
    private final LogSink sink;
    private final boolean tail;
    private final CompletableFuture<byte[]> done = new CompletableFuture<>();
    private byte[] kept = new byte[0];
    private long bytes;
    private long dropped;
    private boolean ended;
    // Bytes that were printed before the end and not read yet.
    private long ahead;
    private @Nullable List<PlatformEvent> closing;

    Collector(String requestId, String stream, LogSink sink, boolean tail) {
      this.requestId = requestId;
      this.stream = stream;
      this.sink = sink;
      this.tail = tail;
    }

    private void add(String record) {
      bytes += record.length();
      if (bytes > INVOCATION_BYTES_MAX) {
        dropped += record.length();
        return;
      }
      emit(record);
    }

    private void emit(String record) {
      sink.log(stream, record);
      if (tail) {
        byte[] text =
            (record.endsWith("\n") ? record : record + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(kept, kept.length + text.length);
        System.arraycopy(text, 0, all, kept.length, text.length);
        kept =
            all.length > TAIL_BYTES
                ? Arrays.copyOfRange(all, all.length - TAIL_BYTES, all.length)
                : all;
      }
    }

    private void close() {
      List<PlatformEvent> last = closing;
      if (last == null || done.isDone()) {
        return;
      }
      if (dropped > 0) {
        emit(
            "Brume left out "
                + dropped
                + " characters: an invocation's log may have "
                + INVOCATION_BYTES_MAX
                + ".");
      }
      last.forEach(event -> say(event, this::emit));
      done.complete(kept);
    }
  }

  /// Starts an invocation's log; what was printed before goes into it first.
  Collector begin(String requestId, String stream, LogSink sink, boolean tail) {
    var collector = new Collector(requestId, stream, sink, tail);
    lock.lock();
    try {
      early.forEach(collector::emit);
      early.clear();
      current = collector;
    } finally {
      lock.unlock();
    }
    return collector;
  }

  /// Hands over what was printed before the first invocation so far.
  void release(String stream, LogSink sink) {
    lock.lock();
    try {
      early.forEach(record -> sink.log(stream, record));
      early.clear();
    } finally {
      lock.unlock();
    }
  }

  /// How the log looks from now on: the least of the platform's own records and of what is printed
  /// past the runtime's logger that JSON logs have, null where logs are text.
  void format(PlatformEvent.@Nullable Level system, @Nullable LogLevel printed) {
    lock.lock();
    try {
      jsonLevel = system;
      printedLevel = printed;
    } finally {
      lock.unlock();
    }
  }

  /// Adds a record of the platform's own.
  void add(PlatformEvent event) {
    lock.lock();
    try {
      Collector to = current;
      say(event, to == null ? this::keep : to::emit);
    } finally {
      lock.unlock();
    }
  }

  private void say(PlatformEvent event, Consumer<String> log) {
    telemetry.platform(event);
    PlatformEvent.Level least = jsonLevel;
    String line = least == null ? event.text() : event.json(Telemetry.now());
    if (line != null && (least == null || event.level().compareTo(least) >= 0)) {
      log.accept(line);
    }
  }

  private void keep(String record) {
    if (early.size() < EARLY_RECORDS_MAX) {
      early.add(record);
    }
  }

  /// Ends an invocation's log with these records, once all that the function printed has been read.
  /// The future has the last 4 KB if they were asked for.
  CompletableFuture<byte[]> finish(Collector collector, List<PlatformEvent> closing) {
    lock.lock();
    try {
      collector.closing = closing;
      if (pipe != null && !closed) {
        collector.ahead = pipe.waitingBytes();
        reached(collector, 0);
      }
      if (collector.ended || closed) {
        collector.close();
      }
    } catch (IOException e) {
      collector.close();
    } finally {
      lock.unlock();
    }
    return collector.done;
  }

  // Some more of what was printed has been read.
  private void reached(Collector collector, long bytes) {
    collector.ahead -= bytes;
    if (collector.closing == null || collector.ahead > 0) {
      return;
    }
    if (start < end && !isFrameAt(start)) {
      raw(start, end);
      start = 0;
      end = 0;
    }
    collector.ended = true;
    collector.close();
  }

  /// Whether all that was printed in the last invocation has been read.
  boolean settled() {
    lock.lock();
    try {
      return current == null || current.done.isDone();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void run() {
    try {
      while (more()) {
        tellEnds();
      }
    } catch (IOException e) {
      record(FUNCTION, "Brume could not read on: " + e.getMessage());
    }
    lock.lock();
    try {
      take(true);
      closed = true;
      if (pipe != null) {
        pipe.close();
      }
      mounted.complete(false);
      if (current != null) {
        current.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
    tellEnds();
  }

  // With the lock, so that whoever has it knows: what is not in the pipe any more is in the log.
  private boolean more() throws IOException {
    if (pipe == null) {
      return read() >= 0;
    }
    pipe.await();
    lock.lock();
    try {
      int read = read();
      Collector collector = current;
      if (read > 0 && collector != null) {
        reached(collector, read);
      }
      return read >= 0;
    } finally {
      lock.unlock();
    }
  }

  private int read() throws IOException {
    if (end == held.length) {
      makeRoom();
    }
    int read = in.read(held, end, held.length - end);
    end += Math.max(0, read);
    take(false);
    return read;
  }

  private void makeRoom() {
    if (start > 0) {
      System.arraycopy(held, start, held, 0, end - start);
      end -= start;
      start = 0;
    } else if (held.length < RECORD_BYTES_MAX + FRAME_HEAD_BYTES) {
      held = Arrays.copyOf(held, held.length * 2);
    } else {
      raw(start, end);
      start = 0;
      end = 0;
    }
  }

  private void take(boolean last) {
    while (start < end) {
      if (isFrameAt(start)) {
        if (!takeFrame(last)) {
          return;
        }
        continue;
      }
      int at = start + 1;
      if (held[start] == '\n') {
        start = at;
        continue;
      }
      while (at < end && held[at] != '\n' && held[at] != (byte) 0xA5) {
        at++;
      }
      if (at == end
          && !last
          && held.length < RECORD_BYTES_MAX * 2
          && end - start < RECORD_BYTES_MAX) {
        return;
      }
      boolean insideText = at < end && held[at] == (byte) 0xA5 && !isFrameAt(at);
      while (insideText) {
        at++;
        while (at < end && held[at] != '\n' && held[at] != (byte) 0xA5) {
          at++;
        }
        if (at == end && !last && end - start < RECORD_BYTES_MAX) {
          return;
        }
        insideText = at < end && held[at] == (byte) 0xA5 && !isFrameAt(at);
      }
      raw(start, at);
      start = at < end && held[at] == '\n' ? at + 1 : at;
    }
    if (start == end) {
      start = 0;
      end = 0;
    }
  }

  // A frame begins with A5 5A 00 and its type. A prefix at the end of what has been read may become
  // one.
  private boolean isFrameAt(int at) {
    return held[at] == (byte) 0xA5
        && (at + 1 >= end || held[at + 1] == 0x5A)
        && (at + 2 >= end || held[at + 2] == 0);
  }

  // Takes one frame; false when more has to be read first.
  private boolean takeFrame(boolean last) {
    if (end - start < FRAME_HEAD_BYTES) {
      if (last) {
        start = end;
      }
      return last;
    }
    int type = held[start + 3] & 0xFF;
    int length =
        (held[start + 4] & 0xFF) << 24
            | (held[start + 5] & 0xFF) << 16
            | (held[start + 6] & 0xFF) << 8
            | (held[start + 7] & 0xFF);
    if (length < 0 || length > RECORD_BYTES_MAX) {
      // Longer than a record may be: its text is cut like any other.
      start += FRAME_HEAD_BYTES;
      return true;
    }
    if (end - start - FRAME_HEAD_BYTES < length) {
      if (last) {
        text(FUNCTION, start + FRAME_HEAD_BYTES, end);
        start = end;
      }
      return last;
    }
    int from = start + FRAME_HEAD_BYTES;
    start = from + length;
    switch (type) {
      case FRAME_LOG -> text(FUNCTION, from, start);
      case FRAME_EXTENSION -> text("extension", from, start);
      case FRAME_SCRIPT_ENDED ->
          scriptEnds.add(new String(held, from, length, StandardCharsets.UTF_8));
      case FRAME_MOUNTED -> mounted.complete(true);
      case FRAME_END -> ended(new String(held, from, length, StandardCharsets.UTF_8));
      case FRAME_PRINTED -> text(RAW, from, start);
      default -> text(FUNCTION, from, start);
    }
    return true;
  }

  // Without the lock: who hears of it may have something to say.
  private void tellEnds() {
    List<String> ends = List.copyOf(scriptEnds);
    scriptEnds.clear();
    ends.forEach(this::scriptEnded);
  }

  private void scriptEnded(String text) {
    int space = text.lastIndexOf(' ');
    try {
      onScriptEnd.accept(text.substring(0, space), Integer.parseInt(text.substring(space + 1)));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      // Not the sandbox's, but something that a function printed.
      record(FUNCTION, text);
    }
  }

  /// All that the runtime printed has been read: it has ended.
  void end() {
    lock.lock();
    try {
      if (current != null) {
        current.ended = true;
        current.close();
      }
    } finally {
      lock.unlock();
    }
  }

  /// Adds a line of the platform's own to what is printed now.
  void note(String text) {
    record(FUNCTION, text);
  }

  // What no runtime has framed, and so none has left out for its level either.
  private void raw(int from, int to) {
    text(RAW, from, to);
  }

  private void text(String type, int from, int to) {
    if (to > from) {
      record(type, new String(held, from, to - from, StandardCharsets.UTF_8));
    }
  }

  private void record(String type, String text) {
    lock.lock();
    try {
      telemetry.printed(type.equals(RAW) ? FUNCTION : type, text);
      LogLevel least = printedLevel;
      if (type.equals(RAW) && least != null && LogLevel.of(text).compareTo(least) < 0) {
        return;
      }
      if (current != null) {
        current.add(text);
      } else {
        keep(text);
      }
    } finally {
      lock.unlock();
    }
  }

  private void ended(String requestId) {
    lock.lock();
    try {
      if (current != null && current.requestId.equals(requestId)) {
        current.ended = true;
        current.close();
      }
    } finally {
      lock.unlock();
    }
  }
}

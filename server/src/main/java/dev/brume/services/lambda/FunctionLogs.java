package dev.brume.services.lambda;

import dev.brume.functions.LogSink;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.logs.CreateLogGroupRequest;
import dev.brume.model.logs.CreateLogStreamRequest;
import dev.brume.model.logs.InputLogEvent;
import dev.brume.model.logs.LogsClient;
import dev.brume.model.logs.PutLogEventsRequest;
import dev.brume.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Brings what functions print to CloudWatch Logs, in batches, on a thread of its own. Holds at
/// most a bounded number of characters: what comes on top while Logs is slow is dropped and
/// counted.
final class FunctionLogs implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(FunctionLogs.class.getName());
  private static final long HELD_CHARACTERS_MAX = 32L << 20;
  private static final int BATCH_EVENTS_MAX = 10_000;
  private static final int BATCH_BYTES_MAX = 1_000_000;
  private static final int EVENT_OVERHEAD_BYTES = 26;
  private static final long GATHER_MILLIS = 50;
  private final Clock clock;
  private final LogsClient logs;
  private final Roles roles;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition added = lock.newCondition();
  private final Condition written = lock.newCondition();
  private final Map<Stream, List<InputLogEvent>> held = new LinkedHashMap<>();
  private final Set<Stream> created = ConcurrentHashMap.newKeySet();
  private final Thread writer;
  private long heldCharacters;
  private long dropped;
  private boolean writing;
  private int flushing;
  private boolean closed;

  FunctionLogs(Clock clock, Operations operations, Roles roles) {
    this.clock = clock;
    this.logs = new LogsClient(operations);
    this.roles = roles;
    this.writer = Thread.ofVirtual().name("lambda-logs").start(this::run);
  }

  private record Stream(String account, String region, String group, String name) {}

  /// Where one function's lines go.
  LogSink of(String account, String region, String group) {
    return (stream, message) -> add(new Stream(account, region, group, stream), message);
  }

  private void add(Stream stream, String message) {
    var event = new InputLogEvent().timestamp(clock.millis()).message(message);
    lock.lock();
    try {
      if (heldCharacters + message.length() > HELD_CHARACTERS_MAX || message.isEmpty()) {
        dropped += message.length();
        return;
      }
      heldCharacters += message.length();
      if (held.isEmpty()) {
        added.signal();
      }
      held.computeIfAbsent(stream, s -> new ArrayList<>()).add(event);
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      Map<Stream, List<InputLogEvent>> batch;
      lock.lock();
      try {
        writing = false;
        written.signalAll();
        while (held.isEmpty() && !closed) {
          added.await();
        }
        if (held.isEmpty()) {
          return;
        }
        gather();
        batch = new LinkedHashMap<>(held);
        held.clear();
        heldCharacters = 0;
        writing = true;
        if (dropped > 0) {
          LOG.log(
              System.Logger.Level.WARNING, "Dropped {0} characters of functions' logs", dropped);
          dropped = 0;
        }
      } catch (InterruptedException e) {
        return;
      } finally {
        lock.unlock();
      }
      batch.forEach(this::write);
    }
  }

  // One transaction for what comes within a moment, unless somebody waits for it.
  private void gather() throws InterruptedException {
    long nanos = TimeUnit.MILLISECONDS.toNanos(GATHER_MILLIS);
    while (nanos > 0 && flushing == 0 && !closed) {
      nanos = added.awaitNanos(nanos);
    }
  }

  private void write(Stream stream, List<InputLogEvent> events) {
    Call call = roles.asService(stream.account(), stream.region(), "");
    try {
      if (!created.contains(stream)) {
        create(call, stream);
        created.add(stream);
      }
      int from = 0;
      while (from < events.size()) {
        int to = from;
        long bytes = 0;
        while (to < events.size() && to - from < BATCH_EVENTS_MAX) {
          // At most three bytes of UTF-8 per char.
          bytes += 3L * events.get(to).message().length() + EVENT_OVERHEAD_BYTES;
          if (to > from && bytes > BATCH_BYTES_MAX) {
            break;
          }
          to++;
        }
        logs.putLogEvents(
            call,
            new PutLogEventsRequest()
                .logGroupName(stream.group())
                .logStreamName(stream.name())
                .logEvents(events.subList(from, to)));
        from = to;
      }
    } catch (ServiceError e) {
      // The group may have been deleted since: the next line makes it again.
      created.remove(stream);
      LOG.log(
          System.Logger.Level.DEBUG,
          "Lines for {0} could not be written: {1}",
          stream.group(),
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "Lines for " + stream.group() + " are lost", e);
    }
  }

  private void create(Call call, Stream stream) {
    ignoringExisting(
        () -> logs.createLogGroup(call, new CreateLogGroupRequest().logGroupName(stream.group())));
    ignoringExisting(
        () ->
            logs.createLogStream(
                call,
                new CreateLogStreamRequest()
                    .logGroupName(stream.group())
                    .logStreamName(stream.name())));
  }

  private static void ignoringExisting(Runnable action) {
    try {
      action.run();
    } catch (ServiceError e) {
      if (!e.code().equals("ResourceAlreadyExistsException")) {
        throw e;
      }
    }
  }

  /// Waits until everything added so far is written: for tests.
  void flush() throws InterruptedException {
    lock.lock();
    try {
      flushing++;
      added.signal();
      while (!held.isEmpty() || writing) {
        written.await();
      }
    } finally {
      flushing--;
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      added.signal();
    } finally {
      lock.unlock();
    }
    try {
      writer.join(2000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

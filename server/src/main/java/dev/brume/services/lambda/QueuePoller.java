package dev.brume.services.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.patterns.EventPattern;
import dev.brume.functions.Outcome;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.ServiceError;
import dev.brume.model.sqs.*;
import dev.brume.services.lambda.LambdaStore.MappingRow;
import dev.brume.time.Clock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Feeds one function from one queue: one thread waits for messages with a long poll, which their
/// arrival ends; each batch runs on a thread of its own. How many batches may run at once grows
/// while batches come in full, and shrinks when the queue is empty.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html>
final class QueuePoller implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(QueuePoller.class.getName());
  private static final int IN_FLIGHT_FIRST = 5;
  private static final int IN_FLIGHT_MAX = 64;
  private static final int DELETE_BATCH_MAX = 10;
  private static final int IN_FLIGHT_PER_POLLER = 10;
  private static final long TROUBLE_SECONDS = 1;
  private static final long THROTTLED_SECONDS_MAX = 30;
  private static final String TRACE = "AWSTraceHeader";
  private static final long BATCH_BYTES_MAX = 6_000_000;
  private static final Duration END = Duration.ofSeconds(10);
  private static final Duration SESSION_LEFT = Duration.ofMinutes(5);
  private final String account;
  private final String region;
  private final MappingRow row;
  private final FunctionName function;
  private final Clock clock;
  private final Ids ids;
  private final Catalog catalog;
  private final Roles roles;
  private final Invoker invoker;
  private final SqsClient sqs;
  private final FilterSecrets secrets;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int inFlight;
  private volatile int inFlightMax;
  private boolean closed;
  private volatile String lastResult = "No records processed";
  private Roles.@Nullable Session session;
  private volatile @Nullable List<EventPattern> filters;
  private @Nullable Thread thread;

  QueuePoller(
      String account,
      String region,
      MappingRow row,
      Clock clock,
      Ids ids,
      Catalog catalog,
      Roles roles,
      FilterSecrets secrets,
      Invoker invoker,
      SqsClient sqs) {
    this.account = account;
    this.region = region;
    this.row = row;
    this.function = new FunctionName(account, region, row.functionName(), row.qualifier());
    this.clock = clock;
    this.ids = ids;
    this.catalog = catalog;
    this.roles = roles;
    this.secrets = secrets;
    this.invoker = invoker;
    this.sqs = sqs;
    this.inFlightMax = fewest();
  }

  void start() {
    thread = Thread.ofVirtual().name("lambda-poller-" + row.uuid()).start(this::run);
  }

  /// How the last batch went, in AWS's words.
  String lastResult() {
    return lastResult;
  }

  private void run() {
    while (true) {
      try {
        if (!awaitRoom()) {
          return;
        }
        if (filters == null) {
          filters = secrets.open(function, row).stream().map(QueuePoller::pattern).toList();
        }
        List<Message> batch = gather();
        if (batch.isEmpty()) {
          inFlightMax = Math.max(fewest(), inFlightMax - 1);
          continue;
        }
        if (batch.size() >= row.batchSize()) {
          inFlightMax = Math.min(most(), inFlightMax + 1);
        }
        begin();
        Thread.ofVirtual().name("lambda-batch").start(() -> process(batch));
      } catch (InterruptedException e) {
        return;
      } catch (ServiceError e) {
        if (!isClosed()) {
          lastResult = "PROBLEM: " + e.getMessage();
          LOG.log(System.Logger.Level.DEBUG, "{0}: {1}", row.sourceArn(), e.getMessage());
          pause(TROUBLE_SECONDS);
        }
      } catch (RuntimeException e) {
        if (!isClosed()) {
          LOG.log(System.Logger.Level.WARNING, "Polling " + row.sourceArn() + " goes on", e);
          pause(TROUBLE_SECONDS);
        }
      }
    }
  }

  private int most() {
    Integer set = row.concurrencyMax();
    Integer pollers = row.pollersMax();
    int most = set != null ? set : pollers != null ? pollers * IN_FLIGHT_PER_POLLER : IN_FLIGHT_MAX;
    return Math.min(IN_FLIGHT_MAX, most);
  }

  private int fewest() {
    Integer pollers = row.pollersMin();
    return Math.min(most(), pollers == null ? IN_FLIGHT_FIRST : pollers * IN_FLIGHT_PER_POLLER);
  }

  private boolean awaitRoom() throws InterruptedException {
    lock.lock();
    try {
      while (inFlight >= inFlightMax && !closed) {
        changed.await();
      }
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private void begin() {
    lock.lock();
    try {
      inFlight++;
    } finally {
      lock.unlock();
    }
  }

  private void end() {
    lock.lock();
    try {
      inFlight--;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  // Trouble of the real world, so the real clock. False when there is to be no more polling.
  private boolean pause(long seconds) {
    lock.lock();
    try {
      long nanos = TimeUnit.SECONDS.toNanos(seconds);
      while (!closed && nanos > 0) {
        nanos = changed.awaitNanos(nanos);
      }
      return !closed;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private Call call() {
    Roles.Session now = session;
    boolean over = now == null || now.endNanos() - clock.nanoTime() < SESSION_LEFT.toNanos();
    if (now == null || over) {
      String role = catalog.resolve(function).configuration().settings().role();
      now = roles.assume(account, region, function.functionArn(), function.name(), role);
      session = now;
    }
    String[] parts = row.sourceArn().split(":");
    return roles
        .asService(account, region, function.functionArn())
        .as(now.principal())
        .in(parts[4], parts[3]);
  }

  // The first message opens the window; the batch goes when it is full, when the window or the
  // mapping ends, or when it gets too large for an invocation.
  private List<Message> gather() {
    var batch = new ArrayList<Message>();
    Instant end = null;
    long bytes = 0;
    while (!isClosed() && batch.size() < row.batchSize() && bytes < BATCH_BYTES_MAX) {
      int wait = LambdaLimits.QUEUE_WAIT_SECONDS;
      if (end != null) {
        long left = Duration.between(clock.instant(), end).toSeconds();
        if (left < 0) {
          break;
        }
        wait = (int) Math.min(wait, left);
      }
      List<Message> some =
          receive(Math.min(LambdaLimits.QUEUE_RECEIVE_MAX, row.batchSize() - batch.size()), wait);
      batch.addAll(some);
      for (Message message : some) {
        bytes += message.body() == null ? 0 : message.body().length();
      }
      if (row.windowSeconds() == 0 || batch.isEmpty()) {
        break;
      }
      if (end == null) {
        end = clock.instant().plusSeconds(row.windowSeconds());
      } else if (!clock.instant().isBefore(end)) {
        break;
      }
    }
    return batch;
  }

  private List<Message> receive(int most, int waitSeconds) {
    Call call = call();
    return sqs.receiveMessage(
            call,
            new ReceiveMessageRequest()
                .queueUrl(QueueEvents.queueUrl(call, row.sourceArn()))
                .maxNumberOfMessages(most)
                .waitTimeSeconds(waitSeconds)
                .messageSystemAttributeNames(List.of("All"))
                .messageAttributeNames(List.of("All")))
        .messages();
  }

  private void process(List<Message> received) {
    try {
      Instant since = clock.instant();
      var batch = new ArrayList<Message>();
      var unwanted = new ArrayList<Message>();
      boolean looped = false;
      for (Message message : received) {
        if (!wanted(message)) {
          unwanted.add(message);
        } else if (invoker.loops(function, message.attributes().get(TRACE))) {
          // Left alone: it comes again until the queue's redrive policy takes it away.
          looped = true;
        } else {
          batch.add(message);
        }
      }
      delete(unwanted);
      if (looped) {
        lastResult = "PROBLEM: " + LambdaErrors.recursion().getMessage();
      }
      if (!batch.isEmpty()) {
        run(batch, since);
      }
    } catch (ServiceError e) {
      // Throttled, deleted, refused: the messages come back after their visibility timeout.
      lastResult = "PROBLEM: " + e.getMessage();
      pause(TROUBLE_SECONDS);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "A batch of " + row.sourceArn() + " comes again", e);
    } finally {
      end();
    }
  }

  private void run(List<Message> batch, Instant since) {
    byte[] event =
        Json.write(QueueEvents.event(batch, row.sourceArn())).getBytes(StandardCharsets.UTF_8);
    switch (invoke(batch, event, since).outcome()) {
      case Outcome.Success ok -> {
        Set<String> failed =
            row.responseTypes().contains("ReportBatchItemFailures")
                ? QueueEvents.failures(batch, ok.payload())
                : Set.of();
        delete(batch.stream().filter(message -> !failed.contains(message.messageId())).toList());
        lastResult = "OK";
      }
      case Outcome.Failed failed -> lastResult = "PROBLEM: Function call failed";
    }
  }

  // A function without room is tried again, with longer and longer waits, while its messages are
  // hidden from others.
  private Invoker.Answer invoke(List<Message> batch, byte[] event, Instant since) {
    String requestId = ids.uuid();
    String trace = trace(batch);
    long wait = TROUBLE_SECONDS;
    Instant until = null;
    while (true) {
      try {
        return invoker.invoke(function, requestId, event, null, trace, false);
      } catch (ServiceError e) {
        if (!e.code().equals("TooManyRequestsException")) {
          throw e;
        }
        lastResult = "PROBLEM: " + e.getMessage();
        inFlightMax = Math.max(1, inFlightMax / 2);
        until = until == null ? since.plusSeconds(visibilitySeconds()) : until;
        if (!clock.instant().plusSeconds(wait).isBefore(until) || !pause(wait)) {
          throw e;
        }
        wait = Math.min(2 * wait, THROTTLED_SECONDS_MAX);
      }
    }
  }

  // Of several traces, the one that has run the function most often.
  private @Nullable String trace(List<Message> batch) {
    String key = Trace.key(function);
    return batch.stream()
        .map(message -> message.attributes().get(TRACE))
        .filter(Objects::nonNull)
        .max(Comparator.comparingInt(header -> Trace.of(header).runs(key)))
        .orElse(null);
  }

  private long visibilitySeconds() {
    Call call = call();
    return Long.parseLong(
        sqs.getQueueAttributes(
                call,
                new GetQueueAttributesRequest()
                    .queueUrl(QueueEvents.queueUrl(call, row.sourceArn()))
                    .attributeNames(List.of("VisibilityTimeout")))
            .attributes()
            .getOrDefault("VisibilityTimeout", "30"));
  }

  private boolean wanted(Message message) {
    List<EventPattern> wanted = filters;
    if (wanted == null || wanted.isEmpty()) {
      return true;
    }
    ObjectNode record = QueueEvents.record(message, row.sourceArn());
    JsonNode body = parsed(message.body());
    if (body != null) {
      record.set("body", body);
    }
    return wanted.stream().anyMatch(filter -> filter.matches(record));
  }

  private static @Nullable JsonNode parsed(@Nullable String body) {
    try {
      return body == null ? null : Json.parse(body);
    } catch (JsonProcessingException e) {
      // Plain text is matched as the string that it is.
      return null;
    }
  }

  private void delete(List<Message> messages) {
    Call call = call();
    for (int from = 0; from < messages.size(); from += DELETE_BATCH_MAX) {
      var entries = new ArrayList<DeleteMessageBatchRequestEntry>();
      int to = Math.min(messages.size(), from + DELETE_BATCH_MAX);
      for (int i = from; i < to; i++) {
        entries.add(
            new DeleteMessageBatchRequestEntry()
                .id(Integer.toString(i))
                .receiptHandle(messages.get(i).receiptHandle()));
      }
      sqs.deleteMessageBatch(
          call,
          new DeleteMessageBatchRequest()
              .queueUrl(QueueEvents.queueUrl(call, row.sourceArn()))
              .entries(entries));
    }
  }

  private static EventPattern pattern(String text) {
    try {
      return EventPattern.of(text);
    } catch (EventPattern.Invalid e) {
      throw new IllegalStateException("a pattern that was checked before", e);
    }
  }

  /// Takes no more messages once it returns; batches that run go on to their end.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    Thread running = thread;
    if (running == null) {
      return;
    }
    running.interrupt();
    try {
      if (!running.join(END)) {
        LOG.log(System.Logger.Level.WARNING, "Polling {0} takes long to end", row.sourceArn());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

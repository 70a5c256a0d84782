package dev.brume.services.sqs;

import dev.brume.model.sqs.Message;
import dev.brume.model.sqs.ReceiveMessageRequest;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Hands out messages, waits for them, and moves those that were received too often.
final class Receiving {
  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Queues queues;
  private final Sending sending;

  Receiving(Kv kv, Clock clock, Timers timers, Queues queues, Sending sending) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.queues = queues;
    this.sending = sending;
  }

  List<Message> receive(LiveQueue queue, ReceiveMessageRequest in) {
    Queue settings = queue.settings();
    int max =
        between(
            in.maxNumberOfMessages(),
            1,
            1,
            SqsLimits.RECEIVE_MESSAGES_MAX,
            "MaxNumberOfMessages",
            "Must be between 1 and 10, if provided.");
    int visibilitySeconds =
        between(
            in.visibilityTimeout(),
            settings.visibilitySeconds(),
            0,
            SqsLimits.VISIBILITY_SECONDS_MAX,
            "VisibilityTimeout",
            "Must be between 0 and 43200, if provided.");
    int waitSeconds =
        between(
            in.waitTimeSeconds(),
            settings.waitSeconds(),
            0,
            SqsLimits.WAIT_SECONDS_MAX,
            "WaitTimeSeconds",
            "Must be >= 0 and <= 20, if provided.");
    if (in.receiveRequestAttemptId() != null) {
      throw SqsErrors.unsupported("ReceiveRequestAttemptId is not supported.");
    }
    // A long poll holds a connection of the real world: its time is the machine's.
    long end = clock.nanoTime() + TimeUnit.SECONDS.toNanos(waitSeconds);
    while (true) {
      List<Message> received = receiveNow(queue, in, max, visibilitySeconds);
      if (!received.isEmpty()
          || !queue
              .index()
              .await(end - clock.nanoTime(), clock::millis, due -> wakeAt(queue, due))) {
        return received;
      }
    }
  }

  private void wakeAt(LiveQueue queue, long dueMillis) {
    if (dueMillis != Long.MAX_VALUE && queue.wakeMillis.getAndSet(dueMillis) != dueMillis) {
      timers.after(
          Instant.ofEpochMilli(dueMillis),
          () -> {
            queue.wakeMillis.compareAndSet(dueMillis, 0);
            queue.index().wake();
          });
    }
  }

  private static int between(
      @Nullable Integer given, int otherwise, int min, int max, String parameter, String reason) {
    if (given == null) {
      return otherwise;
    }
    if (given < min || given > max) {
      throw SqsErrors.value(given.toString(), parameter, reason);
    }
    return given;
  }

  private List<Message> receiveNow(
      LiveQueue queue, ReceiveMessageRequest in, int max, int visibilitySeconds) {
    Queue settings = queue.settings();
    RedrivePolicy redrive = settings.redrivePolicy();
    LiveQueue deadLetters = redrive == null ? null : queues.byArn(redrive.targetArn());
    long now = clock.millis();
    // A policy whose target does not exist moves nothing: the messages go on being received.
    int countMax = redrive == null || deadLetters == null ? 0 : redrive.receiveCountMax();
    var want = new QueueIndex.Want(max, now, now + 1000L * visibilitySeconds, countMax);
    QueueIndex.Taking taking = queue.index().take(want);
    if (deadLetters != null && !taking.dead().isEmpty()) {
      move(queue, ignored -> deadLetters, taking.dead(), settings.arn(), now);
    }
    if (taking.received().isEmpty()) {
      return taking.dead().isEmpty() ? List.of() : receiveNow(queue, in, max, visibilitySeconds);
    }
    Map<Long, StoredMessage> messages = read(settings, taking.received());
    kv.tx(
        tx -> {
          writeStates(
              tx, queue, taking.received().stream().map(QueueIndex.Taken::sequence).toList());
          return true;
        });
    var received = new ArrayList<Message>();
    for (QueueIndex.Taken taken : taking.received()) {
      StoredMessage message = messages.get(taken.sequence());
      if (message != null) {
        received.add(wire(settings, taken, message, in));
      }
    }
    return received;
  }

  /// Writes what the index knows now, so that the order in memory is the order on disk.
  static void writeStates(dev.brume.store.Tx tx, LiveQueue queue, List<Long> sequences) {
    for (long sequence : sequences) {
      ReceiveState state = queue.index().state(sequence);
      if (state != null) {
        tx.put(SqsStore.receive(queue.settings(), sequence), SqsStore.RECEIVE.write(state));
      }
    }
  }

  private Map<Long, StoredMessage> read(Queue queue, List<QueueIndex.Taken> taken) {
    return kv.read(
        reader -> {
          var found = new HashMap<Long, StoredMessage>();
          for (QueueIndex.Taken one : taken) {
            byte[] row = reader.get(SqsStore.message(queue, one.sequence()));
            if (row != null) {
              found.put(one.sequence(), SqsStore.MESSAGE.read(row));
            }
          }
          return found;
        });
  }

  /// Says where a message goes; null for nowhere.
  interface Destination {
    @Nullable LiveQueue of(StoredMessage message);
  }

  /// Moves messages in one transaction: nothing is lost, nothing is there twice. Those that have
  /// nowhere to go become visible again. Returns how many were moved.
  ///
  /// @param sequences taken as dead from the index
  /// @param sourceArn kept as the message's dead-letter source, null to forget it
  int move(
      LiveQueue from, Destination to, List<Long> sequences, @Nullable String sourceArn, long now) {
    Queue source = from.settings();
    var reached = new HashSet<LiveQueue>();
    Set<Long> moved =
        kv.tx(
            tx -> {
              var done = new HashSet<Long>();
              for (long sequence : sequences) {
                byte[] row = tx.get(SqsStore.message(source, sequence));
                if (row == null || from.index().state(sequence) == null) {
                  continue;
                }
                StoredMessage message = SqsStore.MESSAGE.read(row);
                LiveQueue target = to.of(message);
                if (target == null || SqsStore.current(tx, target.settings()) == null) {
                  continue;
                }
                Queue settings = target.settings();
                // A standard queue counts a message's age from when it was first sent.
                long sent = settings.fifo() || sourceArn == null ? now : message.sentMillis();
                StoredMessage copy = message.movedFrom(sourceArn, 0, sent);
                SqsStore.delete(tx, source, sequence);
                sending.store(tx, target, copy, SqsStore.MESSAGE.write(copy), now);
                reached.add(target);
                done.add(sequence);
              }
              tx.afterCommit(() -> done.forEach(from.index()::remove));
              return done;
            });
    sequences.forEach(sequence -> from.index().release(sequence, now));
    reached.forEach(queues::sweepLater);
    return moved.size();
  }

  private static Message wire(
      Queue queue, QueueIndex.Taken taken, StoredMessage message, ReceiveMessageRequest in) {
    var selected = MessageAttributes.select(message.attributes(), in.messageAttributeNames());
    var wire =
        new Message()
            .messageId(message.id())
            .receiptHandle(
                new ReceiptHandle(queue.id(), taken.sequence(), taken.state().count()).encode())
            .md5OfBody(message.bodyMd5())
            .body(message.body());
    if (!selected.isEmpty()) {
      wire.messageAttributes(MessageAttributes.wire(selected))
          .md5OfMessageAttributes(MessageAttributes.md5(selected));
    }
    var asked = new ArrayList<>(in.attributeNames());
    asked.addAll(in.messageSystemAttributeNames());
    if (!asked.isEmpty()) {
      Map<String, String> attributes = systemAttributes(queue, taken, message);
      if (!asked.contains("All")) {
        attributes.keySet().retainAll(asked);
      }
      if (!attributes.isEmpty()) {
        wire.attributes(attributes);
      }
    }
    return wire;
  }

  private static Map<String, String> systemAttributes(
      Queue queue, QueueIndex.Taken taken, StoredMessage message) {
    var attributes = new LinkedHashMap<String, String>();
    attributes.put("SenderId", message.senderId());
    attributes.put("ApproximateFirstReceiveTimestamp", Long.toString(taken.state().firstMillis()));
    attributes.put("ApproximateReceiveCount", Integer.toString(taken.state().count()));
    attributes.put("SentTimestamp", Long.toString(message.sentMillis()));
    putIfSet(attributes, "MessageGroupId", message.groupId());
    putIfSet(attributes, "MessageDeduplicationId", message.deduplicationId());
    putIfSet(attributes, "AWSTraceHeader", message.traceHeader());
    putIfSet(attributes, "DeadLetterQueueSourceArn", message.deadLetterSourceArn());
    if (queue.fifo()) {
      attributes.put("SequenceNumber", SequenceNumbers.text(taken.sequence()));
    }
    return attributes;
  }

  private static void putIfSet(
      Map<String, String> attributes, String name, @Nullable String value) {
    if (value != null) {
      attributes.put(name, value);
    }
  }
}

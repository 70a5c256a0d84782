package dev.brume.services.sqs;

import dev.brume.ids.Ids;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks messages and puts them into queues.
final class Sending {
  private final Kv kv;
  private final Ids ids;
  private final Queues queues;

  /// A checked message, ready to be stored.
  record Ready(StoredMessage message, byte[] row, long bytes) {}

  /// @param sequence the message's number, or that of the one it repeats
  record Sent(String messageId, long sequence, StoredMessage message) {}

  Sending(Kv kv, Ids ids, Queues queues) {
    this.kv = kv;
    this.ids = ids;
    this.queues = queues;
  }

  /// Checks a message for a queue. Throws AWS's error.
  Ready check(Queue queue, Draft draft, long nowMillis) {
    String body = draft.body();
    if (body == null || body.isEmpty()) {
      throw SqsErrors.missing("MessageBody");
    }
    MessageText.check(body);
    Map<String, StoredMessage.Attribute> attributes = MessageAttributes.parse(draft.attributes());
    long bytes = MessageText.bytes(body) + MessageAttributes.bytes(attributes);
    if (bytes > queue.messageBytesMax()) {
      throw SqsErrors.tooLong(queue.messageBytesMax());
    }
    int delaySeconds = delaySeconds(queue, draft);
    checkId("MessageGroupId", draft.groupId());
    checkId("MessageDeduplicationId", draft.deduplicationId());
    byte[] bodyBytes = body.getBytes(StandardCharsets.UTF_8);
    String deduplicationId = deduplicationId(queue, draft, bodyBytes);
    var message =
        new StoredMessage(
            ids.uuid(),
            body,
            MessageAttributes.md5(bodyBytes),
            attributes,
            draft.senderId(),
            nowMillis,
            delaySeconds == 0 ? 0 : nowMillis + 1000L * delaySeconds,
            draft.groupId(),
            deduplicationId,
            traceHeader(draft),
            null);
    return new Ready(message, SqsStore.MESSAGE.write(message), bytes);
  }

  private static @Nullable String traceHeader(Draft draft) {
    String given = MessageAttributes.traceHeader(draft.systemAttributes());
    return given == null ? draft.trace() : given;
  }

  private static int delaySeconds(Queue queue, Draft draft) {
    Integer asked = draft.delaySeconds();
    if (asked == null) {
      return queue.delaySeconds();
    }
    if (asked < 0 || asked > SqsLimits.DELAY_SECONDS_MAX) {
      throw SqsErrors.value(
          asked.toString(), "DelaySeconds", "DelaySeconds must be >= 0 and <= 900.");
    }
    if (queue.fifo() && asked > 0) {
      throw notForThisType(asked.toString(), "DelaySeconds");
    }
    return queue.fifo() ? queue.delaySeconds() : asked;
  }

  private static @Nullable String deduplicationId(Queue queue, Draft draft, byte[] body) {
    String given = draft.deduplicationId();
    if (!queue.fifo()) {
      if (given != null) {
        throw notForThisType(given, "MessageDeduplicationId");
      }
      return null;
    }
    if (draft.groupId() == null) {
      throw SqsErrors.missing("MessageGroupId");
    }
    if (given != null) {
      return given;
    }
    if (!queue.contentBasedDeduplication()) {
      throw SqsErrors.noDeduplicationId();
    }
    return HexFormat.of().formatHex(MessageAttributes.digest("SHA-256").digest(body));
  }

  private static RuntimeException notForThisType(String value, String parameter) {
    return SqsErrors.value(
        value, parameter, "The request include parameter that is not valid for this queue type.");
  }

  private static void checkId(String parameter, @Nullable String id) {
    if (id != null && !SqsLimits.GROUP_ID.matcher(id).matches()) {
      throw SqsErrors.value(
          id,
          parameter,
          parameter
              + " can only include alphanumeric and punctuation characters. 1 to 128 in length.");
    }
  }

  /// Stores messages in one transaction, in order.
  List<Sent> send(LiveQueue queue, List<Ready> messages, long nowMillis) {
    List<Sent> sent =
        kv.tx(
            tx -> {
              if (SqsStore.current(tx, queue.settings()) == null) {
                throw SqsErrors.noQueue();
              }
              var done = new ArrayList<Sent>(messages.size());
              for (Ready ready : messages) {
                done.add(put(tx, queue, ready.message(), ready.row(), nowMillis));
              }
              return done;
            });
    if (queue.nextSweepMillis.get() == Long.MAX_VALUE) {
      queues.sweepLater(queue);
    }
    return sent;
  }

  /// Stores a message with the transaction, unless it repeats one that is not older than five
  /// minutes.
  Sent put(Tx tx, LiveQueue queue, StoredMessage message, byte[] row, long nowMillis) {
    Queue settings = queue.settings();
    Key duplicateKey = null;
    String deduplicationId = message.deduplicationId();
    if (settings.fifo() && deduplicationId != null) {
      String scoped =
          settings.deduplicatesByGroup()
              ? message.groupId() + "\n" + deduplicationId
              : deduplicationId;
      duplicateKey = SqsStore.duplicate(settings, scoped);
      byte[] known = tx.get(duplicateKey);
      if (known != null) {
        SqsStore.Duplicate duplicate = SqsStore.DUPLICATE.read(known);
        if (duplicate.expiresMillis() > nowMillis) {
          return new Sent(duplicate.messageId(), duplicate.sequence(), message);
        }
      }
    }
    long sequence = store(tx, queue, message, row, nowMillis);
    if (duplicateKey != null) {
      remember(tx, queue, duplicateKey, message, sequence, nowMillis);
    }
    return new Sent(message.id(), sequence, message);
  }

  /// Stores a message with the transaction and returns its number.
  long store(Tx tx, LiveQueue queue, StoredMessage message, byte[] row, long nowMillis) {
    long sequence = queue.nextSequence(nowMillis);
    tx.put(SqsStore.message(queue.settings(), sequence), row);
    var state = new ReceiveState(0, 0, 0, message.visibleMillis());
    tx.afterCommit(() -> queue.index().add(sequence, message, state, nowMillis));
    return sequence;
  }

  private static void remember(
      Tx tx, LiveQueue queue, Key key, StoredMessage message, long sequence, long nowMillis) {
    long expires = nowMillis + 1000L * SqsLimits.DEDUPLICATION_SECONDS;
    tx.put(key, SqsStore.DUPLICATE.write(new SqsStore.Duplicate(message.id(), sequence, expires)));
    for (var expired : queue.expiredDuplicates(nowMillis)) {
      Key old = SqsStore.duplicate(queue.settings(), expired.deduplicationId());
      byte[] row = tx.get(old);
      if (row != null && SqsStore.DUPLICATE.read(row).expiresMillis() <= nowMillis) {
        tx.delete(old);
      }
    }
    tx.afterCommit(() -> queue.duplicateUntil(key.lastString(), expires));
  }
}

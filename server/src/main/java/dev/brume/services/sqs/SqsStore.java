package dev.brume.services.sqs;

import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import org.jspecify.annotations.Nullable;

/// Keys and rows: `queue` by name; of a queue by its id `message` and `receive` by sequence,
/// `duplicate` by deduplication id, and `move` tasks by number.
final class SqsStore {
  static final Row<Queue> QUEUE = Row.of(Queue.class);
  static final Row<StoredMessage> MESSAGE = Row.of(StoredMessage.class);
  static final Row<ReceiveState> RECEIVE = Row.of(ReceiveState.class);
  static final Row<Duplicate> DUPLICATE = Row.of(Duplicate.class);
  static final Row<MoveTask> MOVE = Row.of(MoveTask.class);
  static final Key ALL = Key.of("sqs");

  /// What a deduplication id stands for until it expires.
  record Duplicate(String messageId, long sequence, long expiresMillis) {}

  private SqsStore() {}

  static Key queueKey(String account, String region, String name) {
    return Key.of("sqs", account, region, "queue", name);
  }

  static Key queueKey(Queue queue) {
    return queueKey(queue.account(), queue.region(), queue.name());
  }

  static Key message(Queue queue, long sequence) {
    return of(queue, "message").then(sequence);
  }

  static Key receive(Queue queue, long sequence) {
    return of(queue, "receive").then(sequence);
  }

  static Key duplicate(Queue queue, String deduplicationId) {
    return of(queue, "duplicate").then(deduplicationId);
  }

  static Key move(Queue queue, long number) {
    return of(queue, "move").then(number);
  }

  static Key of(Queue queue, String kind) {
    return Key.of("sqs", queue.account(), queue.region(), kind, queue.id());
  }

  /// The queue as it is in this transaction, null when it is gone or another one has its name.
  static @Nullable Queue current(Reader reader, Queue queue) {
    byte[] row = reader.get(queueKey(queue));
    if (row == null) {
      return null;
    }
    Queue current = QUEUE.read(row);
    return current.id().equals(queue.id()) ? current : null;
  }

  static void put(Tx tx, Queue queue) {
    tx.put(queueKey(queue), QUEUE.write(queue));
  }

  static void delete(Tx tx, Queue queue, long sequence) {
    tx.delete(message(queue, sequence));
    tx.delete(receive(queue, sequence));
  }
}

package dev.brume.services.sqs;

import dev.brume.auth.AccessRequest;
import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// The queues that exist, rebuilt from the store at start, and the removal of messages that are too
/// old.
final class Queues {
  private static final Set<String> NEVER_SHUT = Set.of("SetQueueAttributes", "DeleteQueue");
  private static final int ROWS_PER_TRANSACTION = 1000;

  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final ConcurrentSkipListMap<Key, LiveQueue> live = new ConcurrentSkipListMap<>();

  Queues(Kv kv, Clock clock, Timers timers) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    List<Key> orphans = kv.read(this::load);
    delete(orphans);
    live.values().forEach(this::sweepLater);
  }

  /// The queue that a request names by URL: any host, then `/account/name`. Throws AWS's error when
  /// it does not exist, or when it is another account's and its policy does not allow the caller.
  ///
  /// @param action e.g. `SendMessage`
  LiveQueue byUrl(Call call, @Nullable String url, String action) {
    if (url == null || url.isEmpty()) {
      throw SqsErrors.missing("QueueUrl");
    }
    String path = url;
    int scheme = path.indexOf("://");
    if (scheme >= 0) {
      int slash = path.indexOf('/', scheme + 3);
      path = slash < 0 ? "" : path.substring(slash);
    }
    String[] parts = path.split("/");
    if (parts.length == 0 || parts[parts.length - 1].isEmpty()) {
      throw SqsErrors.invalidAddress(url);
    }
    String name = parts[parts.length - 1];
    String owner = parts.length >= 2 ? parts[parts.length - 2] : "";
    String account = owner.matches("[0-9]{12}") ? owner : call.account();
    LiveQueue queue = require(account, call.region(), name);
    requireAllowed(call, queue, action);
    return queue;
  }

  /// Throws AWS's error when the queue's policy denies this, or when the caller is not of the
  /// queue's account and the policy says nothing.
  void requireAllowed(Call call, LiveQueue queue, String action) {
    String arn = queue.settings().arn();
    boolean own =
        call.account().equals(queue.settings().account())
            && !(call.principal() instanceof Principal.Anonymous);
    Decision decision = queue.decide(AccessRequest.of(call.principal(), "sqs:" + action, arn));
    // The account itself can always mend a policy that shuts everybody out.
    boolean mends =
        call.principal() instanceof Principal.Root && own && NEVER_SHUT.contains(action);
    if (decision == Decision.DENIED && !mends || decision == Decision.UNDECIDED && !own) {
      throw SqsErrors.accessDenied(call.principal().arn(), action, arn);
    }
  }

  LiveQueue require(String account, String region, String name) {
    LiveQueue queue = find(account, region, name);
    if (queue == null) {
      throw SqsErrors.noQueue();
    }
    return queue;
  }

  @Nullable LiveQueue find(String account, String region, String name) {
    return live.get(SqsStore.queueKey(account, region, name));
  }

  @Nullable LiveQueue byArn(String arn) {
    String[] parts = arn.split(":", -1);
    return parts.length == 6 && parts[2].equals("sqs") ? find(parts[4], parts[3], parts[5]) : null;
  }

  /// The queues of an account in a region, by name.
  Collection<LiveQueue> of(String account, String region) {
    Key prefix = Key.of("sqs", account, region, "queue");
    return live.subMap(prefix, prefix.end()).values();
  }

  /// Makes a committed queue known.
  void add(Queue queue) {
    live.put(SqsStore.queueKey(queue), new LiveQueue(queue));
  }

  /// Forgets a queue whose deletion is committed, and ends the waits for it.
  void remove(LiveQueue queue) {
    live.remove(SqsStore.queueKey(queue.settings()), queue);
    queue.index().close();
  }

  void close() {
    live.values().forEach(queue -> queue.index().close());
  }

  /// Deletes the rows of messages that the index has forgotten already, some at a time.
  void deleteRows(Queue queue, List<Long> sequences) {
    var keys = new ArrayList<Key>(2 * sequences.size());
    for (long sequence : sequences) {
      keys.add(SqsStore.message(queue, sequence));
      keys.add(SqsStore.receive(queue, sequence));
    }
    delete(keys);
  }

  private void delete(List<Key> keys) {
    for (int from = 0; from < keys.size(); from += ROWS_PER_TRANSACTION) {
      List<Key> part = keys.subList(from, Math.min(keys.size(), from + ROWS_PER_TRANSACTION));
      kv.tx(
          tx -> {
            part.forEach(tx::delete);
            return part.size();
          });
    }
  }

  /// Sees to it that messages leave the queue when they are older than its retention.
  void sweepLater(LiveQueue queue) {
    long oldest = queue.index().oldestSentMillis();
    if (oldest < 0) {
      return;
    }
    long due = oldest + queue.settings().retentionMillis();
    if (queue.nextSweepMillis.getAndUpdate(old -> Math.min(old, due)) > due) {
      timers.after(Instant.ofEpochMilli(due), () -> sweep(queue, due));
    }
  }

  private void sweep(LiveQueue queue, long due) {
    queue.nextSweepMillis.compareAndSet(due, Long.MAX_VALUE);
    Queue settings = queue.settings();
    long until = clock.millis() - settings.retentionMillis();
    deleteRows(settings, queue.index().removeSentUntil(until));
    sweepLater(queue);
  }

  // Returns the rows that belong to nothing any more.
  private List<Key> load(Reader reader) {
    var byId = new HashMap<String, LiveQueue>();
    reader.scan(
        SqsStore.ALL,
        (key, value) -> {
          if (key.string(3).equals("queue")) {
            Queue queue = SqsStore.QUEUE.read(value);
            var found = new LiveQueue(queue);
            live.put(key, found);
            byId.put(queue.id(), found);
          }
          return true;
        });
    var orphans = new ArrayList<Key>();
    long now = clock.millis();
    reader.scan(
        SqsStore.ALL,
        (key, value) -> {
          List<Object> parts = key.elements();
          String kind = (String) parts.get(3);
          LiveQueue queue = byId.get((String) parts.get(4));
          if (!kind.equals("queue") && (queue == null || !load(reader, parts, value, queue, now))) {
            orphans.add(key);
          }
          return true;
        });
    return orphans;
  }

  // Returns whether the row is still of use.
  private static boolean load(
      Reader reader, List<Object> key, byte[] value, LiveQueue queue, long now) {
    Queue settings = queue.settings();
    return switch ((String) key.get(3)) {
      case "message" -> {
        long sequence = (Long) key.get(5);
        queue.seen(sequence);
        if (sequence <= settings.purgedThrough()) {
          yield false;
        }
        StoredMessage message = SqsStore.MESSAGE.read(value);
        byte[] received = reader.get(SqsStore.receive(settings, sequence));
        ReceiveState state =
            received == null
                ? new ReceiveState(0, 0, 0, message.visibleMillis())
                : SqsStore.RECEIVE.read(received);
        queue.index().add(sequence, message, state, now);
        yield true;
      }
      case "receive" -> reader.get(SqsStore.message(settings, (Long) key.get(5))) != null;
      case "duplicate" -> {
        SqsStore.Duplicate duplicate = SqsStore.DUPLICATE.read(value);
        queue.seen(duplicate.sequence());
        queue.duplicateUntil((String) key.get(5), duplicate.expiresMillis());
        yield duplicate.expiresMillis() > now;
      }
      default -> true;
    };
  }

  /// The queues that name this one as their dead-letter queue, by name.
  List<LiveQueue> sourcesOf(Queue deadLetterQueue) {
    return of(deadLetterQueue.account(), deadLetterQueue.region()).stream()
        .filter(
            queue -> {
              RedrivePolicy policy = queue.settings().redrivePolicy();
              return policy != null && policy.targetArn().equals(deadLetterQueue.arn());
            })
        .toList();
  }
}

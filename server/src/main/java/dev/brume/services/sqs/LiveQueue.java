package dev.brume.services.sqs;

import dev.brume.auth.AccessRequest;
import dev.brume.auth.PolicyDocument;
import dev.brume.auth.PolicyEvaluator.Decision;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A queue that exists: its settings as last committed, its index, and its next sequence.
final class LiveQueue {
  private static final int NUMBERS_PER_MILLI_BITS = 20;

  private volatile Queue settings;
  private volatile @Nullable ParsedPolicy policy;
  private final QueueIndex index;
  private final AtomicLong last = new AtomicLong();

  private final ConcurrentLinkedDeque<DuplicateExpiry> duplicates = new ConcurrentLinkedDeque<>();

  private record ParsedPolicy(String text, PolicyDocument policy) {}

  /// A deduplication id and when it may be used again.
  record DuplicateExpiry(String deduplicationId, long expiresMillis) {}

  /// When [Queues] has arranged for the next sweep of expired messages, `Long.MAX_VALUE` for none.
  final AtomicLong nextSweepMillis = new AtomicLong(Long.MAX_VALUE);

  /// When receivers are to be woken because a hidden message becomes visible, 0 for not arranged.
  final AtomicLong wakeMillis = new AtomicLong();

  LiveQueue(Queue settings) {
    this.settings = settings;
    this.index = new QueueIndex(settings.fifo());
  }

  Queue settings() {
    return settings;
  }

  /// What the queue's policy says to a request.
  Decision decide(AccessRequest request) {
    String text = settings.policy();
    if (text == null) {
      return Decision.UNDECIDED;
    }
    ParsedPolicy parsed = policy;
    if (parsed == null || !parsed.text().equals(text)) {
      parsed = new ParsedPolicy(text, PolicyDocument.parse(text));
      policy = parsed;
    }
    return parsed.policy().decide(request);
  }

  void settings(Queue changed) {
    settings = changed;
  }

  QueueIndex index() {
    return index;
  }

  /// The number of the next message. Grows over restarts too, because it begins with the time.
  long nextSequence(long nowMillis) {
    return last.updateAndGet(old -> Math.max(old + 1, nowMillis << NUMBERS_PER_MILLI_BITS));
  }

  /// The highest number given so far.
  long lastSequence() {
    return last.get();
  }

  /// Remembers to forget a deduplication id.
  void duplicateUntil(String deduplicationId, long expiresMillis) {
    duplicates.add(new DuplicateExpiry(deduplicationId, expiresMillis));
  }

  /// Takes out up to two deduplication ids that have expired: twice as fast as a send adds them.
  List<DuplicateExpiry> expiredDuplicates(long nowMillis) {
    var expired = new ArrayList<DuplicateExpiry>(2);
    while (expired.size() < 2) {
      DuplicateExpiry first = duplicates.poll();
      if (first == null) {
        break;
      }
      if (first.expiresMillis() > nowMillis) {
        duplicates.addFirst(first);
        break;
      }
      expired.add(first);
    }
    return expired;
  }

  void seen(long sequence) {
    last.updateAndGet(old -> Math.max(old, sequence));
  }
}

package dev.brume.events;

import dev.brume.ids.Ids;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.store.StoreClosed;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// [Targets] as rows that are deleted once delivered. Everything that is in the store at start is
/// delivered again.
public final class Outbox implements Targets, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("brume.events");
  private static final Row<Entry> ROW = Row.of(Entry.class);
  private static final int IN_FLIGHT_MAX = 512;

  /// @param attempts deliveries that failed so far
  /// @param dueMillis not before
  record Entry(Event event, int attempts, long dueMillis) {}

  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Ids ids;
  private final Map<String, Receiver> receivers = new ConcurrentHashMap<>();
  private final Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
  private volatile boolean started;
  private volatile boolean closed;

  public Outbox(Kv kv, Clock clock, Timers timers, Ids ids) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.ids = ids;
  }

  @Override
  public void receive(String arnService, Receiver receiver) {
    if (receivers.putIfAbsent(arnService, receiver) != null) {
      throw new IllegalStateException("two receivers for " + arnService);
    }
  }

  @Override
  public void probe(Event event) throws DeliveryFailed {
    receiver(event).deliver(event);
  }

  /// Begins to deliver, once every receiver is registered: first what was left by the last run.
  public void start() {
    started = true;
    kv.read(
        reader -> {
          reader.scan(
              Key.of("outbox"),
              (_, value) -> {
                dispatch(ROW.read(value));
                return true;
              });
          return 0;
        });
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public void send(Tx tx, Event event) {
    var entry = new Entry(event, 0, event.createdMillis());
    tx.put(key(event), ROW.write(entry));
    tx.afterCommit(
        () -> {
          if (started) {
            dispatch(entry);
          }
        });
  }

  private void dispatch(Entry entry) {
    if (entry.dueMillis() > clock.millis()) {
      timers.after(Instant.ofEpochMilli(entry.dueMillis()), () -> deliver(entry));
    } else {
      Thread.ofVirtual().name("outbox").start(() -> deliver(entry));
    }
  }

  private void deliver(Entry entry) {
    inFlight.acquireUninterruptibly();
    try {
      if (!closed) {
        attempt(entry);
      }
    } catch (StoreClosed e) {
      // What is still in the outbox is delivered at the next start.
      LOG.log(System.Logger.Level.DEBUG, "closed during a delivery", e);
    } finally {
      inFlight.release();
    }
  }

  private void attempt(Entry entry) {
    try {
      receiver(entry.event()).deliver(entry.event());
      kv.tx(
          tx -> {
            tx.delete(key(entry.event()));
            return 0;
          });
    } catch (DeliveryFailed e) {
      failed(entry, e.code(), String.valueOf(e.getMessage()), e.retryable());
    } catch (StoreClosed e) {
      throw e;
    } catch (RuntimeException e) {
      if (!closed) {
        LOG.log(
            System.Logger.Level.ERROR, "delivery to " + entry.event().targetArn() + " failed", e);
        failed(entry, "InternalError", "delivery failed", true);
      }
    }
  }

  private Receiver receiver(Event event) throws DeliveryFailed {
    String[] arn = event.targetArn().split(":", 6);
    Receiver receiver = arn.length < 6 ? null : receivers.get(arn[2]);
    if (receiver == null) {
      throw new DeliveryFailed("InvalidTarget", "no such target: " + event.targetArn(), false);
    }
    return receiver;
  }

  private void failed(Entry entry, String code, String message, boolean retryable) {
    Event event = entry.event();
    int attempts = entry.attempts() + 1;
    long now = clock.millis();
    Event.Retry retry = event.retry();
    int[] waits = retry.backoffSeconds();
    long waitMillis =
        1000L * (waits.length == 0 ? 0 : waits[Math.min(attempts - 1, waits.length - 1)]);
    boolean tooOld = now + waitMillis - event.createdMillis() > retry.ageMaxSeconds() * 1000;
    if (!retryable || attempts >= retry.attemptsMax() || tooOld) {
      giveUp(entry, code, message, attempts);
      return;
    }
    var next = new Entry(event, attempts, now + waitMillis);
    kv.tx(
        tx -> {
          tx.put(key(event), ROW.write(next));
          tx.afterCommit(() -> dispatch(next));
          return 0;
        });
  }

  private void giveUp(Entry entry, String code, String message, int attempts) {
    Event event = entry.event();
    String deadLetterArn = event.deadLetterArn();
    LOG.log(
        System.Logger.Level.WARNING,
        "gave up delivering from {0} to {1} after {2} attempts: {3}{4}",
        event.sourceArn(),
        event.targetArn(),
        attempts,
        message,
        deadLetterArn == null ? "" : " (dead letter to " + deadLetterArn + ")");
    kv.tx(
        tx -> {
          tx.delete(key(event));
          if (deadLetterArn != null) {
            send(tx, deadLetter(event, deadLetterArn, code, message, attempts));
          }
          return 0;
        });
  }

  private Event deadLetter(
      Event event, String deadLetterArn, String code, String message, int attempts) {
    Map<String, Event.Attribute> attributes = new LinkedHashMap<>(event.attributes());
    // <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html>
    if (event.source().equals("events.amazonaws.com")) {
      attributes.put("RULE_ARN", text(event.sourceArn()));
      attributes.put("TARGET_ARN", text(event.targetArn()));
      attributes.put("ERROR_CODE", text(code));
      attributes.put("ERROR_MESSAGE", text(message));
      attributes.put(
          "RETRY_ATTEMPTS", new Event.Attribute("Number", String.valueOf(attempts - 1), null));
    }
    return new Event(
        ids.uuid(),
        deadLetterArn,
        event.source(),
        event.sourceArn(),
        event.sourceAccount(),
        event.payload(),
        event.subject(),
        attributes,
        event.system(),
        Event.Retry.PATIENT,
        null,
        clock.millis());
  }

  private static Event.Attribute text(@Nullable String value) {
    return new Event.Attribute("String", value, null);
  }

  private static Key key(Event event) {
    return Key.of("outbox", event.createdMillis(), event.id());
  }
}

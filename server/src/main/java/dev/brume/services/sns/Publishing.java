package dev.brume.services.sns;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.ids.Ids;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sends notifications to the subscriptions that want them.
final class Publishing {
  /// The ARN service under which the outbox hands events back for HTTP endpoints.
  static final String HTTP = "sns-http";

  /// To queues and functions: 3 at once, 2 a second apart, 10 with growing pauses, then every 20
  /// seconds for 23 days.
  /// <https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html>
  private static final Event.Retry TO_AWS =
      new Event.Retry(
          100_015,
          Duration.ofDays(23).toSeconds(),
          new int[] {0, 0, 1, 1, 1, 2, 3, 4, 6, 8, 11, 14, 17, 20});

  /// To HTTP endpoints: 3 more attempts, 20 seconds apart.
  private static final Event.Retry TO_HTTP =
      new Event.Retry(4, Duration.ofHours(1).toSeconds(), new int[] {20});

  private final Kv kv;
  private final Ids ids;
  private final Targets targets;
  private final Topics topics;

  Publishing(Kv kv, Ids ids, Targets targets, Topics topics) {
    this.kv = kv;
    this.ids = ids;
    this.targets = targets;
    this.topics = topics;
  }

  /// Publishes in one transaction: acknowledged means on its way to everybody.
  void publish(Topic topic, List<Notification> notifications) {
    var events = new ArrayList<Event>();
    for (Topics.Live live : topics.subscriptionsOf(topic)) {
      for (Notification notification : notifications) {
        if (live.subscription().confirmed() && live.filter().matches(notification)) {
          events.add(event(live.subscription(), notification));
        }
      }
    }
    kv.tx(
        tx -> {
          if (tx.get(SnsStore.topic(topic)) == null) {
            throw SnsErrors.noTopic();
          }
          events.forEach(event -> targets.send(tx, event));
          return events.size();
        });
  }

  private Event event(Subscription to, Notification notification) {
    return switch (to.protocol()) {
      case "sqs" ->
          to.raw()
              ? event(
                  to,
                  notification,
                  to.endpoint(),
                  notification.messageFor("sqs"),
                  notification.attributes())
              : event(
                  to,
                  notification,
                  to.endpoint(),
                  Envelope.notification(to, notification),
                  Map.of());
      case "lambda" ->
          event(to, notification, to.endpoint(), Envelope.lambda(to, notification), Map.of());
      default ->
          event(
              to,
              notification,
              httpArn(to),
              to.raw()
                  ? notification.messageFor(to.protocol())
                  : Envelope.notification(to, notification),
              Map.of());
    };
  }

  private Event event(
      Subscription to,
      Notification notification,
      String targetArn,
      String payload,
      Map<String, Event.Attribute> attributes) {
    return new Event(
        ids.uuid(),
        targetArn,
        "sns.amazonaws.com",
        to.topicArn(),
        to.account(),
        payload.getBytes(StandardCharsets.UTF_8),
        notification.subject(),
        attributes,
        system(notification),
        to.http() ? TO_HTTP : TO_AWS,
        to.deadLetterArn(),
        notification.publishedMillis());
  }

  private static Map<String, String> system(Notification notification) {
    var system = new HashMap<String, String>();
    system.put("MessageId", notification.id());
    system.put("Type", "Notification");
    if (notification.trace() != null) {
      system.put("AWSTraceHeader", notification.trace());
    }
    return system;
  }

  /// Asks an HTTP endpoint to confirm, with the transaction that makes its subscription.
  void confirm(Tx tx, Subscription to, long nowMillis) {
    String messageId = ids.uuid();
    targets.send(
        tx,
        new Event(
            ids.uuid(),
            httpArn(to),
            "sns.amazonaws.com",
            to.topicArn(),
            to.account(),
            Envelope.confirmation(to, messageId, nowMillis).getBytes(StandardCharsets.UTF_8),
            null,
            Map.of(),
            Map.of("MessageId", messageId, "Type", "SubscriptionConfirmation"),
            TO_HTTP,
            null,
            nowMillis));
  }

  private static String httpArn(Subscription to) {
    return to.arn().replaceFirst(":sns:", ":" + HTTP + ":");
  }
}

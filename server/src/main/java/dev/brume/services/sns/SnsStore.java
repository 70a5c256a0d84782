package dev.brume.services.sns;

import dev.brume.store.Key;
import dev.brume.store.Row;

/// Keys and rows: `topic` by name, `subscription` by topic and id.
final class SnsStore {
  static final Row<Topic> TOPIC = Row.of(Topic.class);
  static final Row<Subscription> SUBSCRIPTION = Row.of(Subscription.class);
  static final Key ALL = Key.of("sns");

  private SnsStore() {}

  static Key topics(String account, String region) {
    return Key.of("sns", account, region, "topic");
  }

  static Key topic(String account, String region, String name) {
    return topics(account, region).then(name);
  }

  static Key topic(Topic topic) {
    return topic(topic.account(), topic.region(), topic.name());
  }

  static Key subscriptions(String account, String region) {
    return Key.of("sns", account, region, "subscription");
  }

  static Key subscriptions(String account, String region, String topic) {
    return subscriptions(account, region).then(topic);
  }

  static Key subscription(Subscription subscription) {
    return subscriptions(subscription.account(), subscription.region(), subscription.topic())
        .then(subscription.id());
  }
}

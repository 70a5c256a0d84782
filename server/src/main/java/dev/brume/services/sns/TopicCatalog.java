package dev.brume.services.sns;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.auth.PolicyDocument;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.sns.AddPermissionInput;
import dev.brume.model.sns.CreateTopicInput;
import dev.brume.model.sns.Tag;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Makes, changes and deletes topics.
final class TopicCatalog {
  private final Kv kv;
  private final Topics topics;

  TopicCatalog(Kv kv, Topics topics) {
    this.kv = kv;
    this.topics = topics;
  }

  Topic create(Call call, CreateTopicInput in) {
    String name = String.valueOf(in.name());
    if ("true".equalsIgnoreCase(in.attributes().get("FifoTopic")) || name.endsWith(".fifo")) {
      throw SnsErrors.invalid("FifoTopic", "FIFO topics are not supported");
    }
    if (!SnsLimits.TOPIC_NAME.matcher(name).matches()) {
      throw SnsErrors.invalid("Topic Name");
    }
    if (in.dataProtectionPolicy() != null && !in.dataProtectionPolicy().isEmpty()) {
      throw SnsErrors.invalid("DataProtectionPolicy", "data protection is not supported");
    }
    Map<String, String> tags = tags(in.tags());
    var empty =
        new Topic(call.account(), call.region(), name, Map.of(), tags, call.now().toEpochMilli());
    Topic wanted = empty.withAttributes(checked(empty, in.attributes()));
    return kv.tx(
        tx -> {
          byte[] row = tx.get(SnsStore.topic(wanted));
          if (row != null) {
            Topic existing = SnsStore.TOPIC.read(row);
            requireSame(existing, wanted);
            return existing;
          }
          tx.put(SnsStore.topic(wanted), SnsStore.TOPIC.write(wanted));
          tx.afterCommit(() -> topics.put(wanted));
          return wanted;
        });
  }

  private static void requireSame(Topic existing, Topic wanted) {
    wanted
        .attributes()
        .forEach(
            (name, value) -> {
              if (!value.equals(existing.attributes().get(name))) {
                throw SnsErrors.invalid(
                    "Attributes", "Topic already exists with different attributes");
              }
            });
    if (!wanted.tags().isEmpty() && !wanted.tags().equals(existing.tags())) {
      throw SnsErrors.invalid("Tags", "Topic already exists with different tags");
    }
  }

  private static Map<String, String> tags(List<Tag> list) {
    var tags = new LinkedHashMap<String, String>();
    list.forEach(tag -> tags.put(String.valueOf(tag.key()), String.valueOf(tag.value())));
    if (tags.size() > SnsLimits.TAGS_MAX) {
      throw SnsErrors.tooManyTags();
    }
    return tags;
  }

  private static Map<String, String> checked(Topic old, Map<String, String> change) {
    var attributes = new HashMap<>(old.attributes());
    change.forEach(
        (name, value) -> {
          switch (name) {
            case "DisplayName" -> {
              if (value.length() > 100) {
                throw SnsErrors.invalid("DisplayName");
              }
            }
            case "Policy" -> requirePolicy(value);
            case "KmsMasterKeyId" -> {}
            case "SignatureVersion" -> require(name, value, "1");
            case "TracingConfig" -> require(name, value, "PassThrough");
            case "FifoTopic", "ContentBasedDeduplication" -> require(name, value, "false");
            default -> throw SnsErrors.invalid("AttributeName");
          }
          if (value.isEmpty()) {
            attributes.remove(name);
          } else {
            attributes.put(name, value);
          }
        });
    attributes.remove("FifoTopic");
    attributes.remove("ContentBasedDeduplication");
    return attributes;
  }

  private static void require(String name, String value, String only) {
    if (!value.equals(only)) {
      throw SnsErrors.invalid(name, "only " + only + " is supported");
    }
  }

  private static void requirePolicy(String value) {
    try {
      PolicyDocument.parse(value);
    } catch (IllegalArgumentException e) {
      throw SnsErrors.invalid("Policy", String.valueOf(e.getMessage()));
    }
  }

  Topic setAttribute(Topic topic, String name, @Nullable String value) {
    return change(
        topic, old -> old.withAttributes(checked(old, Map.of(name, value == null ? "" : value))));
  }

  /// Everything that GetTopicAttributes shows.
  Map<String, String> attributes(Topic topic) {
    var shown = new LinkedHashMap<String, String>();
    shown.put("TopicArn", topic.arn());
    shown.put("Owner", topic.account());
    shown.put("Policy", topic.policy());
    shown.put("DisplayName", "");
    long confirmed =
        topics.subscriptionsOf(topic).stream()
            .filter(live -> live.subscription().confirmed())
            .count();
    long all = topics.subscriptionsOf(topic).size();
    shown.put("SubscriptionsConfirmed", Long.toString(confirmed));
    shown.put("SubscriptionsPending", Long.toString(all - confirmed));
    shown.put("SubscriptionsDeleted", "0");
    shown.put("EffectiveDeliveryPolicy", EFFECTIVE_DELIVERY_POLICY);
    shown.putAll(topic.attributes());
    return shown;
  }

  private static final String EFFECTIVE_DELIVERY_POLICY =
      "{\"http\":{\"defaultHealthyRetryPolicy\":{\"minDelayTarget\":20,\"maxDelayTarget\":20,"
          + "\"numRetries\":3,\"numMaxDelayRetries\":0,\"numNoDelayRetries\":0,"
          + "\"numMinDelayRetries\":0,\"backoffFunction\":\"linear\"},"
          + "\"disableSubscriptionOverrides\":false,"
          + "\"defaultRequestPolicy\":{\"headerContentType\":\"text/plain; charset=UTF-8\"}}}";

  void tag(Topic topic, List<Tag> added) {
    change(
        topic,
        old -> {
          var tags = new LinkedHashMap<>(old.tags());
          tags.putAll(tags(added));
          if (tags.size() > SnsLimits.TAGS_MAX) {
            throw SnsErrors.tooManyTags();
          }
          return old.withTags(tags);
        });
  }

  void untag(Topic topic, List<String> keys) {
    change(
        topic,
        old -> {
          var tags = new LinkedHashMap<>(old.tags());
          tags.keySet().removeAll(keys);
          return old.withTags(tags);
        });
  }

  private Topic change(Topic topic, UnaryOperator<Topic> change) {
    return kv.tx(
        tx -> {
          byte[] row = tx.get(SnsStore.topic(topic));
          if (row == null) {
            throw SnsErrors.noTopic();
          }
          Topic changed = change.apply(SnsStore.TOPIC.read(row));
          tx.put(SnsStore.topic(changed), SnsStore.TOPIC.write(changed));
          tx.afterCommit(() -> topics.put(changed));
          return changed;
        });
  }

  /// Deletes the topic with its subscriptions.
  void delete(Topic topic) {
    kv.tx(
        tx -> {
          tx.delete(SnsStore.topic(topic));
          tx.afterCommit(() -> topics.remove(topic));
          var keys = new ArrayList<Key>();
          tx.scan(
              SnsStore.subscriptions(topic.account(), topic.region(), topic.name()),
              (key, value) -> {
                keys.add(key);
                Subscription gone = SnsStore.SUBSCRIPTION.read(value);
                tx.afterCommit(() -> topics.remove(gone));
                return true;
              });
          keys.forEach(tx::delete);
          return keys.size();
        });
  }

  void addPermission(Topic topic, AddPermissionInput in) {
    change(
        topic,
        old -> {
          ObjectNode policy = (ObjectNode) Json.parseOwn(old.policy());
          ArrayNode statements = policy.withArray("Statement");
          String label = String.valueOf(in.label());
          if (find(statements, label) >= 0) {
            throw SnsErrors.invalid("Statement already exists");
          }
          ObjectNode statement = statements.addObject().put("Sid", label).put("Effect", "Allow");
          ArrayNode principals = statement.putObject("Principal").putArray("AWS");
          in.awsAccountId().forEach(id -> principals.add("arn:aws:iam::" + id + ":root"));
          ArrayNode actions = statement.putArray("Action");
          in.actionName().forEach(action -> actions.add("SNS:" + action));
          statement.put("Resource", old.arn());
          return old.withAttributes(with(old.attributes(), policy));
        });
  }

  void removePermission(Topic topic, String label) {
    change(
        topic,
        old -> {
          ObjectNode policy = (ObjectNode) Json.parseOwn(old.policy());
          ArrayNode statements = policy.withArray("Statement");
          int index = find(statements, label);
          if (index >= 0) {
            statements.remove(index);
          }
          return old.withAttributes(with(old.attributes(), policy));
        });
  }

  private static Map<String, String> with(Map<String, String> attributes, ObjectNode policy) {
    var changed = new HashMap<>(attributes);
    changed.put("Policy", Json.write(policy));
    return changed;
  }

  private static int find(ArrayNode statements, String label) {
    for (int i = 0; i < statements.size(); i++) {
      if (statements.get(i).path("Sid").asText().equals(label)) {
        return i;
      }
    }
    return -1;
  }
}

package dev.brume.services.sns;

import dev.brume.auth.AccessRequest;
import dev.brume.auth.PolicyDocument;
import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/// Topics and subscriptions in memory, in step with what is committed: a publish reads nothing from
/// disk but whether its topic is still there.
final class Topics {
  private static final int PARSED_MAX = 1000;
  private static final Set<String> NEVER_SHUT = Set.of("SetTopicAttributes", "DeleteTopic");
  private final Map<String, PolicyDocument> parsed = new ConcurrentHashMap<>();

  /// @param filter the subscription's, compiled
  record Live(Subscription subscription, Filter filter) {
    static Live of(Subscription subscription) {
      return new Live(subscription, Filter.of(subscription));
    }
  }

  private final ConcurrentSkipListMap<Key, Topic> topics = new ConcurrentSkipListMap<>();
  private final ConcurrentSkipListMap<Key, Live> subscriptions = new ConcurrentSkipListMap<>();

  Topics(Kv kv) {
    kv.read(
        reader -> {
          reader.scan(
              SnsStore.ALL,
              (key, value) -> {
                if (key.string(3).equals("topic")) {
                  put(SnsStore.TOPIC.read(value));
                } else {
                  put(SnsStore.SUBSCRIPTION.read(value));
                }
                return true;
              });
          return true;
        });
  }

  void put(Topic topic) {
    topics.put(SnsStore.topic(topic), topic);
  }

  void put(Subscription subscription) {
    subscriptions.put(SnsStore.subscription(subscription), Live.of(subscription));
  }

  void remove(Topic topic) {
    topics.remove(SnsStore.topic(topic));
  }

  void remove(Subscription subscription) {
    subscriptions.remove(SnsStore.subscription(subscription));
  }

  /// The topic with this ARN. Throws AWS's error when it is no topic's ARN or there is none.
  Topic require(@Nullable String arn) {
    String[] parts = parts(arn, "TopicArn");
    if (parts.length != 6) {
      throw SnsErrors.invalid("TopicArn");
    }
    Topic topic = find(arn);
    if (topic == null) {
      throw SnsErrors.noTopic();
    }
    return topic;
  }

  /// Throws AWS's error when the topic's policy does not let somebody do this who is not of its
  /// account.
  void requireAllowed(Principal principal, Topic topic, String action) {
    var request = AccessRequest.of(principal, "sns:" + action, topic.arn());
    if (policy(topic).decide(request) != Decision.ALLOWED) {
      throw SnsErrors.notAuthorized(principal.arn(), "SNS:" + action, topic.arn());
    }
  }

  private PolicyDocument policy(Topic topic) {
    if (parsed.size() > PARSED_MAX) {
      parsed.clear();
    }
    return parsed.computeIfAbsent(topic.policy(), PolicyDocument::parse);
  }

  /// The topic for an operation: as [#require], not denied by its policy, and allowed by it when it
  /// is another account's.
  Topic require(Call call, @Nullable String arn, String action) {
    Topic topic = require(arn);
    boolean own =
        call.account().equals(topic.account())
            && !(call.principal() instanceof Principal.Anonymous);
    var request = AccessRequest.of(call.principal(), "sns:" + action, topic.arn());
    Decision decision = policy(topic).decide(request);
    // The account itself can always mend a policy that shuts everybody out.
    boolean mends =
        call.principal() instanceof Principal.Root && own && NEVER_SHUT.contains(action);
    if (decision == Decision.DENIED && !mends || decision == Decision.UNDECIDED && !own) {
      throw SnsErrors.notAuthorized(call.principal().arn(), "SNS:" + action, topic.arn());
    }
    return topic;
  }

  @Nullable Topic find(@Nullable String arn) {
    String[] parts = arn == null ? new String[0] : arn.split(":", -1);
    return parts.length == 6 ? topics.get(SnsStore.topic(parts[4], parts[3], parts[5])) : null;
  }

  /// The subscription with this ARN. Throws AWS's error.
  Subscription requireSubscription(@Nullable String arn) {
    String[] parts = parts(arn, "SubscriptionArn");
    if (parts.length != 7) {
      throw SnsErrors.invalid(
          "SubscriptionArn", "An ARN must have at least 6 elements, not " + parts.length);
    }
    Live live =
        subscriptions.get(SnsStore.subscriptions(parts[4], parts[3], parts[5]).then(parts[6]));
    if (live == null) {
      throw SnsErrors.noSubscription();
    }
    return live.subscription();
  }

  /// The subscription for an operation: it must be of the caller's account.
  Subscription requireSubscription(Call call, @Nullable String arn, String action) {
    Subscription subscription = requireSubscription(arn);
    if (!call.account().equals(subscription.account())) {
      throw SnsErrors.notAuthorized(call.principal().arn(), "SNS:" + action, String.valueOf(arn));
    }
    return subscription;
  }

  private static String[] parts(@Nullable String arn, String parameter) {
    String[] parts = arn == null ? new String[0] : arn.split(":", -1);
    if (parts.length < 6 || !parts[0].equals("arn") || !parts[2].equals("sns")) {
      throw SnsErrors.invalid(parameter);
    }
    return parts;
  }

  Collection<Topic> of(String account, String region) {
    Key prefix = SnsStore.topics(account, region);
    return topics.subMap(prefix, prefix.end()).values();
  }

  Collection<Live> subscriptionsOf(Topic topic) {
    Key prefix = SnsStore.subscriptions(topic.account(), topic.region(), topic.name());
    return subscriptions.subMap(prefix, prefix.end()).values();
  }

  List<Subscription> subscriptionsOf(String account, String region) {
    Key prefix = SnsStore.subscriptions(account, region);
    return subscriptions.subMap(prefix, prefix.end()).values().stream()
        .map(Live::subscription)
        .toList();
  }
}

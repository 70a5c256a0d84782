package dev.brume.services.sns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.sns.SubscribeInput;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes, confirms, changes and ends subscriptions.
final class Subscribing {
  private final Kv kv;
  private final Ids ids;
  private final Topics topics;
  private final Publishing publishing;

  Subscribing(Kv kv, Ids ids, Topics topics, Publishing publishing) {
    this.kv = kv;
    this.ids = ids;
    this.topics = topics;
    this.publishing = publishing;
  }

  /// Subscribes an endpoint. Again with the same attributes is the same subscription.
  Subscription subscribe(Call call, SubscribeInput in) {
    Topic topic = topics.require(call, in.topicArn(), "Subscribe");
    String protocol = String.valueOf(in.protocol());
    String endpoint = in.endpoint();
    if (endpoint == null || endpoint.isEmpty()) {
      throw SnsErrors.invalid("Endpoint");
    }
    boolean confirmed = checkEndpoint(protocol, endpoint);
    var empty =
        new Subscription(
            topic.account(),
            topic.region(),
            topic.name(),
            ids.uuid(),
            protocol,
            endpoint,
            Map.of(),
            confirmed,
            confirmed,
            false,
            ids.hex(SnsLimits.TOKEN_LENGTH),
            principal(call.principal()),
            call.endpoint());
    Subscription wanted = empty.withAttributes(checked(empty, in.attributes()));
    long now = call.now().toEpochMilli();
    return kv.tx(
        tx -> {
          if (tx.get(SnsStore.topic(topic)) == null) {
            throw SnsErrors.noTopic();
          }
          Subscription same = find(tx, wanted);
          if (same != null) {
            if (!same.attributes().equals(wanted.attributes())) {
              throw SnsErrors.invalid(
                  "Attributes", "Subscription already exists with different attributes");
            }
            return same;
          }
          put(tx, wanted);
          if (wanted.http()) {
            publishing.confirm(tx, wanted, now);
          }
          return wanted;
        });
  }

  private static @Nullable Subscription find(Tx tx, Subscription wanted) {
    var found = new Subscription[1];
    tx.scan(
        SnsStore.subscriptions(wanted.account(), wanted.region(), wanted.topic()),
        (_, value) -> {
          Subscription each = SnsStore.SUBSCRIPTION.read(value);
          if (each.protocol().equals(wanted.protocol())
              && each.endpoint().equals(wanted.endpoint())) {
            found[0] = each;
            return false;
          }
          return true;
        });
    return found[0];
  }

  private void put(Tx tx, Subscription subscription) {
    tx.put(SnsStore.subscription(subscription), SnsStore.SUBSCRIPTION.write(subscription));
    tx.afterCommit(() -> topics.put(subscription));
  }

  // Returns whether the endpoint needs no confirmation: queues and functions say who may call them
  // by their policies.
  private static boolean checkEndpoint(String protocol, String endpoint) {
    switch (protocol) {
      case "sqs" -> {
        if (!endpoint.startsWith("arn:aws:sqs:") || endpoint.split(":", -1).length != 6) {
          throw SnsErrors.invalid("SQS endpoint ARN");
        }
        if (endpoint.endsWith(".fifo")) {
          throw SnsErrors.invalid(
              "Invalid parameter: Endpoint",
              "FIFO SQS Queues can not be subscribed to standard SNS topics");
        }
        return true;
      }
      case "lambda" -> {
        if (!endpoint.startsWith("arn:aws:lambda:") || !endpoint.contains(":function:")) {
          throw SnsErrors.invalid("Lambda endpoint ARN");
        }
        return true;
      }
      case "http", "https" -> {
        requireUrl(protocol, endpoint);
        return false;
      }
      case "email", "email-json" -> {
        if (!endpoint.contains("@")) {
          throw SnsErrors.invalid("Email address");
        }
        return false;
      }
      case "sms", "application", "firehose" ->
          throw SnsErrors.invalid("Protocol", protocol + " endpoints are not supported");
      default ->
          throw SnsErrors.invalid("Amazon SNS does not support this protocol string: " + protocol);
    }
  }

  private static void requireUrl(String protocol, String endpoint) {
    try {
      URI uri = URI.create(endpoint);
      if (uri.getHost() != null && protocol.equals(uri.getScheme())) {
        return;
      }
    } catch (IllegalArgumentException e) {
      throw SnsErrors.invalid("Endpoint must match the specified protocol");
    }
    throw SnsErrors.invalid("Endpoint must match the specified protocol");
  }

  /// The attributes after a change, checked.
  private static Map<String, String> checked(Subscription old, Map<String, String> change) {
    var attributes = new HashMap<>(old.attributes());
    change.forEach(
        (name, value) -> {
          if (value.isEmpty() || name.equals("FilterPolicy") && value.strip().equals("{}")) {
            attributes.remove(name);
            return;
          }
          switch (name) {
            case "RawMessageDelivery" -> {
              if (!value.equalsIgnoreCase("true") && !value.equalsIgnoreCase("false")) {
                throw SnsErrors.invalid(
                    "Attributes",
                    "RawMessageDelivery: Invalid value [" + value + "]. Must be true or false.");
              }
              if (value.equalsIgnoreCase("true") && !old.http() && !old.protocol().equals("sqs")) {
                throw SnsErrors.invalid(
                    "Attributes",
                    "RawMessageDelivery is not supported for the protocol " + old.protocol());
              }
            }
            case "FilterPolicyScope" -> {
              if (!value.equals("MessageAttributes") && !value.equals("MessageBody")) {
                throw SnsErrors.invalid(
                    "Attributes",
                    "FilterPolicyScope: Invalid value ["
                        + value
                        + "]. Please use either MessageBody or MessageAttributes");
              }
            }
            case "RedrivePolicy" -> requireRedrive(value);
            case "FilterPolicy" -> {}
            default -> throw SnsErrors.invalid("AttributeName");
          }
          attributes.put(name, name.equals("RawMessageDelivery") ? lower(value) : value);
        });
    String policy = attributes.get("FilterPolicy");
    if (policy != null) {
      Filter.parse(policy, "MessageBody".equals(attributes.get("FilterPolicyScope")));
    }
    return attributes;
  }

  private static String lower(String value) {
    return value.toLowerCase(java.util.Locale.ROOT);
  }

  private static void requireRedrive(String value) {
    try {
      JsonNode target = Json.parse(value).path("deadLetterTargetArn");
      if (target.isTextual() && target.asText().startsWith("arn:aws:sqs:")) {
        return;
      }
    } catch (JsonProcessingException e) {
      throw SnsErrors.invalid("RedrivePolicy: failed to parse JSON.");
    }
    throw SnsErrors.invalid("RedrivePolicy: deadLetterTargetArn is an invalid arn");
  }

  void setAttribute(Subscription subscription, String name, @Nullable String value) {
    change(
        subscription,
        old -> old.withAttributes(checked(old, Map.of(name, value == null ? "" : value))));
  }

  /// Confirms by token. Throws AWS's error for one that nobody was given.
  ///
  /// @param unsubscribeSigned "true" when only signed requests may end the subscription, which only
  ///   a signed confirmation can say
  Subscription confirm(Call call, Topic topic, String token, @Nullable String unsubscribeSigned) {
    Subscription pending =
        topics.subscriptionsOf(topic).stream()
            .map(Topics.Live::subscription)
            .filter(each -> each.token().equals(token))
            .findFirst()
            .orElseThrow(() -> SnsErrors.invalid("Token"));
    boolean authenticated = !(call.principal() instanceof Principal.Anonymous);
    boolean signed = authenticated && "true".equalsIgnoreCase(unsubscribeSigned);
    return pending.confirmed()
        ? pending
        : change(pending, old -> old.confirm(authenticated, signed));
  }

  private Subscription change(
      Subscription subscription, java.util.function.UnaryOperator<Subscription> change) {
    return kv.tx(
        tx -> {
          byte[] row = tx.get(SnsStore.subscription(subscription));
          if (row == null) {
            throw SnsErrors.noSubscription();
          }
          Subscription changed = change.apply(SnsStore.SUBSCRIPTION.read(row));
          put(tx, changed);
          return changed;
        });
  }

  void unsubscribe(Subscription subscription, boolean signed) {
    if (subscription.unsubscribeSigned() && !signed) {
      throw SnsErrors.unsubscribeUnsigned();
    }
    kv.tx(
        tx -> {
          tx.delete(SnsStore.subscription(subscription));
          tx.afterCommit(() -> topics.remove(subscription));
          return Objects.hash(subscription);
        });
  }

  private static String principal(Principal principal) {
    return switch (principal) {
      case Principal.RoleSession role -> role.roleArn();
      case Principal.Root root -> root.arn();
      case Principal.ServicePrincipal service -> service.arn();
      case Principal.Anonymous anonymous -> anonymous.arn();
    };
  }
}

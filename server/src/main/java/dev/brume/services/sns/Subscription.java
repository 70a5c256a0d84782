package dev.brume.services.sns;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A subscription's row.
///
/// @param id last part of its ARN
/// @param attributes as they were set, by AWS's names
/// @param authenticated whether the confirmation was a signed request
/// @param unsubscribeSigned whether only signed requests may end it
/// @param token confirms it
/// @param baseUrl where its subscriber reaches this service, for the links in notifications
record Subscription(
    String account,
    String region,
    String topic,
    String id,
    String protocol,
    String endpoint,
    Map<String, String> attributes,
    boolean confirmed,
    boolean authenticated,
    boolean unsubscribeSigned,
    String token,
    String principal,
    String baseUrl) {

  String topicArn() {
    return Topic.arn(account, region, topic);
  }

  String arn() {
    return topicArn() + ":" + id;
  }

  /// The ARN as lists show it.
  String shownArn() {
    return confirmed ? arn() : "PendingConfirmation";
  }

  boolean raw() {
    return "true".equals(attributes.get("RawMessageDelivery"));
  }

  boolean http() {
    return protocol.equals("http") || protocol.equals("https");
  }

  /// Whether the filter looks into the message and not at its attributes.
  boolean filtersBody() {
    return "MessageBody".equals(attributes.get("FilterPolicyScope"));
  }

  @Nullable String deadLetterArn() {
    String policy = attributes.get("RedrivePolicy");
    if (policy == null) {
      return null;
    }
    JsonNode target = Json.parseOwn(policy).path("deadLetterTargetArn");
    return target.isTextual() ? target.asText() : null;
  }

  Subscription withAttributes(Map<String, String> changed) {
    return new Subscription(
        account,
        region,
        topic,
        id,
        protocol,
        endpoint,
        changed,
        confirmed,
        authenticated,
        unsubscribeSigned,
        token,
        principal,
        baseUrl);
  }

  Subscription confirm(boolean byAuthenticated, boolean endedBySigned) {
    return new Subscription(
        account,
        region,
        topic,
        id,
        protocol,
        endpoint,
        attributes,
        true,
        byAuthenticated,
        endedBySigned,
        token,
        principal,
        baseUrl);
  }

  /// Everything that GetSubscriptionAttributes shows.
  Map<String, String> shown() {
    var shown = new LinkedHashMap<String, String>();
    shown.put("SubscriptionArn", arn());
    shown.put("TopicArn", topicArn());
    shown.put("Owner", account);
    shown.put("Protocol", protocol);
    shown.put("Endpoint", endpoint);
    shown.put("PendingConfirmation", Boolean.toString(!confirmed));
    shown.put("ConfirmationWasAuthenticated", Boolean.toString(authenticated));
    shown.put("RawMessageDelivery", "false");
    shown.put("SubscriptionPrincipal", principal);
    if (attributes.containsKey("FilterPolicy")) {
      shown.put("FilterPolicyScope", "MessageAttributes");
    }
    shown.putAll(attributes);
    return shown;
  }
}

package dev.brume.services.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.auth.PolicyDocument;
import dev.brume.json.Json;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The attributes that a queue may be given, and their defaults.
final class QueueAttributes {
  private static final Set<String> FIFO_ONLY =
      Set.of("FifoQueue", "ContentBasedDeduplication", "DeduplicationScope", "FifoThroughputLimit");
  private static final Set<String> COMPUTED =
      Set.of(
          "ApproximateNumberOfMessages",
          "ApproximateNumberOfMessagesNotVisible",
          "ApproximateNumberOfMessagesDelayed",
          "CreatedTimestamp",
          "LastModifiedTimestamp",
          "QueueArn");
  private static final Set<String> REMOVABLE =
      Set.of("Policy", "RedrivePolicy", "RedriveAllowPolicy", "KmsMasterKeyId");

  private QueueAttributes() {}

  /// The attributes after a change. Throws AWS's error for an unknown name or a bad value.
  static Map<String, String> changed(Queue queue, Map<String, String> change) {
    var attributes = new LinkedHashMap<>(queue.attributes());
    change.forEach(
        (name, value) -> {
          if (value.isEmpty() && REMOVABLE.contains(name)) {
            attributes.remove(name);
          } else {
            if (name.equals("FifoQueue") && !Boolean.toString(queue.fifo()).equals(value)) {
              throw SqsErrors.attributeValue(name);
            }
            check(name, value, queue.fifo());
            attributes.put(name, value);
          }
        });
    return attributes;
  }

  /// Every attribute with its value or default, without the computed ones.
  static Map<String, String> all(Queue queue) {
    var all = new LinkedHashMap<String, String>();
    all.put("VisibilityTimeout", Integer.toString(queue.visibilitySeconds()));
    all.put("MaximumMessageSize", Integer.toString(queue.messageBytesMax()));
    all.put("MessageRetentionPeriod", Long.toString(queue.retentionMillis() / 1000));
    all.put("DelaySeconds", Integer.toString(queue.delaySeconds()));
    all.put("ReceiveMessageWaitTimeSeconds", Integer.toString(queue.waitSeconds()));
    all.put("QueueArn", queue.arn());
    all.put("CreatedTimestamp", Long.toString(queue.createdMillis() / 1000));
    all.put("LastModifiedTimestamp", Long.toString(queue.modifiedMillis() / 1000));
    if (!queue.attributes().containsKey("KmsMasterKeyId")) {
      all.put("SqsManagedSseEnabled", "true");
    } else {
      all.put("KmsDataKeyReusePeriodSeconds", "300");
      all.put("SqsManagedSseEnabled", "false");
    }
    if (queue.fifo()) {
      all.put("FifoQueue", "true");
      all.put("ContentBasedDeduplication", "false");
      all.put("DeduplicationScope", "queue");
      all.put("FifoThroughputLimit", "perQueue");
    }
    all.putAll(queue.attributes());
    return all;
  }

  /// Whether a request may ask for this attribute.
  static boolean known(String name) {
    return COMPUTED.contains(name) || settable(name) || name.equals("All");
  }

  private static boolean settable(String name) {
    return FIFO_ONLY.contains(name)
        || REMOVABLE.contains(name)
        || Set.of(
                "DelaySeconds",
                "MaximumMessageSize",
                "MessageRetentionPeriod",
                "ReceiveMessageWaitTimeSeconds",
                "VisibilityTimeout",
                "KmsDataKeyReusePeriodSeconds",
                "SqsManagedSseEnabled")
            .contains(name);
  }

  private static void check(String name, String value, boolean fifo) {
    if (!settable(name) || FIFO_ONLY.contains(name) && !fifo) {
      throw SqsErrors.unknownAttribute(name);
    }
    switch (name) {
      case "DelaySeconds" -> between(name, value, 0, SqsLimits.DELAY_SECONDS_MAX);
      case "MaximumMessageSize" ->
          between(name, value, SqsLimits.MESSAGE_BYTES_MIN, SqsLimits.MESSAGE_BYTES_MAX);
      case "MessageRetentionPeriod" ->
          between(name, value, SqsLimits.RETENTION_SECONDS_MIN, SqsLimits.RETENTION_SECONDS_MAX);
      case "ReceiveMessageWaitTimeSeconds" -> between(name, value, 0, SqsLimits.WAIT_SECONDS_MAX);
      case "VisibilityTimeout" -> between(name, value, 0, SqsLimits.VISIBILITY_SECONDS_MAX);
      case "KmsDataKeyReusePeriodSeconds" -> between(name, value, 60, 86_400);
      case "SqsManagedSseEnabled", "FifoQueue", "ContentBasedDeduplication" ->
          oneOf(name, value, "true", "false");
      case "DeduplicationScope" -> oneOf(name, value, "queue", "messageGroup");
      case "FifoThroughputLimit" -> oneOf(name, value, "perQueue", "perMessageGroupId");
      case "RedrivePolicy" -> RedrivePolicy.parse(value);
      case "RedriveAllowPolicy" -> allowPolicy(value);
      case "Policy" -> policy(value);
      default -> {}
    }
  }

  private static void between(String name, String value, int min, int max) {
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return;
      }
    } catch (NumberFormatException e) {
      throw SqsErrors.attributeValue(name);
    }
    throw SqsErrors.attributeValue(name);
  }

  private static void oneOf(String name, String value, String... values) {
    if (!Arrays.asList(values).contains(value)) {
      throw SqsErrors.attributeValue(name);
    }
  }

  private static JsonNode object(String name, String value) {
    try {
      JsonNode node = Json.parse(value);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException e) {
      throw SqsErrors.attributeValue(name);
    }
    throw SqsErrors.attributeValue(name);
  }

  private static void policy(String value) {
    try {
      PolicyDocument.parse(value);
    } catch (IllegalArgumentException e) {
      throw SqsErrors.attributeValue("Policy");
    }
  }

  private static void allowPolicy(String value) {
    JsonNode node = object("RedriveAllowPolicy", value);
    String permission = node.path("redrivePermission").asText();
    boolean byQueue = permission.equals("byQueue");
    JsonNode sources = node.path("sourceQueueArns");
    if (!List.of("allowAll", "denyAll", "byQueue").contains(permission)
        || byQueue != sources.isArray()
        || sources.size() > 10) {
      throw SqsErrors.attributeValue("RedriveAllowPolicy");
    }
  }

  /// Whether the dead-letter queue lets this source use it.
  static boolean allowsSource(Queue deadLetterQueue, String sourceArn) {
    String text = deadLetterQueue.attributes().get("RedriveAllowPolicy");
    if (text == null) {
      return true;
    }
    JsonNode policy = Json.parseOwn(text);
    var sources = new HashSet<String>();
    policy.path("sourceQueueArns").forEach(arn -> sources.add(arn.asText()));
    return switch (policy.path("redrivePermission").asText()) {
      case "allowAll" -> true;
      case "byQueue" -> sources.contains(sourceArn);
      default -> false;
    };
  }
}

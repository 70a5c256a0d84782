package dev.brume.services.sqs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A queue's settings: its row in the store.
///
/// @param id tells queues of the same name apart, one after the other
/// @param attributes as they were set, by AWS's names; what was never set has its default
/// @param purgedThrough messages up to this sequence are gone
record Queue(
    String account,
    String region,
    String name,
    String id,
    Map<String, String> attributes,
    Map<String, String> tags,
    long createdMillis,
    long modifiedMillis,
    long purgedMillis,
    long purgedThrough) {

  String arn() {
    return "arn:aws:sqs:" + region + ":" + account + ":" + name;
  }

  String url(String endpoint) {
    return endpoint + "/" + account + "/" + name;
  }

  boolean fifo() {
    return name.endsWith(".fifo");
  }

  int visibilitySeconds() {
    return number("VisibilityTimeout", SqsLimits.VISIBILITY_SECONDS_DEFAULT);
  }

  int delaySeconds() {
    return number("DelaySeconds", 0);
  }

  int waitSeconds() {
    return number("ReceiveMessageWaitTimeSeconds", 0);
  }

  int messageBytesMax() {
    return number("MaximumMessageSize", SqsLimits.MESSAGE_BYTES_MAX);
  }

  long retentionMillis() {
    return 1000L * number("MessageRetentionPeriod", SqsLimits.RETENTION_SECONDS_DEFAULT);
  }

  boolean contentBasedDeduplication() {
    return "true".equals(attributes.get("ContentBasedDeduplication"));
  }

  boolean deduplicatesByGroup() {
    return "messageGroup".equals(attributes.get("DeduplicationScope"));
  }

  @Nullable RedrivePolicy redrivePolicy() {
    String text = attributes.get("RedrivePolicy");
    return text == null ? null : RedrivePolicy.parse(text);
  }

  @Nullable String policy() {
    return attributes.get("Policy");
  }

  Queue withAttributes(Map<String, String> changed, long nowMillis) {
    return new Queue(
        account,
        region,
        name,
        id,
        changed,
        tags,
        createdMillis,
        nowMillis,
        purgedMillis,
        purgedThrough);
  }

  Queue withTags(Map<String, String> changed) {
    return new Queue(
        account,
        region,
        name,
        id,
        attributes,
        changed,
        createdMillis,
        modifiedMillis,
        purgedMillis,
        purgedThrough);
  }

  Queue purged(long nowMillis, long through) {
    return new Queue(
        account,
        region,
        name,
        id,
        attributes,
        tags,
        createdMillis,
        modifiedMillis,
        nowMillis,
        through);
  }

  private int number(String attribute, int otherwise) {
    String text = attributes.get(attribute);
    return text == null ? otherwise : Integer.parseInt(text);
  }
}

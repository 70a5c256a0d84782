package dev.brume.services.sqs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message as it was sent: its row in the store, which never changes.
///
/// @param visibleMillis not to be received before
/// @param deadLetterSourceArn the queue that it was moved from, null if none
record StoredMessage(
    String id,
    String body,
    String bodyMd5,
    Map<String, Attribute> attributes,
    String senderId,
    long sentMillis,
    long visibleMillis,
    @Nullable String groupId,
    @Nullable String deduplicationId,
    @Nullable String traceHeader,
    @Nullable String deadLetterSourceArn) {

  /// A message attribute; one of the values is set.
  record Attribute(String dataType, @Nullable String stringValue, byte @Nullable [] binaryValue) {}

  StoredMessage movedFrom(@Nullable String sourceArn, long visibleMillis, long sentMillis) {
    return new StoredMessage(
        id,
        body,
        bodyMd5,
        attributes,
        senderId,
        sentMillis,
        visibleMillis,
        groupId,
        deduplicationId,
        traceHeader,
        sourceArn);
  }
}

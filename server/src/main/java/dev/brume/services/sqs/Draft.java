package dev.brume.services.sqs;

import dev.brume.model.sqs.MessageAttributeValue;
import dev.brume.model.sqs.MessageSystemAttributeValue;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a sender wants to send, before it is checked.
///
/// @param trace the trace that sending belongs to, for messages that are not given one
record Draft(
    @Nullable String body,
    @Nullable Integer delaySeconds,
    Map<String, MessageAttributeValue> attributes,
    Map<String, MessageSystemAttributeValue> systemAttributes,
    @Nullable String groupId,
    @Nullable String deduplicationId,
    String senderId,
    @Nullable String trace) {}

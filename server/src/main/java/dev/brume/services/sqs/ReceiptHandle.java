package dev.brume.services.sqs;

import dev.brume.model.ServiceError;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/// What a receiver gets to delete the message with: names the message and which receive of it this
/// was, so that it is another one at each receive. Opaque to clients.
///
/// @param queueId the queue's [Queue#id]
/// @param receiveCount 1 at the first receive
record ReceiptHandle(String queueId, long sequence, int receiveCount) {
  String encode() {
    String text = queueId + ":" + sequence + ":" + receiveCount;
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  static ReceiptHandle decode(@Nullable String handle, Queue queue) {
    if (handle == null || handle.isEmpty()) {
      throw SqsErrors.missing("ReceiptHandle");
    }
    try {
      String text = new String(Base64.getDecoder().decode(handle), StandardCharsets.UTF_8);
      String[] parts = text.split(":", -1);
      if (parts.length == 3 && parts[0].equals(queue.id())) {
        return new ReceiptHandle(parts[0], Long.parseLong(parts[1]), Integer.parseInt(parts[2]));
      }
    } catch (IllegalArgumentException e) {
      throw invalid(handle);
    }
    throw invalid(handle);
  }

  private static ServiceError invalid(String handle) {
    return SqsErrors.receiptHandle(handle);
  }
}

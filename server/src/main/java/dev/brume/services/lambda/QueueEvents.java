package dev.brume.services.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.sqs.Message;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The event that a function gets for a batch of messages, and what its answer says about them.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html>
final class QueueEvents {
  private QueueEvents() {}

  /// The queue's URL; asking for it would take a permission that roles of functions need not have.
  static String queueUrl(Call call, String queueArn) {
    String[] parts = queueArn.split(":");
    return call.endpoint() + "/" + parts[4] + "/" + parts[5];
  }

  static ObjectNode event(List<Message> batch, String queueArn) {
    ObjectNode event = Json.object();
    ArrayNode records = event.putArray("Records");
    batch.forEach(message -> records.add(record(message, queueArn)));
    return event;
  }

  static ObjectNode record(Message message, String queueArn) {
    ObjectNode record = Json.object();
    record.put("messageId", message.messageId());
    record.put("receiptHandle", message.receiptHandle());
    record.put("body", message.body());
    ObjectNode attributes = record.putObject("attributes");
    message.attributes().forEach(attributes::put);
    ObjectNode custom = record.putObject("messageAttributes");
    message
        .messageAttributes()
        .forEach(
            (name, value) -> {
              ObjectNode attribute = custom.putObject(name);
              if (value.stringValue() != null) {
                attribute.put("stringValue", value.stringValue());
              }
              byte[] binary = value.binaryValue();
              if (binary != null) {
                attribute.put("binaryValue", Base64.getEncoder().encodeToString(binary));
              }
              attribute.putArray("stringListValues");
              attribute.putArray("binaryListValues");
              attribute.put("dataType", value.dataType());
            });
    if (message.md5OfMessageAttributes() != null) {
      record.put("md5OfMessageAttributes", message.md5OfMessageAttributes());
    }
    record.put("md5OfBody", message.md5OfBody());
    record.put("eventSource", "aws:sqs");
    record.put("eventSourceARN", queueArn);
    record.put("awsRegion", queueArn.split(":")[3]);
    return record;
  }

  /// The ids of the messages that the function reports as failed: all of them when its answer is
  /// not in the form that AWS asks for.
  static Set<String> failures(List<Message> batch, byte[] answer) {
    Set<String> all = new HashSet<>();
    batch.forEach(message -> all.add(message.messageId()));
    JsonNode document;
    try {
      document = Json.parse(new String(answer, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      // As documented: an answer that cannot be read fails the whole batch.
      return all;
    }
    JsonNode failures = document.path("batchItemFailures");
    if (failures.isMissingNode() || failures.isNull()) {
      return Set.of();
    }
    Set<String> failed = new HashSet<>();
    for (JsonNode one : failures) {
      JsonNode id = one.path("itemIdentifier");
      if (!id.isTextual() || !all.contains(id.asText())) {
        return all;
      }
      failed.add(id.asText());
    }
    return failed;
  }
}

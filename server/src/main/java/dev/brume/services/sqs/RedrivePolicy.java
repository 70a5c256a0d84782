package dev.brume.services.sqs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;

/// Where messages go that were received too often.
///
/// @param receiveCountMax receives after which the next one moves the message, 1 to 1000
record RedrivePolicy(String targetArn, int receiveCountMax) {
  /// Reads the attribute. Throws AWS's error for anything but an object with the two members.
  static RedrivePolicy parse(String text) {
    JsonNode node;
    try {
      node = Json.parse(text);
    } catch (JsonProcessingException e) {
      throw invalid(text, "Redrive policy is not a valid JSON map.");
    }
    if (!node.isObject()) {
      throw invalid(text, "Redrive policy is not a valid JSON map.");
    }
    JsonNode target = node.path("deadLetterTargetArn");
    if (!target.isTextual()) {
      throw invalid(
          text, "Redrive policy does not contain mandatory attribute: deadLetterTargetArn.");
    }
    JsonNode count = node.path("maxReceiveCount");
    if (count.isMissingNode()) {
      throw invalid(text, "Redrive policy does not contain mandatory attribute: maxReceiveCount.");
    }
    int max = count.asInt(-1);
    if (max < 1 || max > SqsLimits.RECEIVE_COUNT_MAX) {
      throw invalid(
          text,
          "Invalid value for maxReceiveCount: "
              + count.asText()
              + ", valid values are from 1 to 1000 both inclusive.");
    }
    return new RedrivePolicy(target.asText(), max);
  }

  static RuntimeException invalid(String text, String reason) {
    return SqsErrors.value(text, "RedrivePolicy", reason);
  }
}

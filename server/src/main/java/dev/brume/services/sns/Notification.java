package dev.brume.services.sns;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.events.Event;
import dev.brume.json.Json;
import dev.brume.model.sns.MessageAttributeValue;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A message that was published, checked.
///
/// @param message the text, or the `default` one of a message with a structure
/// @param byProtocol the texts of a message with a structure, else empty
/// @param trace X-Ray's header that goes along, null for none
record Notification(
    String id,
    String message,
    Map<String, String> byProtocol,
    @Nullable String subject,
    Map<String, Event.Attribute> attributes,
    @Nullable String trace,
    long publishedMillis) {

  /// What a publisher gave, unchecked.
  record Draft(
      @Nullable String message,
      @Nullable String subject,
      @Nullable String structure,
      Map<String, MessageAttributeValue> attributes,
      @Nullable String trace) {}

  /// Checks a message. Throws AWS's error.
  static Notification of(String id, Draft draft, long nowMillis) {
    String message = draft.message();
    if (message == null || message.isEmpty()) {
      throw SnsErrors.invalid("Empty message");
    }
    checkSubject(draft.subject());
    Map<String, Event.Attribute> attributes = attributes(draft.attributes());
    if (bytes(message, attributes) > SnsLimits.MESSAGE_BYTES_MAX) {
      throw SnsErrors.invalid("Message too long");
    }
    String structure = draft.structure();
    if (structure == null || structure.isEmpty()) {
      return new Notification(
          id, message, Map.of(), draft.subject(), attributes, draft.trace(), nowMillis);
    }
    if (!structure.equals("json")) {
      throw SnsErrors.invalid("MessageStructure");
    }
    Map<String, String> texts = structured(message);
    String standard = texts.get("default");
    if (standard == null) {
      throw SnsErrors.invalid("Message Structure - No default entry in JSON message body");
    }
    return new Notification(
        id, standard, texts, draft.subject(), attributes, draft.trace(), nowMillis);
  }

  /// The text for subscribers of a protocol.
  String messageFor(String protocol) {
    return byProtocol.getOrDefault(protocol, message);
  }

  long bytes() {
    return bytes(message, attributes);
  }

  private static Map<String, String> structured(String message) {
    try {
      JsonNode node = Json.parse(message);
      if (node.isObject()) {
        var texts = new LinkedHashMap<String, String>();
        node.properties()
            .forEach(
                entry -> {
                  if (entry.getValue().isTextual()) {
                    texts.put(entry.getKey(), entry.getValue().asText());
                  }
                });
        return texts;
      }
    } catch (JsonProcessingException e) {
      throw SnsErrors.invalid("Message Structure - JSON message body failed to parse");
    }
    throw SnsErrors.invalid("Message Structure - JSON message body failed to parse");
  }

  private static void checkSubject(@Nullable String subject) {
    if (subject == null) {
      return;
    }
    boolean printable = subject.chars().allMatch(c -> c >= 0x20 && c != 0x7F);
    if (subject.isEmpty()
        || subject.length() > SnsLimits.SUBJECT_LENGTH_MAX
        || !printable
        || subject.startsWith(" ")) {
      throw SnsErrors.invalid("Subject");
    }
  }

  private static Map<String, Event.Attribute> attributes(
      Map<String, MessageAttributeValue> values) {
    var attributes = new LinkedHashMap<String, Event.Attribute>();
    values.forEach((name, value) -> attributes.put(name, attribute(name, value)));
    return attributes;
  }

  private static Event.Attribute attribute(String name, MessageAttributeValue value) {
    String type = String.valueOf(value.dataType());
    String text = value.stringValue();
    byte[] bytes = value.binaryValue();
    boolean binary = type.equals("Binary") || type.startsWith("Binary.");
    boolean number = type.equals("Number") || type.startsWith("Number.");
    if (!binary && !number && !type.equals("String") && !type.startsWith("String.")) {
      throw SnsErrors.attributeValue(
          "The message attribute '"
              + name
              + "' has an invalid message attribute type, the set of supported type prefixes is"
              + " Binary, Number, and String.");
    }
    if (binary ? bytes == null || bytes.length == 0 : text == null || text.isEmpty()) {
      throw SnsErrors.attributeValue(
          "The message attribute '"
              + name
              + "' must contain non-empty message attribute value for message attribute type '"
              + type
              + "'.");
    }
    if (number && !isNumber(text)) {
      throw SnsErrors.attributeValue(
          "Could not cast message attribute '" + name + "' value to number.");
    }
    if (type.equals("String.Array") && !isArray(text)) {
      throw SnsErrors.attributeValue(
          "The message attribute '" + name + "' has an invalid String.Array value.");
    }
    return new Event.Attribute(type, binary ? null : text, binary ? bytes : null);
  }

  private static boolean isNumber(@Nullable String text) {
    try {
      return text != null && new BigDecimal(text.strip()).scale() < 1000;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isArray(@Nullable String text) {
    try {
      return text != null && Json.parse(text).isArray();
    } catch (JsonProcessingException e) {
      return false;
    }
  }

  private static long bytes(String message, Map<String, Event.Attribute> attributes) {
    long bytes = length(message);
    for (Map.Entry<String, Event.Attribute> entry : attributes.entrySet()) {
      Event.Attribute value = entry.getValue();
      bytes += length(entry.getKey()) + length(value.dataType());
      bytes += value.stringValue() == null ? 0 : length(value.stringValue());
      bytes += value.binaryValue() == null ? 0 : value.binaryValue().length;
    }
    return bytes;
  }

  private static long length(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}

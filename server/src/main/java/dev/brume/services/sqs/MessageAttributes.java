package dev.brume.services.sqs;

import dev.brume.model.sqs.MessageAttributeValue;
import dev.brume.model.sqs.MessageSystemAttributeValue;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Message attributes: what is allowed, how long they are, and the digest that clients verify
/// (developer guide, "Amazon SQS message metadata").
final class MessageAttributes {
  private MessageAttributes() {}

  /// Checks and converts what a request carries.
  static Map<String, StoredMessage.Attribute> parse(Map<String, MessageAttributeValue> values) {
    if (values.size() > SqsLimits.MESSAGE_ATTRIBUTES_MAX) {
      throw SqsErrors.invalidParameter(
          "Number of message attributes ["
              + values.size()
              + "] exceeds the allowed maximum ["
              + SqsLimits.MESSAGE_ATTRIBUTES_MAX
              + "].");
    }
    var attributes = new LinkedHashMap<String, StoredMessage.Attribute>();
    values.forEach((name, value) -> attributes.put(name, attribute(name, value)));
    return attributes;
  }

  private static StoredMessage.Attribute attribute(String name, MessageAttributeValue value) {
    if (!value.stringListValues().isEmpty() || !value.binaryListValues().isEmpty()) {
      throw SqsErrors.unsupported(
          "Message attribute list values in SendMessage operation are not supported.");
    }
    if (!SqsLimits.ATTRIBUTE_NAME.matcher(name).matches()
        || name.startsWith(".")
        || name.endsWith(".")
        || name.contains("..")) {
      throw SqsErrors.invalidParameter(
          "The message attribute name '"
              + name
              + "' is invalid. Attribute name can contain A-Z, a-z, 0-9, underscore (_), hyphen"
              + " (-), and period (.) characters.");
    }
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.startsWith("aws.") || lower.startsWith("amazon.")) {
      throw SqsErrors.invalidParameter(
          "You can't use message attribute names beginning with 'AWS.' or 'Amazon.'. These strings"
              + " are reserved for internal use.");
    }
    String type = value.dataType();
    if (type == null || type.isEmpty()) {
      throw SqsErrors.invalidParameter(
          "The message attribute '" + name + "' must contain non-empty message attribute type.");
    }
    boolean binary = hasType(type, "Binary");
    if (!binary && !hasType(type, "String") && !hasType(type, "Number")) {
      throw SqsErrors.invalidParameter(
          "The message attribute '"
              + name
              + "' has an invalid message attribute type, the set of supported type prefixes is"
              + " Binary, Number, and String.");
    }
    String text = value.stringValue();
    byte[] bytes = value.binaryValue();
    if (binary ? bytes == null || bytes.length == 0 : text == null || text.isEmpty()) {
      throw SqsErrors.invalidParameter(
          "Message (user) attribute '"
              + name
              + "' must contain a non-empty value of type '"
              + (binary ? "Binary" : "String")
              + "'.");
    }
    if (text != null) {
      MessageText.check(text);
    }
    if (hasType(type, "Number") && !number(text)) {
      throw SqsErrors.invalidParameter(
          "Can't cast the value of message (user) attribute '" + name + "' to a number.");
    }
    return new StoredMessage.Attribute(type, binary ? null : text, binary ? bytes : null);
  }

  private static boolean hasType(String type, String prefix) {
    return type.equals(prefix) || type.startsWith(prefix + ".");
  }

  private static boolean number(@Nullable String text) {
    try {
      return text != null && new BigDecimal(text.strip()).precision() <= 38 + 128;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /// The trace header, the only system attribute that a sender may give.
  static @Nullable String traceHeader(Map<String, MessageSystemAttributeValue> values) {
    for (Map.Entry<String, MessageSystemAttributeValue> entry : values.entrySet()) {
      if (!entry.getKey().equals("AWSTraceHeader")) {
        throw SqsErrors.invalidParameter(
            "Message system attribute name '" + entry.getKey() + "' is invalid.");
      }
      String text = entry.getValue().stringValue();
      if (!"String".equals(entry.getValue().dataType()) || text == null || text.isEmpty()) {
        throw SqsErrors.invalidParameter(
            "Message system attribute 'AWSTraceHeader' must contain a non-empty value of type"
                + " 'String'.");
      }
      return text;
    }
    return null;
  }

  /// What counts towards the message's size.
  static long bytes(Map<String, StoredMessage.Attribute> attributes) {
    long bytes = 0;
    for (Map.Entry<String, StoredMessage.Attribute> entry : attributes.entrySet()) {
      StoredMessage.Attribute value = entry.getValue();
      bytes += MessageText.bytes(entry.getKey()) + MessageText.bytes(value.dataType());
      bytes += value.stringValue() == null ? 0 : MessageText.bytes(value.stringValue());
      bytes += value.binaryValue() == null ? 0 : value.binaryValue().length;
    }
    return bytes;
  }

  /// Those that a receiver asked for: by name, by prefix (`foo.*`), or all (`All`, `.*`).
  static Map<String, StoredMessage.Attribute> select(
      Map<String, StoredMessage.Attribute> attributes, List<String> names) {
    var selected = new TreeMap<String, StoredMessage.Attribute>();
    for (String name : names) {
      boolean prefix = name.endsWith(".*");
      String start = prefix ? name.substring(0, name.length() - 2) : name;
      attributes.forEach(
          (key, value) -> {
            if (name.equals("All") || (prefix ? key.startsWith(start) : key.equals(name))) {
              selected.put(key, value);
            }
          });
    }
    return selected;
  }

  static Map<String, MessageAttributeValue> wire(Map<String, StoredMessage.Attribute> attributes) {
    var wire = new LinkedHashMap<String, MessageAttributeValue>();
    attributes.forEach(
        (name, value) ->
            wire.put(
                name,
                new MessageAttributeValue()
                    .dataType(value.dataType())
                    .stringValue(value.stringValue())
                    .binaryValue(value.binaryValue())));
    return wire;
  }

  /// The digest over all attributes in order of their names; null without any.
  static @Nullable String md5(Map<String, StoredMessage.Attribute> attributes) {
    if (attributes.isEmpty()) {
      return null;
    }
    var out = new ByteArrayOutputStream();
    new TreeMap<>(attributes)
        .forEach(
            (name, value) -> {
              part(out, name.getBytes(StandardCharsets.UTF_8));
              part(out, value.dataType().getBytes(StandardCharsets.UTF_8));
              byte[] bytes = value.binaryValue();
              String text = value.stringValue();
              out.write(bytes == null ? 1 : 2);
              part(
                  out,
                  bytes != null ? bytes : String.valueOf(text).getBytes(StandardCharsets.UTF_8));
            });
    return md5(out.toByteArray());
  }

  static String md5(byte[] bytes) {
    return HexFormat.of().formatHex(digest("MD5").digest(bytes));
  }

  static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void part(ByteArrayOutputStream out, byte[] bytes) {
    out.writeBytes(ByteBuffer.allocate(4).putInt(bytes.length).array());
    out.writeBytes(bytes);
  }
}

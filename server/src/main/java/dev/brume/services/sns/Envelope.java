package dev.brume.services.sns;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.events.Event;
import dev.brume.json.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// What subscribers receive: the
/// [JSON document](https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html)
/// around a message, spaced as AWS writes it, and the event that functions are invoked with.
final class Envelope {
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  /// Stands where AWS's signature does; it verifies nowhere.
  private static final String UNSIGNED = "UNSIGNED";

  private Envelope() {}

  /// The document for queues and HTTP endpoints.
  static String notification(Subscription to, Notification notification) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("Type", "Notification");
    fields.put("MessageId", notification.id());
    fields.put("TopicArn", to.topicArn());
    String subject = notification.subject();
    if (subject != null) {
      fields.put("Subject", subject);
    }
    fields.put("Message", notification.messageFor(to.protocol()));
    fields.put("Timestamp", timestamp(notification.publishedMillis()));
    fields.put("SignatureVersion", "1");
    fields.put("Signature", UNSIGNED);
    fields.put("SigningCertURL", certificateUrl(to));
    fields.put("UnsubscribeURL", unsubscribeUrl(to));
    var text = new StringBuilder(lines(fields));
    if (!notification.attributes().isEmpty()) {
      text.append(",\n  \"MessageAttributes\" : {");
      String separator = "\n    ";
      for (Map.Entry<String, Event.Attribute> entry : notification.attributes().entrySet()) {
        text.append(separator).append(quoted(entry.getKey())).append(" : ");
        text.append(Json.write(attribute(entry.getValue())));
        separator = ",\n    ";
      }
      text.append("\n  }");
    }
    return text.append("\n}").toString();
  }

  /// What an HTTP endpoint gets first, to prove that it wants the rest.
  static String confirmation(Subscription to, String messageId, long nowMillis) {
    var fields = new LinkedHashMap<String, String>();
    fields.put("Type", "SubscriptionConfirmation");
    fields.put("MessageId", messageId);
    fields.put("Token", to.token());
    fields.put("TopicArn", to.topicArn());
    fields.put(
        "Message",
        "You have chosen to subscribe to the topic "
            + to.topicArn()
            + ".\nTo confirm the subscription, visit the SubscribeURL included in this message.");
    fields.put(
        "SubscribeURL",
        to.baseUrl()
            + "/?Action=ConfirmSubscription&Version=2010-03-31&TopicArn="
            + encoded(to.topicArn())
            + "&Token="
            + to.token());
    fields.put("Timestamp", timestamp(nowMillis));
    fields.put("SignatureVersion", "1");
    fields.put("Signature", UNSIGNED);
    fields.put("SigningCertURL", certificateUrl(to));
    return lines(fields) + "\n}";
  }

  /// The event for a function.
  static String lambda(Subscription to, Notification notification) {
    ObjectNode event = Json.object();
    ObjectNode record = event.putArray("Records").addObject();
    record.put("EventSource", "aws:sns").put("EventVersion", "1.0");
    record.put("EventSubscriptionArn", to.arn());
    ObjectNode sns = record.putObject("Sns");
    sns.put("Type", "Notification");
    sns.put("MessageId", notification.id());
    sns.put("TopicArn", to.topicArn());
    sns.put("Subject", notification.subject());
    sns.put("Message", notification.messageFor("lambda"));
    sns.put("Timestamp", timestamp(notification.publishedMillis()));
    sns.put("SignatureVersion", "1");
    sns.put("Signature", UNSIGNED);
    sns.put("SigningCertUrl", certificateUrl(to));
    sns.put("UnsubscribeUrl", unsubscribeUrl(to));
    ObjectNode attributes = sns.putObject("MessageAttributes");
    notification.attributes().forEach((name, value) -> attributes.set(name, attribute(value)));
    return Json.write(event);
  }

  private static ObjectNode attribute(Event.Attribute value) {
    byte[] bytes = value.binaryValue();
    return Json.object()
        .put("Type", value.dataType())
        .put(
            "Value",
            bytes == null ? value.stringValue() : Base64.getEncoder().encodeToString(bytes));
  }

  private static String lines(Map<String, String> fields) {
    var text = new StringBuilder("{");
    String separator = "\n  ";
    for (Map.Entry<String, String> field : fields.entrySet()) {
      text.append(separator).append(quoted(field.getKey())).append(" : ");
      text.append(quoted(field.getValue()));
      separator = ",\n  ";
    }
    return text.toString();
  }

  private static String quoted(String text) {
    return Json.write(TextNode.valueOf(text));
  }

  private static String timestamp(long millis) {
    return TIMESTAMP.format(Instant.ofEpochMilli(millis));
  }

  private static String certificateUrl(Subscription to) {
    return to.baseUrl() + "/SimpleNotificationService.pem";
  }

  private static String unsubscribeUrl(Subscription to) {
    return to.baseUrl() + "/?Action=Unsubscribe&Version=2010-03-31&SubscriptionArn=" + to.arn();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}

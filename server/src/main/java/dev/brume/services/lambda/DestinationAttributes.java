package dev.brume.services.lambda;

import dev.brume.events.Event;
import java.util.LinkedHashMap;
import java.util.Map;

/// A dead letter's attributes in the words of queues and topics.
final class DestinationAttributes {
  private DestinationAttributes() {}

  static Map<String, dev.brume.model.sqs.MessageAttributeValue> forQueue(
      Map<String, Event.Attribute> attributes) {
    var out = new LinkedHashMap<String, dev.brume.model.sqs.MessageAttributeValue>();
    attributes.forEach(
        (name, value) ->
            out.put(
                name,
                new dev.brume.model.sqs.MessageAttributeValue()
                    .dataType(value.dataType())
                    .stringValue(value.stringValue())));
    return out;
  }

  static Map<String, dev.brume.model.sns.MessageAttributeValue> forTopic(
      Map<String, Event.Attribute> attributes) {
    var out = new LinkedHashMap<String, dev.brume.model.sns.MessageAttributeValue>();
    attributes.forEach(
        (name, value) ->
            out.put(
                name,
                new dev.brume.model.sns.MessageAttributeValue()
                    .dataType(value.dataType())
                    .stringValue(value.stringValue())));
    return out;
  }
}

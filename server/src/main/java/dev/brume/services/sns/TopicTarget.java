package dev.brume.services.sns;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.sns.MessageAttributeValue;
import dev.brume.time.Clock;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Receives what other services send to topics.
final class TopicTarget implements Targets.Receiver {
  private final Clock clock;
  private final Topics topics;
  private final Publishing publishing;

  TopicTarget(Clock clock, Topics topics, Publishing publishing) {
    this.clock = clock;
    this.topics = topics;
    this.publishing = publishing;
  }

  @Override
  public void deliver(Event event) throws Targets.DeliveryFailed {
    try {
      Topic topic = topics.require(event.targetArn());
      var sender =
          new Principal.ServicePrincipal(event.source(), event.sourceArn(), event.sourceAccount());
      topics.requireAllowed(sender, topic, "Publish");
      var draft =
          new Notification.Draft(
              new String(event.payload(), StandardCharsets.UTF_8),
              event.subject(),
              null,
              attributes(event),
              event.system().get("AWSTraceHeader"));
      publishing.publish(topic, List.of(Notification.of(event.id(), draft, clock.millis())));
    } catch (ServiceError e) {
      throw new Targets.DeliveryFailed(e.code(), String.valueOf(e.getMessage()), false);
    }
  }

  private static Map<String, MessageAttributeValue> attributes(Event event) {
    var attributes = new LinkedHashMap<String, MessageAttributeValue>();
    event
        .attributes()
        .forEach(
            (name, value) ->
                attributes.put(
                    name,
                    new MessageAttributeValue()
                        .dataType(value.dataType())
                        .stringValue(value.stringValue())
                        .binaryValue(value.binaryValue())));
    return attributes;
  }
}

package dev.brume.services.sqs;

import dev.brume.auth.AccessRequest;
import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.sqs.MessageAttributeValue;
import dev.brume.model.sqs.MessageSystemAttributeValue;
import dev.brume.time.Clock;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Receives what other services send to queues. The queue's policy must allow the sender.
final class QueueTarget implements Targets.Receiver {
  private final Clock clock;
  private final Queues queues;
  private final Sending sending;

  QueueTarget(Clock clock, Queues queues, Sending sending) {
    this.clock = clock;
    this.queues = queues;
    this.sending = sending;
  }

  @Override
  public void deliver(Event event) throws Targets.DeliveryFailed {
    LiveQueue queue = queues.byArn(event.targetArn());
    if (queue == null) {
      throw new Targets.DeliveryFailed(
          "AWS.SimpleQueueService.NonExistentQueue", "The specified queue does not exist.", false);
    }
    requireAllowed(event, queue);
    Map<String, MessageSystemAttributeValue> system = new LinkedHashMap<>();
    String trace = event.system().get("AWSTraceHeader");
    if (trace != null) {
      system.put(
          "AWSTraceHeader",
          new MessageSystemAttributeValue().dataType("String").stringValue(trace));
    }
    boolean fifo = queue.settings().fifo();
    // A repeated delivery carries the same id, so a FIFO queue recognises it.
    String deduplicationId =
        fifo && !queue.settings().contentBasedDeduplication()
            ? event.system().getOrDefault("MessageDeduplicationId", event.id())
            : event.system().get("MessageDeduplicationId");
    var draft =
        new Draft(
            new String(event.payload(), StandardCharsets.UTF_8),
            null,
            attributes(event),
            system,
            event.system().get("MessageGroupId"),
            fifo ? deduplicationId : null,
            event.source(),
            null);
    long now = clock.millis();
    try {
      sending.send(queue, List.of(sending.check(queue.settings(), draft, now)), now);
    } catch (ServiceError e) {
      throw new Targets.DeliveryFailed(e.code(), String.valueOf(e.getMessage()), false);
    }
  }

  // Services send under the queue's policy.
  private static void requireAllowed(Event event, LiveQueue queue) throws Targets.DeliveryFailed {
    var sender =
        new Principal.ServicePrincipal(event.source(), event.sourceArn(), event.sourceAccount());
    String arn = queue.settings().arn();
    if (queue.decide(AccessRequest.of(sender, "sqs:SendMessage", arn)) != Decision.ALLOWED) {
      throw new Targets.DeliveryFailed(
          "AccessDenied",
          "The policy of "
              + arn
              + " does not allow "
              + event.source()
              + " to send messages for "
              + event.sourceArn(),
          false);
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

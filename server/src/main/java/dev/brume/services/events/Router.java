package dev.brume.services.events;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.events.patterns.EventPattern;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.store.Tx;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Takes an event on a bus to the targets of every rule that matches, in one transaction.
final class Router {
  private static final int[] BACKOFF_SECONDS = {1, 2, 5, 10, 30, 60, 120, 300, 600};
  private static final int COMPILED_MAX = 10_000;
  private final EventsStore store;
  private final Targets targets;
  private final Ids ids;
  private final Map<String, EventPattern> compiled = new ConcurrentHashMap<>();

  Router(EventsStore store, Targets targets, Ids ids) {
    this.store = store;
    this.targets = targets;
    this.ids = ids;
  }

  void route(Tx tx, Call call, String bus, JsonNode event) {
    for (Rule rule : store.rules(tx, call, bus)) {
      if (rule.enabled()
          && rule.eventPattern() != null
          && pattern(rule.eventPattern()).matches(event)) {
        fire(tx, call, rule, event);
      }
    }
  }

  /// Hands an event to every target of a rule.
  void fire(Tx tx, Call call, Rule rule, JsonNode event) {
    String ruleArn = call.arn("events", rule.resource());
    for (Rule.RuleTarget target : rule.targets()) {
      Map<String, String> system =
          target.messageGroupId() == null
              ? Map.of()
              : Map.of("MessageGroupId", target.messageGroupId());
      targets.send(
          tx,
          new Event(
              ids.uuid(),
              target.arn(),
              "events.amazonaws.com",
              ruleArn,
              call.account(),
              TargetInput.of(rule, ruleArn, target, event),
              null,
              Map.of(),
              system,
              new Event.Retry(
                  target.retryAttempts() + 1, target.eventAgeSeconds(), BACKOFF_SECONDS),
              target.deadLetterArn(),
              call.now().toEpochMilli()));
    }
  }

  ObjectNode scheduled(Call call, Rule rule) {
    ObjectNode event = envelope(call, "Scheduled Event", "aws.events", call.now().toString());
    event.putArray("resources").add(call.arn("events", rule.resource()));
    event.putObject("detail");
    return event;
  }

  ObjectNode envelope(Call call, String detailType, String source, String time) {
    return Json.object()
        .put("version", "0")
        .put("id", ids.uuid())
        .put("detail-type", detailType)
        .put("source", source)
        .put("account", call.account())
        .put("time", time.replaceAll("\\.\\d+Z$", "Z"))
        .put("region", call.region());
  }

  private EventPattern pattern(String text) {
    if (compiled.size() > COMPILED_MAX) {
      compiled.clear();
    }
    return compiled.computeIfAbsent(
        text,
        each -> {
          try {
            return EventPattern.of(each);
          } catch (EventPattern.Invalid e) {
            throw new IllegalStateException("a stored pattern is invalid", e);
          }
        });
  }
}

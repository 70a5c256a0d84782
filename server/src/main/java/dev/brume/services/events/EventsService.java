package dev.brume.services.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.events.patterns.EventPattern;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.events.*;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Amazon EventBridge's operations.
public final class EventsService implements EventsApi {
  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Ids ids;
  private final EventsStore store = new EventsStore();
  private final Router router;
  private final EventTags tags;

  public EventsService(Kv kv, Clock clock, Timers timers, Targets targets, Ids ids) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.ids = ids;
    this.router = new Router(store, targets, ids);
    this.tags = new EventTags(kv, store);
    timers.handle(EventsStore.SCHEDULE_TIMER, (id, _, _) -> fireSchedule(id));
    targets.receive("events", this::receive);
  }

  @Override
  public CreateEventBusResponse createEventBus(Call call, CreateEventBusRequest in) {
    if (in.eventSourceName() != null
        || in.kmsKeyIdentifier() != null
        || in.deadLetterConfig() != null) {
      throw EventsErrors.validation(
          "Brume does not implement EventSourceName, KmsKeyIdentifier and DeadLetterConfig of an event bus yet");
    }
    var tags = new LinkedHashMap<String, String>();
    in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
    kv.tx(
        tx -> {
          if (in.name().equals("default") || store.find(tx, call, in.name()) != null) {
            throw EventsErrors.busExists(in.name());
          }
          store.put(
              tx,
              call,
              new EventsStore.Bus(in.name(), call.now().toEpochMilli(), in.description(), tags));
          return 0;
        });
    return new CreateEventBusResponse()
        .eventBusArn(busArn(call, in.name()))
        .description(in.description());
  }

  @Override
  public DescribeEventBusResponse describeEventBus(Call call, DescribeEventBusRequest in) {
    String name = kv.read(reader -> store.bus(reader, call, in.name()));
    return new DescribeEventBusResponse().name(name).arn(busArn(call, name));
  }

  @Override
  public ListEventBusesResponse listEventBuses(Call call, ListEventBusesRequest in) {
    List<EventBus> buses =
        kv.read(reader -> store.buses(reader, call)).stream()
            .filter(bus -> in.namePrefix() == null || bus.name().startsWith(in.namePrefix()))
            .map(bus -> new EventBus().name(bus.name()).arn(busArn(call, bus.name())))
            .toList();
    var page = Paging.of(buses, in.nextToken(), in.limit());
    return new ListEventBusesResponse().eventBuses(page.items()).nextToken(page.next());
  }

  @Override
  public DeleteEventBusResponse deleteEventBus(Call call, DeleteEventBusRequest in) {
    if (in.name().equals("default")) {
      throw EventsErrors.validation("Cannot delete event bus default.");
    }
    kv.tx(
        tx -> {
          for (Rule rule : store.rules(tx, call, in.name())) {
            remove(tx, call, rule);
          }
          store.deleteBus(tx, call, in.name());
          return 0;
        });
    return new DeleteEventBusResponse();
  }

  @Override
  public PutRuleResponse putRule(Call call, PutRuleRequest in) {
    checkRule(in);
    Rule stored =
        kv.tx(
            tx -> {
              String bus = store.bus(tx, call, in.eventBusName());
              if (in.scheduleExpression() != null
                  && !in.scheduleExpression().isEmpty()
                  && !bus.equals("default")) {
                throw EventsErrors.validation(
                    "ScheduleExpression is supported only on the default event bus.");
              }
              Rule before = store.rule(tx, call, bus, in.name());
              var tags = new LinkedHashMap<String, String>();
              in.tags().forEach(tag -> tags.put(tag.key(), tag.value()));
              var rule =
                  new Rule(
                      bus,
                      in.name(),
                      blankToNull(in.eventPattern()),
                      blankToNull(in.scheduleExpression()),
                      in.state() == null ? "ENABLED" : in.state(),
                      in.description(),
                      in.roleArn(),
                      before == null ? tags : before.tags(),
                      before == null ? List.of() : before.targets(),
                      call.now().toEpochMilli());
              store.put(tx, call, rule);
              plan(tx, call, rule);
              return rule;
            });
    return new PutRuleResponse().ruleArn(call.arn("events", stored.resource()));
  }

  private static @Nullable String blankToNull(@Nullable String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  private static void checkRule(PutRuleRequest in) {
    String pattern = blankToNull(in.eventPattern());
    String schedule = blankToNull(in.scheduleExpression());
    if (pattern == null && schedule == null) {
      throw EventsErrors.validation(
          "Parameter(s) EventPattern or ScheduleExpression must be specified.");
    }
    if (schedule != null) {
      Schedule parsed = Schedule.of(schedule);
      if (parsed.next(Instant.EPOCH, Instant.EPOCH) == null) {
        throw EventsErrors.badSchedule();
      }
    }
    if (pattern != null) {
      checkPattern(pattern);
    }
  }

  private static EventPattern checkPattern(String pattern) {
    try {
      return EventPattern.of(pattern);
    } catch (EventPattern.Invalid e) {
      throw EventsErrors.badPattern(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public DescribeRuleResponse describeRule(Call call, DescribeRuleRequest in) {
    Rule rule =
        kv.read(
            reader ->
                store.needed(reader, call, store.bus(reader, call, in.eventBusName()), in.name()));
    return new DescribeRuleResponse()
        .name(rule.name())
        .arn(call.arn("events", rule.resource()))
        .eventPattern(rule.eventPattern())
        .scheduleExpression(rule.scheduleExpression())
        .state(rule.state())
        .description(rule.description())
        .roleArn(rule.roleArn())
        .eventBusName(rule.bus())
        .createdBy(call.account());
  }

  @Override
  public ListRulesResponse listRules(Call call, ListRulesRequest in) {
    List<dev.brume.model.events.Rule> rules =
        kv
            .read(reader -> store.rules(reader, call, store.bus(reader, call, in.eventBusName())))
            .stream()
            .filter(rule -> in.namePrefix() == null || rule.name().startsWith(in.namePrefix()))
            .map(
                rule ->
                    new dev.brume.model.events.Rule()
                        .name(rule.name())
                        .arn(call.arn("events", rule.resource()))
                        .eventPattern(rule.eventPattern())
                        .scheduleExpression(rule.scheduleExpression())
                        .state(rule.state())
                        .description(rule.description())
                        .roleArn(rule.roleArn())
                        .eventBusName(rule.bus()))
            .toList();
    var page = Paging.of(rules, in.nextToken(), in.limit());
    return new ListRulesResponse().rules(page.items()).nextToken(page.next());
  }

  @Override
  public ListRuleNamesByTargetResponse listRuleNamesByTarget(
      Call call, ListRuleNamesByTargetRequest in) {
    List<String> names =
        kv
            .read(reader -> store.rules(reader, call, store.bus(reader, call, in.eventBusName())))
            .stream()
            .filter(
                rule ->
                    rule.targets().stream().anyMatch(target -> target.arn().equals(in.targetArn())))
            .map(Rule::name)
            .toList();
    var page = Paging.of(names, in.nextToken(), in.limit());
    return new ListRuleNamesByTargetResponse().ruleNames(page.items()).nextToken(page.next());
  }

  @Override
  public DeleteRuleResponse deleteRule(Call call, DeleteRuleRequest in) {
    kv.tx(
        tx -> {
          Rule rule = store.rule(tx, call, store.bus(tx, call, in.eventBusName()), in.name());
          if (rule != null) {
            if (!rule.targets().isEmpty()) {
              throw EventsErrors.hasTargets();
            }
            remove(tx, call, rule);
          }
          return 0;
        });
    return new DeleteRuleResponse();
  }

  private void remove(Tx tx, Call call, Rule rule) {
    store.delete(tx, call, rule);
    timers.cancel(tx, EventsStore.SCHEDULE_TIMER, timerId(call, rule));
  }

  @Override
  public EnableRuleResponse enableRule(Call call, EnableRuleRequest in) {
    state(call, in.eventBusName(), in.name(), "ENABLED");
    return new EnableRuleResponse();
  }

  @Override
  public DisableRuleResponse disableRule(Call call, DisableRuleRequest in) {
    state(call, in.eventBusName(), in.name(), "DISABLED");
    return new DisableRuleResponse();
  }

  private void state(Call call, @Nullable String bus, String name, String state) {
    kv.tx(
        tx -> {
          Rule rule =
              store
                  .needed(tx, call, store.bus(tx, call, bus), name)
                  .withState(state)
                  .fired(call.now().toEpochMilli());
          store.put(tx, call, rule);
          plan(tx, call, rule);
          return 0;
        });
  }

  @Override
  public PutTargetsResponse putTargets(Call call, PutTargetsRequest in) {
    List<Rule.RuleTarget> added = in.targets().stream().map(RuleTargets::of).toList();
    kv.tx(
        tx -> {
          Rule rule = store.needed(tx, call, store.bus(tx, call, in.eventBusName()), in.rule());
          var byId = new LinkedHashMap<String, Rule.RuleTarget>();
          rule.targets().forEach(target -> byId.put(target.id(), target));
          added.forEach(target -> byId.put(target.id(), target));
          if (byId.size() > EventsLimits.TARGETS_PER_RULE_MAX) {
            throw EventsErrors.tooManyTargets();
          }
          store.put(tx, call, rule.withTargets(List.copyOf(byId.values())));
          return 0;
        });
    return new PutTargetsResponse().failedEntryCount(0).failedEntries(List.of());
  }

  @Override
  public RemoveTargetsResponse removeTargets(Call call, RemoveTargetsRequest in) {
    kv.tx(
        tx -> {
          Rule rule = store.needed(tx, call, store.bus(tx, call, in.eventBusName()), in.rule());
          store.put(
              tx,
              call,
              rule.withTargets(
                  rule.targets().stream()
                      .filter(target -> !in.ids().contains(target.id()))
                      .toList()));
          return 0;
        });
    return new RemoveTargetsResponse().failedEntryCount(0).failedEntries(List.of());
  }

  @Override
  public ListTargetsByRuleResponse listTargetsByRule(Call call, ListTargetsByRuleRequest in) {
    Rule rule =
        kv.read(
            reader ->
                store.needed(reader, call, store.bus(reader, call, in.eventBusName()), in.rule()));
    var page =
        Paging.of(
            rule.targets().stream().map(RuleTargets::shown).toList(), in.nextToken(), in.limit());
    return new ListTargetsByRuleResponse().targets(page.items()).nextToken(page.next());
  }

  @Override
  public TestEventPatternResponse testEventPattern(Call call, TestEventPatternRequest in) {
    EventPattern pattern = checkPattern(in.eventPattern());
    try {
      JsonNode event = Json.parse(in.event());
      for (String field :
          List.of("id", "account", "source", "time", "region", "resources", "detail-type")) {
        if (!event.has(field)) {
          throw EventsErrors.validation(
              "Parameter Event is not valid. Reason: Event does not contain " + field);
        }
      }
      return new TestEventPatternResponse().result(pattern.matches(event));
    } catch (JsonProcessingException e) {
      throw EventsErrors.validation("Parameter Event is not valid.");
    }
  }

  @Override
  public PutEventsResponse putEvents(Call call, PutEventsRequest in) {
    int bytes = in.entries().stream().mapToInt(PutEvents::size).sum();
    if (bytes > EventsLimits.ENTRIES_BYTES_MAX) {
      throw EventsErrors.validation("Total size of the entries in the request is over the limit.");
    }
    if (in.endpointId() != null) {
      throw EventsErrors.validation("Brume does not implement EndpointId of PutEvents yet");
    }
    List<PutEventsResultEntry> results =
        kv.tx(
            tx -> {
              var entries = new ArrayList<PutEventsResultEntry>();
              for (PutEventsRequestEntry entry : in.entries()) {
                entries.add(put(tx, call, entry));
              }
              return entries;
            });
    int failed = (int) results.stream().filter(result -> result.errorCode() != null).count();
    return new PutEventsResponse().failedEntryCount(failed).entries(results);
  }

  private PutEventsResultEntry put(Tx tx, Call call, PutEventsRequestEntry entry) {
    PutEventsResultEntry problem = PutEvents.problem(entry);
    if (problem != null) {
      return problem;
    }
    String bus = store.bus(tx, call, entry.eventBusName());
    Instant time = entry.time() == null ? call.now() : entry.time();
    ObjectNode event =
        router.envelope(
            call,
            String.valueOf(entry.detailType()),
            String.valueOf(entry.source()),
            time.toString());
    var resources = event.putArray("resources");
    entry.resources().forEach(resources::add);
    event.set("detail", Json.parseOwn(String.valueOf(entry.detail())));
    router.route(tx, call, bus, event);
    return new PutEventsResultEntry().eventId(event.get("id").asText());
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    return tags.add(call, in);
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    return tags.remove(call, in);
  }

  @Override
  public ListTagsForResourceResponse listTagsForResource(Call call, ListTagsForResourceRequest in) {
    return tags.list(call, in);
  }

  /// Sets the timer of a scheduled rule to its next time, or removes it.
  private void plan(Tx tx, Call call, Rule rule) {
    String id = timerId(call, rule);
    timers.cancel(tx, EventsStore.SCHEDULE_TIMER, id);
    if (rule.scheduleExpression() != null && rule.enabled()) {
      Instant next =
          Schedule.of(rule.scheduleExpression())
              .next(call.now(), Instant.ofEpochMilli(rule.firedMillis()));
      if (next != null) {
        timers.schedule(tx, EventsStore.SCHEDULE_TIMER, id, next, new byte[0]);
      }
    }
  }

  // However many times came due while the process was down, the rule fires once and goes on from
  // now.
  private void fireSchedule(String id) {
    String[] where = id.split("/", 4);
    var call =
        new Call(
            where[0],
            where[1],
            new Principal.ServicePrincipal("events.amazonaws.com", "", where[0]),
            ids.uuid(),
            clock.instant(),
            "");
    kv.tx(
        tx -> {
          Rule rule = store.rule(tx, call, where[2], where[3]);
          timers.cancel(tx, EventsStore.SCHEDULE_TIMER, id);
          if (rule != null && rule.enabled() && rule.scheduleExpression() != null) {
            router.fire(tx, call, rule, router.scheduled(call, rule));
            Rule fired =
                Schedule.of(rule.scheduleExpression()) instanceof Schedule.Rate
                    ? rule
                    : rule.fired(call.now().toEpochMilli());
            store.put(tx, call, fired);
            plan(tx, call, fired);
          }
          return 0;
        });
  }

  /// Another service's event, already in its envelope, or an event that a rule sends to a bus.
  private void receive(Event event) throws Targets.DeliveryFailed {
    String[] arn = event.targetArn().split(":", 6);
    String name = arn[5].substring(arn[5].lastIndexOf('/') + 1);
    var call =
        new Call(
            arn[4],
            arn[3],
            new Principal.ServicePrincipal(
                event.source(), event.sourceArn(), event.sourceAccount()),
            event.id(),
            clock.instant(),
            "");
    try {
      JsonNode envelope = Json.parse(new String(event.payload(), StandardCharsets.UTF_8));
      kv.tx(
          tx -> {
            router.route(tx, call, store.bus(tx, call, name), envelope);
            return 0;
          });
    } catch (JsonProcessingException e) {
      throw new Targets.DeliveryFailed("MalformedDetail", "the event is not JSON", false);
    } catch (ResourceNotFoundException e) {
      throw new Targets.DeliveryFailed(
          "ResourceNotFoundException", String.valueOf(e.getMessage()), false);
    }
  }

  private static String timerId(Call call, Rule rule) {
    return call.account() + "/" + call.region() + "/" + rule.bus() + "/" + rule.name();
  }

  private static String busArn(Call call, String name) {
    return call.arn("events", "event-bus/" + name);
  }
}

package dev.brume.services.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.events.*;
import dev.brume.store.MemoryKv;
import dev.brume.store.Tx;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventsServiceTest {
  private static final Instant START = Instant.parse("2026-01-01T12:30:00Z");
  private static final String FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:f";
  private final List<Event> sent = Collections.synchronizedList(new ArrayList<>());
  private final MemoryKv kv = new MemoryKv();
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final Targets targets =
      new Targets() {
        @Override
        public void receive(String arnService, Receiver receiver) {}

        @Override
        public void send(Tx tx, Event event) {
          tx.afterCommit(() -> sent.add(event));
        }
      };
  private final EventsService service =
      new EventsService(kv, clock, timers, targets, new Ids(new Random(1)));

  private Call call() {
    return new Call(
        "000000000000", "us-east-1", new Principal.Root("000000000000"), "r", clock.instant(), "");
  }

  @BeforeEach
  void start() {
    timers.start();
  }

  private void rule(String name, String pattern, String schedule, Target target) {
    service.putRule(
        call(), new PutRuleRequest().name(name).eventPattern(pattern).scheduleExpression(schedule));
    service.putTargets(call(), new PutTargetsRequest().rule(name).targets(List.of(target)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      0 1 * * ? *        | 2026-01-02T01:00:00Z
      */15 * * * ? *     | 2026-01-01T12:45:00Z
      0 18 ? * MON-FRI * | 2026-01-01T18:00:00Z
      0 8 1 * ? *        | 2026-02-01T08:00:00Z
      0 9 L * ? *        | 2026-01-31T09:00:00Z
      0 9 ? * 2#1 *      | 2026-01-05T09:00:00Z
      0 9 ? * 6L *       | 2026-01-30T09:00:00Z
      0 9 3W * ? *       | 2026-01-02T09:00:00Z
      0 0 29 2 ? *       | 2028-02-29T00:00:00Z
      5,40 12 * JAN ? *  | 2026-01-01T12:40:00Z
      """)
  void cronInUtc(String fields, String expected) {
    assertThat(CronExpression.of(fields).next(START)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
      cron(0 1 * * * *)
      cron(0 25 * * ? *)
      cron(0 1 * * ?)
      rate(1 minutes)
      rate(0 days)
      every day
      cron(0 0 31 2 ? *)
      """)
  void badSchedulesAreRefused(String expression) {
    assertThatThrownBy(
            () ->
                service.putRule(
                    call(), new PutRuleRequest().name("r").scheduleExpression(expression)))
        .hasMessage("Parameter ScheduleExpression is not valid.");
  }

  @Test
  void aScheduledRuleFiresEachTimeTheClockPassesIt() {
    rule("daily", null, "cron(0 1 * * ? *)", new Target().id("t").arn(FUNCTION));
    timers.advance(Duration.ofDays(3));
    assertThat(sent).hasSize(3);
    var event = dev.brume.json.Json.parseOwn(new String(sent.getFirst().payload()));
    assertThat(event.get("detail-type").asText()).isEqualTo("Scheduled Event");
    assertThat(event.get("time").asText()).isEqualTo("2026-01-02T01:00:00Z");
    assertThat(event.get("resources").get(0).asText())
        .isEqualTo("arn:aws:events:us-east-1:000000000000:rule/daily");
    service.disableRule(call(), new DisableRuleRequest().name("daily"));
    timers.advance(Duration.ofDays(3));
    assertThat(sent).hasSize(3);
  }

  @Test
  void ratesCountFromTheRulesCreation() {
    rule("often", null, "rate(5 minutes)", new Target().id("t").arn(FUNCTION));
    timers.advance(Duration.ofMinutes(16));
    assertThat(sent).hasSize(3);
  }

  @Test
  void matchingEventsReachTheTargetsInTheirForm() {
    rule(
        "orders",
        "{\"source\": [\"shop\"]}",
        null,
        new Target()
            .id("t")
            .arn(FUNCTION)
            .inputTransformer(
                new InputTransformer()
                    .inputPathsMap(Map.of("id", "$.detail.id", "n", "$.detail.lines[1].n"))
                    .inputTemplate("{\"order\": \"no <id>\", \"n\": <n>}")));
    var response =
        service.putEvents(
            call(),
            new PutEventsRequest()
                .entries(
                    List.of(
                        new PutEventsRequestEntry()
                            .source("shop")
                            .detailType("Order")
                            .detail("{\"id\": \"a\\\"b\", \"lines\": [{}, {\"n\": 7}]}"),
                        new PutEventsRequestEntry().source("else").detailType("Order").detail("{}"),
                        new PutEventsRequestEntry()
                            .source("shop")
                            .detailType("Order")
                            .detail("not json"),
                        new PutEventsRequestEntry()
                            .source("aws.s3")
                            .detailType("Order")
                            .detail("{}"))));
    assertThat(response.failedEntryCount()).isEqualTo(2);
    assertThat(response.entries().get(2).errorCode()).isEqualTo("MalformedDetail");
    assertThat(sent).hasSize(1);
    assertThat(new String(sent.getFirst().payload()))
        .isEqualTo("{\"order\": \"no a\\\"b\", \"n\": 7}");
  }

  @Test
  void aRuleWithTargetsCannotBeDeleted() {
    rule("r", "{\"source\": [\"shop\"]}", null, new Target().id("t").arn(FUNCTION));
    assertThatThrownBy(() -> service.deleteRule(call(), new DeleteRuleRequest().name("r")))
        .hasMessage("Rule can't be deleted since it has targets.");
    assertThatThrownBy(() -> service.describeRule(call(), new DescribeRuleRequest().name("no")))
        .hasMessage("Rule no does not exist on EventBus default.");
    assertThatThrownBy(
            () ->
                service.putTargets(
                    call(),
                    new PutTargetsRequest()
                        .rule("r")
                        .targets(
                            List.of(
                                new Target().id("k").arn("arn:aws:kinesis:us-east-1:0:stream/s")))))
        .hasMessageContaining("does not deliver events to targets of kinesis");
  }
}

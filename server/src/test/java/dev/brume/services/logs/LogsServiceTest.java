package dev.brume.services.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.logs.*;
import dev.brume.store.Key;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogsServiceTest {
  private static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  private static final long T = START.toEpochMilli();
  private final MemoryKv kv = new MemoryKv();
  private final VirtualClock clock = new VirtualClock(kv, () -> START);
  private final DurableTimers timers = new DurableTimers(kv, clock);
  private final LogsService service = new LogsService(kv, clock, timers, new Ids(new Random(1)));

  private Call call() {
    return new Call(
        "000000000000", "us-east-1", new Principal.Root("000000000000"), "r", clock.instant(), "");
  }

  @BeforeEach
  void start() {
    timers.start();
    service.createLogGroup(call(), new CreateLogGroupRequest().logGroupName("g"));
    stream("a");
    stream("b");
  }

  @AfterEach
  void stop() {
    timers.close();
    kv.close();
  }

  private void stream(String name) {
    service.createLogStream(
        call(), new CreateLogStreamRequest().logGroupName("g").logStreamName(name));
  }

  private PutLogEventsResponse put(String stream, InputLogEvent... events) {
    return service.putLogEvents(
        call(),
        new PutLogEventsRequest()
            .logGroupName("g")
            .logStreamName(stream)
            .logEvents(List.of(events)));
  }

  private static InputLogEvent event(long millis, String message) {
    return new InputLogEvent().timestamp(millis).message(message);
  }

  private GetLogEventsResponse get(GetLogEventsRequest in) {
    return service.getLogEvents(call(), in.logGroupName("g").logStreamName("a"));
  }

  private FilterLogEventsResponse filter(FilterLogEventsRequest in) {
    return service.filterLogEvents(call(), in.logGroupName("g"));
  }

  private static List<String> texts(FilterLogEventsResponse page) {
    return page.events().stream().map(FilteredLogEvent::message).toList();
  }

  private static List<String> texts(GetLogEventsResponse page) {
    return page.events().stream().map(OutputLogEvent::message).toList();
  }

  private long storedEvents() {
    var count = new long[1];
    kv.read(
        reader -> {
          reader.scan(
              Key.of("logs", "000000000000", "us-east-1", "event"),
              (_, _) -> {
                count[0]++;
                return true;
              });
          return 0;
        });
    return count[0];
  }

  @Test
  void readsForwardsAndWaitsAtTheEnd() {
    put("a", event(T, "1"), event(T, "2"), event(T + 1, "3"));
    var first = get(new GetLogEventsRequest().startFromHead(true).limit(2));
    assertThat(texts(first)).containsExactly("1", "2");
    var second = get(new GetLogEventsRequest().nextToken(first.nextForwardToken()));
    assertThat(texts(second)).containsExactly("3");
    var end = get(new GetLogEventsRequest().nextToken(second.nextForwardToken()));
    assertThat(texts(end)).isEmpty();
    assertThat(end.nextForwardToken()).isEqualTo(second.nextForwardToken());
    put("a", event(T + 2, "4"));
    assertThat(texts(get(new GetLogEventsRequest().nextToken(end.nextForwardToken()))))
        .containsExactly("4");
    assertThat(texts(get(new GetLogEventsRequest().nextToken(second.nextBackwardToken()))))
        .containsExactly("1", "2");
  }

  @Test
  void readsTheLatestWithoutAToken() {
    put("a", event(T, "1"), event(T + 1, "2"), event(T + 2, "3"));
    var last = get(new GetLogEventsRequest().limit(2));
    assertThat(texts(last)).containsExactly("2", "3");
    var before = get(new GetLogEventsRequest().nextToken(last.nextBackwardToken()));
    assertThat(texts(before)).containsExactly("1");
    assertThat(texts(get(new GetLogEventsRequest().startTime(T + 1).endTime(T + 2))))
        .containsExactly("2");
  }

  @Test
  void filtersAllStreamsByTimeInPages() {
    put("a", event(T, "a0 x"), event(T + 2, "a2 x"), event(T + 4, "a4 x"));
    put("b", event(T, "b0 x"), event(T + 1, "b1"), event(T + 3, "b3 x"));
    var seen = new ArrayList<String>();
    String token = null;
    do {
      var page = filter(new FilterLogEventsRequest().filterPattern("x").limit(2).nextToken(token));
      assertThat(page.events().size()).isLessThanOrEqualTo(2);
      seen.addAll(texts(page));
      token = page.nextToken();
    } while (token != null);
    assertThat(seen).containsExactlyInAnyOrder("a0 x", "b0 x", "a2 x", "b3 x", "a4 x");
    assertThat(seen.subList(2, 5)).containsExactly("a2 x", "b3 x", "a4 x");
    assertThat(texts(filter(new FilterLogEventsRequest().startTime(T + 3).endTime(T + 4))))
        .containsExactly("b3 x", "a4 x");
    assertThat(texts(filter(new FilterLogEventsRequest().logStreamNamePrefix("b"))))
        .containsExactly("b0 x", "b1", "b3 x");
    assertThat(texts(filter(new FilterLogEventsRequest().logStreamNames(List.of("a"))))).hasSize(3);
  }

  @Test
  void mergesMoreThanAChunk() {
    for (int batch = 0; batch < 5; batch++) {
      int from = batch * 100;
      put(
          batch % 2 == 0 ? "a" : "b",
          IntStream.range(from, from + 100)
              .mapToObj(i -> event(T + i % 100, "m" + i))
              .toArray(InputLogEvent[]::new));
    }
    var page = filter(new FilterLogEventsRequest());
    assertThat(page.events()).hasSize(500);
    assertThat(page.events()).extracting(FilteredLogEvent::timestamp).isSorted();
    assertThat(page.events()).extracting(FilteredLogEvent::eventId).doesNotHaveDuplicates();
    assertThat(page.events().getFirst().eventId()).hasSize(56);
  }

  @Test
  void refusesAndRejects() {
    assertThatThrownBy(() -> put("none", event(T, "x")))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessage("The specified log stream does not exist.");
    assertThatThrownBy(() -> put("a", event(T + 1, "x"), event(T, "y")))
        .isInstanceOf(InvalidParameterException.class)
        .hasMessageContaining("chronological order");
    assertThatThrownBy(() -> put("a", event(T - 90_000_000, "x"), event(T, "y")))
        .hasMessageContaining("24 hours");
    assertThatThrownBy(() -> put("a", event(T, "x".repeat(1_048_576))))
        .hasMessage("Upload too large: 1048602 bytes exceeds limit of 1048576");
    assertThatThrownBy(() -> filter(new FilterLogEventsRequest().filterPattern("{")))
        .hasMessage("Invalid filter pattern");
    assertThatThrownBy(() -> filter(new FilterLogEventsRequest().nextToken("%")))
        .hasMessage("The specified nextToken is invalid.");
    assertThatThrownBy(() -> get(new GetLogEventsRequest().nextToken("f/9")))
        .hasMessage("The specified nextToken is invalid.");
    assertThatThrownBy(
            () -> service.createLogGroup(call(), new CreateLogGroupRequest().logGroupName("g")))
        .isInstanceOf(ResourceAlreadyExistsException.class);
    long day = Duration.ofDays(1).toMillis();
    var old = put("a", event(T - 14 * day - 1, "old"), event(T - 14 * day, "kept"));
    assertThat(old.rejectedLogEventsInfo().tooOldLogEventEndIndex()).isEqualTo(1);
    var early = put("a", event(T, "kept"), event(T + 7_200_001, "new"));
    assertThat(early.rejectedLogEventsInfo().tooNewLogEventStartIndex()).isEqualTo(1);
    assertThat(texts(filter(new FilterLogEventsRequest()))).containsExactly("kept", "kept");
  }

  @Test
  void deletesWhatNobodyReaches() {
    put("a", event(T, "1"));
    put("b", event(T, "2"));
    service.deleteLogStream(
        call(), new DeleteLogStreamRequest().logGroupName("g").logStreamName("a"));
    timers.advance(Duration.ofSeconds(1));
    assertThat(storedEvents()).isEqualTo(1);
    service.deleteLogGroup(call(), new DeleteLogGroupRequest().logGroupName("g"));
    service.createLogGroup(call(), new CreateLogGroupRequest().logGroupName("g"));
    assertThat(texts(filter(new FilterLogEventsRequest()))).isEmpty();
    timers.advance(Duration.ofSeconds(1));
    assertThat(storedEvents()).isZero();
  }

  @Test
  void retains() {
    service.putRetentionPolicy(
        call(), new PutRetentionPolicyRequest().logGroupName("g").retentionInDays(3));
    put("a", event(T, "1"));
    timers.advance(Duration.ofHours(71));
    assertThat(texts(filter(new FilterLogEventsRequest()))).containsExactly("1");
    timers.advance(Duration.ofHours(2));
    assertThat(texts(filter(new FilterLogEventsRequest()))).isEmpty();
    assertThat(texts(get(new GetLogEventsRequest()))).isEmpty();
    timers.advance(Duration.ofHours(30));
    assertThat(storedEvents()).isZero();
    assertThatThrownBy(
            () ->
                service.putRetentionPolicy(
                    call(), new PutRetentionPolicyRequest().logGroupName("g").retentionInDays(2)))
        .isInstanceOf(InvalidParameterException.class);
  }

  @Test
  void describesInPages() {
    put("a", event(T + 5, "1"));
    put("b", event(T + 1, "2"));
    var byTime =
        new DescribeLogStreamsRequest()
            .logGroupName("g")
            .orderBy("LastEventTime")
            .descending(true)
            .limit(1);
    var first = service.describeLogStreams(call(), byTime);
    assertThat(first.logStreams()).extracting(LogStream::logStreamName).containsExactly("a");
    var second = service.describeLogStreams(call(), byTime.nextToken(first.nextToken()));
    assertThat(second.logStreams()).extracting(LogStream::logStreamName).containsExactly("b");
    assertThat(second.nextToken()).isNull();
    service.createLogGroup(
        call(), new CreateLogGroupRequest().logGroupName("/aws/Fn").tags(Map.of("k", "v")));
    var groups =
        service.describeLogGroups(
            call(), new DescribeLogGroupsRequest().logGroupNamePattern("aws/fn"));
    assertThat(groups.logGroups()).hasSize(1);
    assertThat(groups.logGroups().getFirst().arn())
        .isEqualTo("arn:aws:logs:us-east-1:000000000000:log-group:/aws/Fn:*");
    var tags =
        service.listTagsForResource(
            call(),
            new ListTagsForResourceRequest()
                .resourceArn("arn:aws:logs:us-east-1:000000000000:log-group:/aws/Fn"));
    assertThat(tags.tags()).containsEntry("k", "v");
  }
}

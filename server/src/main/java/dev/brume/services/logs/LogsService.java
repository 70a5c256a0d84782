package dev.brume.services.logs;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.logs.*;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Amazon CloudWatch Logs' operations.
public final class LogsService implements LogsApi {
  private final Kv kv;
  private final Ids ids;
  private final LogsStore store = new LogsStore();
  private final Sweeping sweeping;
  private final EventWriting writing;
  private final StreamReading streamReading;
  private final GroupReading groupReading;

  public LogsService(Kv kv, Clock clock, Timers timers, Ids ids) {
    this.kv = kv;
    this.ids = ids;
    this.sweeping = new Sweeping(kv, clock, timers, store);
    this.writing = new EventWriting(kv, store);
    this.streamReading = new StreamReading(kv, store);
    this.groupReading = new GroupReading(kv, store);
  }

  @Override
  public CreateLogGroupResponse createLogGroup(Call call, CreateLogGroupRequest in) {
    if (in.kmsKeyId() != null) {
      throw LogsErrors.notYet("the encryption of a log group with a key of one's own");
    }
    if (in.logGroupClass() != null && !in.logGroupClass().equals("STANDARD")) {
      throw LogsErrors.notYet("log groups of the class " + in.logGroupClass());
    }
    if (Boolean.TRUE.equals(in.deletionProtectionEnabled())) {
      throw LogsErrors.notYet("the deletion protection of log groups");
    }
    String id = ids.lower(16);
    kv.tx(
        tx -> {
          if (store.find(tx, call, in.logGroupName()) != null) {
            throw LogsErrors.groupExists();
          }
          var tags = new LinkedHashMap<>(in.tags());
          store.put(
              tx, call, new GroupRow(in.logGroupName(), id, call.now().toEpochMilli(), null, tags));
          return 0;
        });
    return new CreateLogGroupResponse();
  }

  @Override
  public DeleteLogGroupResponse deleteLogGroup(Call call, DeleteLogGroupRequest in) {
    kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, in.logGroupName());
          store.delete(tx, call, group);
          sweeping.forget(tx, group);
          sweeping.deleted(tx, call, store.streams(call.account(), call.region(), group.id()));
          sweeping.deleted(tx, call, store.events(call.account(), call.region(), group.id()));
          return 0;
        });
    return new DeleteLogGroupResponse();
  }

  @Override
  public DescribeLogGroupsResponse describeLogGroups(Call call, DescribeLogGroupsRequest in) {
    String prefix = in.logGroupNamePrefix();
    String part = in.logGroupNamePattern();
    if (prefix != null && part != null) {
      throw LogsErrors.invalid(
          "LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.");
    }
    if (Boolean.TRUE.equals(in.includeLinkedAccounts()) || in.hasAccountIdentifiers()) {
      throw LogsErrors.notYet("linked accounts");
    }
    List<String> named = in.logGroupIdentifiers().stream().map(Names::ofIdentifier).toList();
    return kv.read(
        reader -> {
          List<GroupRow> groups =
              store.groups(reader, call).stream()
                  .filter(group -> prefix == null || group.name().startsWith(prefix))
                  .filter(group -> part == null || contains(group.name(), part))
                  .filter(group -> !in.hasLogGroupIdentifiers() || named.contains(group.name()))
                  .filter(
                      group -> in.logGroupClass() == null || in.logGroupClass().equals("STANDARD"))
                  .toList();
          var page = Names.page(groups, GroupRow::name, false, in.nextToken(), limit(in.limit()));
          return new DescribeLogGroupsResponse()
              .logGroups(
                  page.items().stream()
                      .map(
                          group ->
                              described(
                                  call,
                                  group,
                                  store.streams(reader, call.account(), call.region(), group)))
                      .toList())
              .nextToken(page.next());
        });
  }

  private static boolean contains(String name, String part) {
    return name.toLowerCase(Locale.ROOT).contains(part.toLowerCase(Locale.ROOT));
  }

  private static int limit(@Nullable Integer asked) {
    return asked == null ? LogsLimits.DESCRIBE_MAX : asked;
  }

  private static LogGroup described(Call call, GroupRow group, List<StreamRow> streams) {
    String arn = call.arn("logs", "log-group:" + group.name());
    return new LogGroup()
        .logGroupName(group.name())
        .creationTime(group.createdMillis())
        .retentionInDays(group.retentionDays())
        .metricFilterCount(0)
        .arn(arn + ":*")
        .logGroupArn(arn)
        .storedBytes(streams.stream().mapToLong(StreamRow::storedBytes).sum())
        .logGroupClass("STANDARD")
        .deletionProtectionEnabled(false);
  }

  @Override
  public CreateLogStreamResponse createLogStream(Call call, CreateLogStreamRequest in) {
    String id = ids.lower(16);
    kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, in.logGroupName());
          if (store.find(tx, call, group, in.logStreamName()) != null) {
            throw LogsErrors.streamExists();
          }
          store.put(
              tx, call, group, StreamRow.of(in.logStreamName(), id, call.now().toEpochMilli()));
          return 0;
        });
    return new CreateLogStreamResponse();
  }

  @Override
  public DeleteLogStreamResponse deleteLogStream(Call call, DeleteLogStreamRequest in) {
    kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, in.logGroupName());
          StreamRow stream = store.stream(tx, call, group, in.logStreamName());
          store.delete(tx, call, group, stream);
          sweeping.deleted(tx, call, store.events(call, group, stream));
          return 0;
        });
    return new DeleteLogStreamResponse();
  }

  @Override
  public DescribeLogStreamsResponse describeLogStreams(Call call, DescribeLogStreamsRequest in) {
    String groupName = Names.group(in.logGroupName(), in.logGroupIdentifier());
    String prefix = in.logStreamNamePrefix();
    boolean byTime = "LastEventTime".equals(in.orderBy());
    boolean descending = Boolean.TRUE.equals(in.descending());
    if (byTime && prefix != null) {
      throw LogsErrors.invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }
    var streams =
        kv.read(
            reader ->
                new ArrayList<>(
                    store
                        .streams(
                            reader,
                            call.account(),
                            call.region(),
                            store.group(reader, call, groupName))
                        .stream()
                        .filter(stream -> prefix == null || stream.name().startsWith(prefix))
                        .toList()));
    Function<StreamRow, String> place = byTime ? LogsService::timePlace : StreamRow::name;
    streams.sort(Comparator.comparing(place));
    if (descending) {
      Collections.reverse(streams);
    }
    var page = Names.page(streams, place, descending, in.nextToken(), limit(in.limit()));
    return new DescribeLogStreamsResponse()
        .logStreams(
            page.items().stream().map(stream -> described(call, groupName, stream)).toList())
        .nextToken(page.next());
  }

  private static String timePlace(StreamRow stream) {
    long millis = stream.lastMillis() == null ? 0 : stream.lastMillis();
    return String.format("%019d/%s", millis, stream.name());
  }

  private static LogStream described(Call call, String groupName, StreamRow stream) {
    return new LogStream()
        .logStreamName(stream.name())
        .creationTime(stream.createdMillis())
        .firstEventTimestamp(stream.firstMillis())
        .lastEventTimestamp(stream.lastMillis())
        .lastIngestionTime(stream.ingestedMillis())
        .uploadSequenceToken(String.format("%056d", stream.nextSequence()))
        .arn(call.arn("logs", "log-group:" + groupName + ":log-stream:" + stream.name()))
        .storedBytes(0L);
  }

  @Override
  public PutLogEventsResponse putLogEvents(Call call, PutLogEventsRequest in) {
    return writing.put(call, in);
  }

  @Override
  public GetLogEventsResponse getLogEvents(Call call, GetLogEventsRequest in) {
    return streamReading.get(call, in);
  }

  @Override
  public FilterLogEventsResponse filterLogEvents(Call call, FilterLogEventsRequest in) {
    return groupReading.filter(call, in);
  }

  @Override
  public PutRetentionPolicyResponse putRetentionPolicy(Call call, PutRetentionPolicyRequest in) {
    if (!LogsLimits.RETENTION_DAYS.contains(in.retentionInDays())) {
      throw LogsErrors.badRetention();
    }
    retain(call, in.logGroupName(), in.retentionInDays());
    return new PutRetentionPolicyResponse();
  }

  @Override
  public DeleteRetentionPolicyResponse deleteRetentionPolicy(
      Call call, DeleteRetentionPolicyRequest in) {
    retain(call, in.logGroupName(), null);
    return new DeleteRetentionPolicyResponse();
  }

  private void retain(Call call, String name, @Nullable Integer days) {
    kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, name).withRetention(days);
          store.put(tx, call, group);
          sweeping.plan(tx, call, group);
          return 0;
        });
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    tag(call, tagged(call, in.resourceArn()), in.tags());
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    untag(call, tagged(call, in.resourceArn()), in.tagKeys());
    return new UntagResourceResponse();
  }

  @Override
  public ListTagsForResourceResponse listTagsForResource(Call call, ListTagsForResourceRequest in) {
    return new ListTagsForResourceResponse().tags(tags(call, tagged(call, in.resourceArn())));
  }

  @Override
  public TagLogGroupResponse tagLogGroup(Call call, TagLogGroupRequest in) {
    tag(call, in.logGroupName(), in.tags());
    return new TagLogGroupResponse();
  }

  @Override
  public UntagLogGroupResponse untagLogGroup(Call call, UntagLogGroupRequest in) {
    untag(call, in.logGroupName(), in.tags());
    return new UntagLogGroupResponse();
  }

  @Override
  public ListTagsLogGroupResponse listTagsLogGroup(Call call, ListTagsLogGroupRequest in) {
    return new ListTagsLogGroupResponse().tags(tags(call, in.logGroupName()));
  }

  private static String tagged(Call call, String arn) {
    String prefix = call.arn("logs", "log-group:");
    if (!arn.startsWith(prefix)) {
      throw LogsErrors.noResource();
    }
    return Names.ofIdentifier(arn);
  }

  private Map<String, String> tags(Call call, String name) {
    return kv.read(reader -> store.group(reader, call, name).tags());
  }

  private void tag(Call call, String name, Map<String, String> added) {
    kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, name);
          var tags = new LinkedHashMap<>(group.tags());
          tags.putAll(added);
          if (tags.size() > LogsLimits.TAGS_MAX) {
            throw LogsErrors.tooManyTags();
          }
          store.put(tx, call, group.withTags(tags));
          return 0;
        });
  }

  private void untag(Call call, String name, List<String> keys) {
    kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, name);
          var tags = new LinkedHashMap<>(group.tags());
          keys.forEach(tags::remove);
          store.put(tx, call, group.withTags(tags));
          return 0;
        });
  }
}

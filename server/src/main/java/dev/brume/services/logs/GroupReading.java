package dev.brume.services.logs;

import dev.brume.model.Call;
import dev.brume.model.logs.*;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// FilterLogEvents: the streams of a group merged by time. Each stream is read in chunks, and not
/// at all when its events lie outside the wanted time.
final class GroupReading {
  private static final int CHUNK_EVENTS = 200;
  private static final Pattern TOKEN = Pattern.compile("(\\d{1,18})/([0-9a-z]+)/(\\d{1,18})");
  private final Kv kv;
  private final LogsStore store;

  GroupReading(Kv kv, LogsStore store) {
    this.kv = kv;
    this.store = store;
  }

  /// Where a page begins: an event in the order of time, stream id, number.
  private record Place(long millis, String streamId, long sequence) {
    static @Nullable Place of(@Nullable String token) {
      if (token == null) {
        return null;
      }
      Matcher matcher = TOKEN.matcher(Names.decode(token));
      if (!matcher.matches()) {
        throw LogsErrors.badToken();
      }
      return new Place(
          Long.parseLong(matcher.group(1)), matcher.group(2), Long.parseLong(matcher.group(3)));
    }

    static String token(LogEvent event) {
      return Names.encode(event.millis() + "/" + event.stream().id() + "/" + event.sequence());
    }
  }

  FilterLogEventsResponse filter(Call call, FilterLogEventsRequest in) {
    String groupName = Names.group(in.logGroupName(), in.logGroupIdentifier());
    if (in.hasLogStreamNames() && in.logStreamNamePrefix() != null) {
      throw LogsErrors.invalid(
          "LogStreamNames and LogStreamNamePrefix are mutually exclusive parameters.");
    }
    if (in.startTime() != null && in.endTime() != null && in.startTime() > in.endTime()) {
      throw LogsErrors.invalid("End time should be greater than start time.");
    }
    if (Boolean.FALSE.equals(in.startFromHead())) {
      throw LogsErrors.notYet("FilterLogEvents with startFromHead=false");
    }
    FilterPattern pattern;
    try {
      pattern = FilterPattern.of(in.filterPattern());
    } catch (FilterPattern.Invalid e) {
      throw LogsErrors.badPattern();
    }
    Place place = Place.of(in.nextToken());
    int limit = in.limit() == null ? LogsLimits.PAGE_EVENTS_MAX : in.limit();
    return kv.read(
        reader -> {
          GroupRow group = store.group(reader, call, groupName);
          long start =
              Math.max(
                  in.startTime() == null ? 0 : in.startTime(),
                  group.expiredBeforeMillis(call.now().toEpochMilli()));
          long end = in.endTime() == null ? Long.MAX_VALUE : in.endTime();
          var heads = new PriorityQueue<Cursor>();
          for (StreamRow stream : streams(reader, call, group, in)) {
            if (stream.lastMillis() != null
                && stream.firstMillis() != null
                && stream.lastMillis() >= start
                && stream.firstMillis() <= end) {
              Key events = store.events(call, group, stream);
              var cursor = new Cursor(reader, stream, events, from(events, stream, start, place));
              if (cursor.peek(end) != null) {
                heads.add(cursor);
              }
            }
          }
          return merge(heads, pattern, end, limit);
        });
  }

  private List<StreamRow> streams(
      Reader reader, Call call, GroupRow group, FilterLogEventsRequest in) {
    if (in.hasLogStreamNames()) {
      return new HashSet<>(in.logStreamNames())
          .stream().map(name -> store.stream(reader, call, group, name)).toList();
    }
    String prefix = in.logStreamNamePrefix();
    List<StreamRow> all = store.streams(reader, call.account(), call.region(), group);
    return prefix == null
        ? all
        : all.stream().filter(stream -> stream.name().startsWith(prefix)).toList();
  }

  private static Key from(Key events, StreamRow stream, long start, @Nullable Place place) {
    if (place == null || place.millis() < start) {
      return events.then(start);
    }
    int order = stream.id().compareTo(place.streamId());
    return order < 0
        ? events.then(place.millis() + 1)
        : order > 0 ? events.then(place.millis()) : events.then(place.millis(), place.sequence());
  }

  private static FilterLogEventsResponse merge(
      PriorityQueue<Cursor> heads, FilterPattern pattern, long end, int limit) {
    var found = new ArrayList<FilteredLogEvent>();
    int searched = 0;
    long bytes = 0;
    String next = null;
    while (!heads.isEmpty()) {
      Cursor cursor = heads.poll();
      LogEvent event = cursor.take();
      searched++;
      if (pattern.matches(event.message())) {
        bytes += event.message().length() + LogsLimits.EVENT_OVERHEAD_BYTES;
        if (found.size() == limit || !found.isEmpty() && bytes > LogsLimits.PAGE_BYTES_MAX) {
          next = Place.token(event);
          break;
        }
        found.add(output(event));
      } else if (searched > LogsLimits.PAGE_SEARCHED_MAX) {
        next = Place.token(event);
        break;
      }
      if (cursor.peek(end) != null) {
        heads.add(cursor);
      }
    }
    return new FilterLogEventsResponse()
        .events(found)
        .searchedLogStreams(List.of())
        .nextToken(next);
  }

  private static FilteredLogEvent output(LogEvent event) {
    return new FilteredLogEvent()
        .logStreamName(event.stream().name())
        .timestamp(event.millis())
        .message(event.message())
        .ingestionTime(event.ingestedMillis())
        .eventId(event.eventId());
  }

  /// Reads one stream on.
  private final class Cursor implements Comparable<Cursor> {
    private final Reader reader;
    private final StreamRow stream;
    private final Key end;
    private final ArrayDeque<LogEvent> chunk = new ArrayDeque<>();
    private @Nullable Key from;

    Cursor(Reader reader, StreamRow stream, Key events, Key from) {
      this.reader = reader;
      this.stream = stream;
      this.end = events.end();
      this.from = from;
    }

    /// The next event, null when there is none up to this time.
    @Nullable LogEvent peek(long endMillis) {
      if (chunk.isEmpty() && from != null) {
        Key start = from;
        from = null;
        reader.scan(
            start,
            end,
            (key, value) -> {
              chunk.add(store.event(stream, key, value));
              if (chunk.size() == CHUNK_EVENTS) {
                from = key.next();
                return false;
              }
              return true;
            });
      }
      LogEvent head = chunk.peek();
      return head == null || head.millis() > endMillis ? null : head;
    }

    LogEvent take() {
      return chunk.remove();
    }

    @Override
    public int compareTo(Cursor other) {
      LogEvent left = chunk.getFirst();
      LogEvent right = other.chunk.getFirst();
      int byTime = Long.compare(left.millis(), right.millis());
      return byTime != 0 ? byTime : stream.id().compareTo(other.stream.id());
    }
  }
}

package dev.brume.services.logs;

import dev.brume.model.Call;
import dev.brume.model.logs.*;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// GetLogEvents: pages of one stream, forwards and backwards. A token names the boundary between
/// two events, so that a reader at the end may ask again and again for what is new.
final class StreamReading {
  private static final Pattern TOKEN = Pattern.compile("([fb])/(0\\d{18})(0{19}\\d{18})/s");
  private final Kv kv;
  private final LogsStore store;

  StreamReading(Kv kv, LogsStore store) {
    this.kv = kv;
    this.store = store;
  }

  /// Before the event with this time and number.
  private record Boundary(long millis, long sequence) {
    String token(String direction) {
      return String.format("%s/%019d%037d/s", direction, millis, sequence);
    }
  }

  private record Token(boolean forward, Boundary at) {
    static @Nullable Token of(@Nullable String text) {
      if (text == null) {
        return null;
      }
      Matcher matcher = TOKEN.matcher(text);
      if (!matcher.matches()) {
        throw LogsErrors.badToken();
      }
      return new Token(
          matcher.group(1).equals("f"),
          new Boundary(Long.parseLong(matcher.group(2)), Long.parseLong(matcher.group(3))));
    }
  }

  GetLogEventsResponse get(Call call, GetLogEventsRequest in) {
    String groupName = Names.group(in.logGroupName(), in.logGroupIdentifier());
    Token token = Token.of(in.nextToken());
    boolean forward = token == null ? Boolean.TRUE.equals(in.startFromHead()) : token.forward();
    int limit = in.limit() == null ? LogsLimits.PAGE_EVENTS_MAX : in.limit();
    var events =
        kv.read(
            reader -> {
              GroupRow group = store.group(reader, call, groupName);
              StreamRow stream = store.stream(reader, call, group, in.logStreamName());
              long start =
                  Math.max(
                      in.startTime() == null ? 0 : in.startTime(),
                      group.expiredBeforeMillis(call.now().toEpochMilli()));
              Key key = store.events(call, group, stream);
              Key from = key.then(start);
              Key to = in.endTime() == null ? key.end() : key.then(in.endTime());
              if (token != null) {
                Key at = key.then(token.at().millis(), token.at().sequence());
                from = forward && at.compareTo(from) > 0 ? at : from;
                to = !forward && at.compareTo(to) < 0 ? at : to;
              }
              return page(reader, stream, from, to, forward, limit);
            });
    Boundary first = token == null ? new Boundary(start(in), 0) : token.at();
    Boundary last = first;
    if (!events.isEmpty()) {
      first = new Boundary(events.getFirst().millis(), events.getFirst().sequence());
      last = new Boundary(events.getLast().millis(), events.getLast().sequence() + 1);
    }
    return new GetLogEventsResponse()
        .events(events.stream().map(StreamReading::output).toList())
        .nextForwardToken(last.token("f"))
        .nextBackwardToken(first.token("b"));
  }

  private static long start(GetLogEventsRequest in) {
    return in.startTime() == null ? 0 : Math.min(in.startTime(), 999_999_999_999_999_999L);
  }

  private List<LogEvent> page(
      Reader reader, StreamRow stream, Key from, Key to, boolean forward, int limit) {
    var events = new ArrayList<LogEvent>();
    if (from.compareTo(to) >= 0) {
      return events;
    }
    var bytes = new int[1];
    Reader.Visitor visitor =
        (key, value) -> {
          bytes[0] += value.length + LogsLimits.EVENT_OVERHEAD_BYTES;
          if (!events.isEmpty() && bytes[0] > LogsLimits.PAGE_BYTES_MAX) {
            return false;
          }
          events.add(store.event(stream, key, value));
          return events.size() < limit;
        };
    if (forward) {
      reader.scan(from, to, visitor);
    } else {
      reader.scanBack(from, to, visitor);
      Collections.reverse(events);
    }
    return events;
  }

  private static OutputLogEvent output(LogEvent event) {
    return new OutputLogEvent()
        .timestamp(event.millis())
        .message(event.message())
        .ingestionTime(event.ingestedMillis());
  }
}

package dev.brume.services.logs;

import dev.brume.model.Call;
import dev.brume.model.logs.*;
import dev.brume.store.Key;
import dev.brume.store.Kv;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// PutLogEvents: one batch is one transaction.
final class EventWriting {
  private final Kv kv;
  private final LogsStore store;

  EventWriting(Kv kv, LogsStore store) {
    this.kv = kv;
    this.store = store;
  }

  /// Which events of a batch are taken: from `from` (inclusive) to `to` (exclusive).
  private record Accepted(int from, int expiredEnd, int oldEnd, int to) {}

  PutLogEventsResponse put(Call call, PutLogEventsRequest in) {
    List<InputLogEvent> events = in.logEvents();
    List<byte[]> messages = check(events);
    long now = call.now().toEpochMilli();
    var out = new PutLogEventsResponse();
    if (in.entity() != null) {
      out.rejectedEntityInfo(new RejectedEntityInfo().errorType("UnsupportedLogGroupType"));
    }
    return kv.tx(
        tx -> {
          GroupRow group = store.group(tx, call, in.logGroupName());
          StreamRow stream = store.stream(tx, call, group, in.logStreamName());
          Accepted accepted = accepted(events, group, now);
          Key key = store.events(call, group, stream);
          long bytes = 0;
          for (int i = accepted.from(); i < accepted.to(); i++) {
            bytes += messages.get(i).length + LogsLimits.EVENT_OVERHEAD_BYTES;
            long sequence = stream.nextSequence() + i - accepted.from();
            store.put(tx, key, events.get(i).timestamp(), sequence, now, messages.get(i));
          }
          StreamRow after = stream;
          if (accepted.from() < accepted.to()) {
            after =
                stream.with(
                    events.get(accepted.from()).timestamp(),
                    events.get(accepted.to() - 1).timestamp(),
                    accepted.to() - accepted.from(),
                    bytes,
                    now);
            store.put(tx, call, group, after);
          }
          return out.nextSequenceToken(String.format("%056d", after.nextSequence()))
              .rejectedLogEventsInfo(rejected(accepted, events.size()));
        });
  }

  private static List<byte[]> check(List<InputLogEvent> events) {
    var messages = new ArrayList<byte[]>(events.size());
    long bytes = 0;
    long before = Long.MIN_VALUE;
    for (InputLogEvent event : events) {
      byte[] message = event.message().getBytes(StandardCharsets.UTF_8);
      bytes += message.length + LogsLimits.EVENT_OVERHEAD_BYTES;
      messages.add(message);
      if (event.timestamp() < before) {
        throw LogsErrors.notChronological();
      }
      before = event.timestamp();
    }
    if (bytes > LogsLimits.BATCH_BYTES_MAX) {
      throw LogsErrors.uploadTooLarge(bytes);
    }
    if (events.getLast().timestamp() - events.getFirst().timestamp()
        > LogsLimits.BATCH_SPAN_MILLIS_MAX) {
      throw LogsErrors.spansTooLong();
    }
    return messages;
  }

  private static Accepted accepted(List<InputLogEvent> events, GroupRow group, long now) {
    int expiredEnd = firstFrom(events, group.expiredBeforeMillis(now));
    int oldEnd = firstFrom(events, now - LogsLimits.PAST_MILLIS_MAX);
    int to = firstFrom(events, now + LogsLimits.FUTURE_MILLIS_MAX + 1);
    return new Accepted(Math.max(expiredEnd, oldEnd), expiredEnd, oldEnd, to);
  }

  private static int firstFrom(List<InputLogEvent> events, long millis) {
    int i = 0;
    while (i < events.size() && events.get(i).timestamp() < millis) {
      i++;
    }
    return i;
  }

  private static @Nullable RejectedLogEventsInfo rejected(Accepted accepted, int count) {
    if (accepted.from() == 0 && accepted.to() == count) {
      return null;
    }
    return new RejectedLogEventsInfo()
        .expiredLogEventEndIndex(accepted.expiredEnd() == 0 ? null : accepted.expiredEnd())
        .tooOldLogEventEndIndex(accepted.oldEnd() == 0 ? null : accepted.oldEnd())
        .tooNewLogEventStartIndex(accepted.to() == count ? null : accepted.to());
  }
}

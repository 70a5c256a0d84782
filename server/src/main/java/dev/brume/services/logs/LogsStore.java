package dev.brume.services.logs;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows: groups by name; streams by group id and name; events by group id, stream id, time and
/// number. Ids are never used again, so events of a deleted group are out of reach at once and
/// swept later.
final class LogsStore {
  private static final Row<GroupRow> GROUP = Row.of(GroupRow.class);
  private static final Row<StreamRow> STREAM = Row.of(StreamRow.class);

  private static Key root(String account, String region, String kind) {
    return Key.of("logs", account, region, kind);
  }

  private static Key root(Call call, String kind) {
    return root(call.account(), call.region(), kind);
  }

  @Nullable GroupRow find(Reader reader, Call call, String name) {
    return find(reader, call.account(), call.region(), name);
  }

  @Nullable GroupRow find(Reader reader, String account, String region, String name) {
    byte[] row = reader.get(root(account, region, "group").then(name));
    return row == null ? null : GROUP.read(row);
  }

  GroupRow group(Reader reader, Call call, String name) {
    GroupRow group = find(reader, call, name);
    if (group == null) {
      throw LogsErrors.noGroup();
    }
    return group;
  }

  void put(Tx tx, Call call, GroupRow group) {
    tx.put(root(call, "group").then(group.name()), GROUP.write(group));
  }

  void delete(Tx tx, Call call, GroupRow group) {
    tx.delete(root(call, "group").then(group.name()));
  }

  /// All groups, by name.
  List<GroupRow> groups(Reader reader, Call call) {
    var groups = new ArrayList<GroupRow>();
    reader.scan(root(call, "group"), (_, value) -> groups.add(GROUP.read(value)));
    return groups;
  }

  /// The rows of all streams of a group.
  Key streams(String account, String region, String groupId) {
    return root(account, region, "stream").then(groupId);
  }

  @Nullable StreamRow find(Reader reader, Call call, GroupRow group, String name) {
    byte[] row = reader.get(streams(call.account(), call.region(), group.id()).then(name));
    return row == null ? null : STREAM.read(row);
  }

  StreamRow stream(Reader reader, Call call, GroupRow group, String name) {
    StreamRow stream = find(reader, call, group, name);
    if (stream == null) {
      throw LogsErrors.noStream();
    }
    return stream;
  }

  void put(Tx tx, Call call, GroupRow group, StreamRow stream) {
    tx.put(
        streams(call.account(), call.region(), group.id()).then(stream.name()),
        STREAM.write(stream));
  }

  void delete(Tx tx, Call call, GroupRow group, StreamRow stream) {
    tx.delete(streams(call.account(), call.region(), group.id()).then(stream.name()));
  }

  /// All streams of a group, by name.
  List<StreamRow> streams(Reader reader, String account, String region, GroupRow group) {
    var streams = new ArrayList<StreamRow>();
    reader.scan(
        streams(account, region, group.id()), (_, value) -> streams.add(STREAM.read(value)));
    return streams;
  }

  /// The rows of all events of a group.
  Key events(String account, String region, String groupId) {
    return root(account, region, "event").then(groupId);
  }

  Key events(Call call, GroupRow group, StreamRow stream) {
    return events(call.account(), call.region(), group.id()).then(stream.id());
  }

  /// @param events of the stream, as [#events] gave it
  void put(Tx tx, Key events, long millis, long sequence, long ingestedMillis, byte[] message) {
    tx.put(
        events.then(millis, sequence),
        ByteBuffer.allocate(8 + message.length).putLong(ingestedMillis).put(message).array());
  }

  LogEvent event(StreamRow stream, Key key, byte[] value) {
    List<Object> elements = key.elements();
    return new LogEvent(
        stream,
        (long) elements.get(6),
        (long) elements.get(7),
        ByteBuffer.wrap(value).getLong(),
        new String(value, 8, value.length - 8, StandardCharsets.UTF_8));
  }
}

package dev.brume.services.athena;

import dev.brume.json.StructJson;
import dev.brume.model.Call;
import dev.brume.model.Struct;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Rows: executions by id and by time, request tokens, and the named things of workgroups as the
/// model's structures.
final class AthenaStore {
  private static final Row<Execution> EXECUTION = Row.of(Execution.class);
  private static final Row<Token> TOKEN = Row.of(Token.class);

  /// @param id the execution that the token started
  record Token(String id, String query) {}

  private static Key kind(Call call, String kind) {
    return Key.of("athena", call.account(), call.region(), kind);
  }

  @Nullable Execution execution(Reader reader, Call call, String id) {
    byte[] row = reader.get(kind(call, "execution").then(id));
    return row == null ? null : EXECUTION.read(row);
  }

  void put(Tx tx, Call call, Execution execution) {
    tx.put(kind(call, "execution").then(execution.id()), EXECUTION.write(execution));
    tx.put(
        kind(call, "history")
            .then(execution.workGroup(), -execution.submittedMillis(), execution.id()),
        new byte[0]);
  }

  void delete(Tx tx, Call call, Execution execution) {
    tx.delete(kind(call, "execution").then(execution.id()));
    tx.delete(
        kind(call, "history")
            .then(execution.workGroup(), -execution.submittedMillis(), execution.id()));
  }

  /// Ids of a workgroup's executions, the newest first.
  List<String> history(Reader reader, Call call, String workGroup) {
    var ids = new ArrayList<String>();
    reader.scan(kind(call, "history").then(workGroup), (key, _) -> ids.add(key.lastString()));
    return ids;
  }

  /// Every execution of every account and region.
  void everyExecution(Reader reader, BiConsumer<Key, Execution> visitor) {
    reader.scan(
        Key.of("athena"),
        (key, row) -> {
          if (key.string(3).equals("execution")) {
            visitor.accept(key, EXECUTION.read(row));
          }
          return true;
        });
  }

  @Nullable Token token(Reader reader, Call call, String token) {
    byte[] row = reader.get(kind(call, "token").then(token));
    return row == null ? null : TOKEN.read(row);
  }

  void putToken(Tx tx, Call call, String token, Token started) {
    tx.put(kind(call, "token").then(token), TOKEN.write(started));
  }

  /// A structure of this kind, e.g. a `workgroup`, by its place.
  <T extends Struct> @Nullable T struct(
      Reader reader, Call call, String kind, Supplier<T> maker, Object... place) {
    byte[] row = reader.get(kind(call, kind).then(place));
    return row == null ? null : StructJson.read(row, maker.get());
  }

  <T extends Struct> List<T> structs(
      Reader reader, Call call, String kind, Supplier<T> maker, Object... prefix) {
    var all = new ArrayList<T>();
    reader.scan(
        kind(call, kind).then(prefix), (_, row) -> all.add(StructJson.read(row, maker.get())));
    return all;
  }

  void put(Tx tx, Call call, String kind, Struct struct, Object... place) {
    tx.put(kind(call, kind).then(place), StructJson.bytes(struct));
  }

  void delete(Tx tx, Call call, String kind, Object... place) {
    tx.delete(kind(call, kind).then(place));
  }
}

package dev.brume.services.kms;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Rows: keys by id, aliases by name.
final class KmsStore {
  private static final Row<KeyRow> KEY = Row.of(KeyRow.class);
  private static final Row<Alias> ALIAS = Row.of(Alias.class);
  private static final Pattern ID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  /// @param name with `alias/`
  record Alias(String name, String keyId, long createdMillis, long updatedMillis) {}

  private static Key root(Call call, String kind) {
    return Key.of("kms", call.account(), call.region(), kind);
  }

  static String arn(Call call, String keyId) {
    return call.arn("kms", "key/" + keyId);
  }

  @Nullable KeyRow find(Reader reader, Call call, String id) {
    byte[] row = reader.get(root(call, "key").then(id));
    return row == null ? null : KEY.read(row);
  }

  /// The key behind a key id, a key's ARN, an alias or an alias's ARN. Throws NotFoundException.
  KeyRow key(Reader reader, Call call, String named) {
    String resource = resource(call, named);
    if (resource.startsWith("alias/")) {
      Alias alias = alias(reader, call, resource);
      if (alias == null) {
        throw KmsErrors.noAlias(call.arn("kms", resource));
      }
      resource = alias.keyId();
    } else if (!ID.matcher(resource).matches()) {
      throw KmsErrors.invalidKeyId(named);
    }
    KeyRow key = find(reader, call, resource);
    if (key == null) {
      throw KmsErrors.noKey(arn(call, resource));
    }
    return key;
  }

  /// The id, or `alias/…`, that a request names.
  static String resource(Call call, String named) {
    if (!named.startsWith("arn:")) {
      return named;
    }
    String[] parts = named.split(":", 6);
    if (parts.length < 6 || !parts[2].equals("kms") || !parts[3].equals(call.region())) {
      throw KmsErrors.invalidArn(named);
    }
    if (parts[5].startsWith("key/")) {
      String id = parts[5].substring("key/".length());
      if (!parts[4].equals(call.account())) {
        throw KmsErrors.noKey(named);
      }
      return id;
    }
    if (!parts[5].startsWith("alias/")) {
      throw KmsErrors.invalidArn(named);
    }
    if (!parts[4].equals(call.account())) {
      throw KmsErrors.noAlias(named);
    }
    return parts[5];
  }

  void put(Tx tx, Call call, KeyRow key) {
    tx.put(root(call, "key").then(key.id()), KEY.write(key));
  }

  void delete(Tx tx, Call call, KeyRow key) {
    tx.delete(root(call, "key").then(key.id()));
  }

  List<KeyRow> keys(Reader reader, Call call) {
    var keys = new ArrayList<KeyRow>();
    reader.scan(root(call, "key"), (_, value) -> keys.add(KEY.read(value)));
    return keys;
  }

  @Nullable Alias alias(Reader reader, Call call, String name) {
    byte[] row = reader.get(root(call, "alias").then(name));
    return row == null ? null : ALIAS.read(row);
  }

  void put(Tx tx, Call call, Alias alias) {
    tx.put(root(call, "alias").then(alias.name()), ALIAS.write(alias));
  }

  void delete(Tx tx, Call call, Alias alias) {
    tx.delete(root(call, "alias").then(alias.name()));
  }

  List<Alias> aliases(Reader reader, Call call) {
    var aliases = new ArrayList<Alias>();
    reader.scan(root(call, "alias"), (_, value) -> aliases.add(ALIAS.read(value)));
    return aliases;
  }
}

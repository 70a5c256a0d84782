package dev.brume.services.ecr;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows: repositories by name.
final class EcrStore {
  private static final Row<StoredRepository> REPOSITORY = Row.of(StoredRepository.class);

  private static Key repositories(Call call) {
    return Key.of("ecr", call.account(), call.region(), "repository");
  }

  @Nullable StoredRepository find(Reader reader, Call call, String name) {
    byte[] row = reader.get(repositories(call).then(name));
    return row == null ? null : REPOSITORY.read(row);
  }

  StoredRepository needed(Reader reader, Call call, String name) {
    StoredRepository repository = find(reader, call, name);
    if (repository == null) {
      throw EcrErrors.noRepository(name, call.account());
    }
    return repository;
  }

  void put(Tx tx, Call call, StoredRepository repository) {
    tx.put(repositories(call).then(repository.name()), REPOSITORY.write(repository));
  }

  void delete(Tx tx, Call call, String name) {
    tx.delete(repositories(call).then(name));
  }

  List<StoredRepository> all(Reader reader, Call call) {
    var all = new ArrayList<StoredRepository>();
    reader.scan(repositories(call), (_, value) -> all.add(REPOSITORY.read(value)));
    return all;
  }
}

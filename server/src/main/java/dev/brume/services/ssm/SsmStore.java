package dev.brume.services.ssm;

import dev.brume.model.Call;
import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows: parameters by name.
final class SsmStore {
  private static final Row<StoredParameter> PARAMETER = Row.of(StoredParameter.class);

  private static Key parameters(Call call) {
    return Key.of("ssm", call.account(), call.region(), "parameter");
  }

  @Nullable StoredParameter get(Reader reader, Call call, String name) {
    byte[] row = reader.get(parameters(call).then(name));
    return row == null ? null : PARAMETER.read(row);
  }

  void put(Tx tx, Call call, StoredParameter parameter) {
    tx.put(parameters(call).then(parameter.name()), PARAMETER.write(parameter));
  }

  void delete(Tx tx, Call call, String name) {
    tx.delete(parameters(call).then(name));
  }

  List<StoredParameter> all(Reader reader, Call call) {
    var all = new ArrayList<StoredParameter>();
    reader.scan(parameters(call), (_, value) -> all.add(PARAMETER.read(value)));
    return all;
  }
}

package dev.brume.services.apigateway;

import dev.brume.model.apigateway.PatchOperation;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// [Patch operations](https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html),
/// applied to a flat map of what may be patched: scalars by path, map entries as `/name/key`.
final class Patch {
  private final Map<String, String> values;
  private final Set<String> scalars;
  private final Set<String> maps;

  /// @param values the present state by path; changed in place
  /// @param scalars paths that may be replaced, e.g. `/description`
  /// @param maps paths whose entries may be added, replaced and removed, e.g. `/variables`
  Patch(Map<String, String> values, Set<String> scalars, Set<String> maps) {
    this.values = values;
    this.scalars = scalars;
    this.maps = maps;
  }

  void apply(List<PatchOperation> operations) {
    for (PatchOperation operation : operations) {
      String op = String.valueOf(operation.op());
      String path = String.valueOf(operation.path());
      String value = operation.value();
      int slash = path.indexOf('/', 1);
      boolean entry = slash > 0 && maps.contains(path.substring(0, slash));
      boolean remove = op.equals("remove") && (entry || scalars.contains(path));
      boolean put =
          op.equals("replace") && (entry || scalars.contains(path))
              || op.equals("add") && (entry || scalars.contains(path));
      if (remove) {
        values.remove(path);
      } else if (put) {
        values.put(path, value == null ? "" : value);
      } else {
        throw ApiGatewayErrors.badPatch(op, path);
      }
    }
  }

  @Nullable String get(String path) {
    return values.get(path);
  }

  /// The entries of a map.
  Map<String, String> map(String path) {
    Map<String, String> entries = new LinkedHashMap<>();
    values.forEach(
        (name, value) -> {
          if (name.startsWith(path + "/")) {
            entries.put(unescape(name.substring(path.length() + 1)), value);
          }
        });
    return entries;
  }

  static void put(Map<String, String> values, String path, Map<String, String> entries) {
    entries.forEach((name, value) -> values.put(path + "/" + escape(name), value));
  }

  static void put(Map<String, String> values, String path, @Nullable String value) {
    if (value != null) {
      values.put(path, value);
    }
  }

  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  private static String unescape(String name) {
    return name.replace("~1", "/").replace("~0", "~");
  }
}

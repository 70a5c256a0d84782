package dev.brume.services.ssm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A parameter with its versions, as stored.
///
/// @param versions oldest first; the last is the current one
record StoredParameter(String name, List<Version> versions, Map<String, String> tags) {
  /// @param type `String`, `StringList` or `SecureString`
  record Version(
      long number,
      String type,
      String value,
      @Nullable String description,
      @Nullable String keyId,
      @Nullable String allowedPattern,
      String tier,
      String dataType,
      String user,
      long modifiedMillis) {}

  Version current() {
    return versions.getLast();
  }

  @Nullable Version version(long number) {
    return versions.stream().filter(version -> version.number() == number).findFirst().orElse(null);
  }

  StoredParameter with(Version version) {
    var all = new ArrayList<>(versions);
    all.add(version);
    while (all.size() > SsmLimits.VERSIONS_MAX) {
      all.removeFirst();
    }
    return new StoredParameter(name, all, tags);
  }

  StoredParameter withTags(Map<String, String> changed) {
    return new StoredParameter(name, versions, changed);
  }
}

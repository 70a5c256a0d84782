package dev.brume.services.iam;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A customer managed policy, as stored.
///
/// @param versions oldest first
/// @param nextVersion the number of the next version
record PolicyRow(
    String name,
    String id,
    String path,
    @Nullable String description,
    long createdMillis,
    long updatedMillis,
    List<Version> versions,
    String defaultVersion,
    int nextVersion,
    Map<String, String> tags) {

  /// @param id `v1`, `v2`, …
  record Version(String id, String document, long createdMillis) {}

  String arn(String account) {
    return "arn:aws:iam::" + account + ":policy" + path + name;
  }

  @Nullable Version version(String versionId) {
    return versions.stream()
        .filter(version -> version.id().equals(versionId))
        .findFirst()
        .orElse(null);
  }

  String document() {
    Version version = version(defaultVersion);
    return version == null ? "" : version.document();
  }

  PolicyRow with(List<Version> changed, String changedDefault, int next, long nowMillis) {
    return new PolicyRow(
        name, id, path, description, createdMillis, nowMillis, changed, changedDefault, next, tags);
  }

  PolicyRow withTags(Map<String, String> changed) {
    return new PolicyRow(
        name,
        id,
        path,
        description,
        createdMillis,
        updatedMillis,
        versions,
        defaultVersion,
        nextVersion,
        changed);
  }
}

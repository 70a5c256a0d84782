package dev.brume.services.logs;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A log group.
///
/// @param id of this group, and of no later one with the same name
/// @param retentionDays how long events are kept, null for ever
record GroupRow(
    String name,
    String id,
    long createdMillis,
    @Nullable Integer retentionDays,
    Map<String, String> tags) {

  GroupRow withRetention(@Nullable Integer days) {
    return new GroupRow(name, id, createdMillis, days, tags);
  }

  GroupRow withTags(Map<String, String> changed) {
    return new GroupRow(name, id, createdMillis, retentionDays, changed);
  }

  /// Events before this time are expired.
  long expiredBeforeMillis(long nowMillis) {
    return retentionDays == null
        ? Long.MIN_VALUE
        : nowMillis - Duration.ofDays(retentionDays).toMillis();
  }
}

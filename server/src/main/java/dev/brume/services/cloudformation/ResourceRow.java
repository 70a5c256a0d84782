package dev.brume.services.cloudformation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stack's resource.
///
/// @param current counts since the last successful operation, null if none
/// @param pending of the operation in progress: new, changed in place (same suffix) or a
///   replacement
/// @param old replaced ones that are yet to be removed
record ResourceRow(
    String logicalId,
    String type,
    String status,
    @Nullable String reason,
    long updatedMillis,
    @Nullable Made current,
    @Nullable Made pending,
    List<Made> old) {

  static ResourceRow of(String logicalId, String type) {
    return new ResourceRow(logicalId, type, "", null, 0, null, null, List.of());
  }

  ResourceRow status(String to, @Nullable String why, long millis) {
    return new ResourceRow(logicalId, type, to, why, millis, current, pending, old);
  }

  ResourceRow pending(@Nullable Made made) {
    return new ResourceRow(logicalId, type, status, reason, updatedMillis, current, made, old);
  }

  ResourceRow current(@Nullable Made made) {
    return new ResourceRow(logicalId, type, status, reason, updatedMillis, made, pending, old);
  }

  ResourceRow without(Made made) {
    var left = new ArrayList<>(old);
    left.removeIf(each -> each.sameMaking(made));
    return new ResourceRow(
        logicalId,
        type,
        status,
        reason,
        updatedMillis,
        current != null && current.sameMaking(made) ? null : current,
        pending != null && pending.sameMaking(made) ? null : pending,
        left);
  }

  /// What is pending counts now; what it replaced is old.
  ResourceRow committed() {
    if (pending == null) {
      return this;
    }
    var replaced = new ArrayList<>(old);
    if (current != null && !current.sameMaking(pending)) {
      // Whether the old one is kept is said by the template that replaces it.
      replaced.add(current.replacedBy(pending));
    }
    return new ResourceRow(
        logicalId, pending.type(), status, reason, updatedMillis, pending, null, replaced);
  }

  /// What references see: what this operation made, else what was there before.
  @Nullable Made effective() {
    return pending != null && pending.done() ? pending : current;
  }

  @Nullable String physicalId() {
    if (pending != null && pending.physicalId() != null) {
      return pending.physicalId();
    }
    return current == null ? null : current.physicalId();
  }

  List<Made> all() {
    var all = new ArrayList<>(old);
    if (current != null) {
      all.add(current);
    }
    if (pending != null && (current == null || !current.sameMaking(pending))) {
      all.add(pending);
    }
    return all;
  }
}

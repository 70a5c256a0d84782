package dev.brume.services.iam;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a list; the marker is the place of the next item.
final class Paging {
  record Page<T>(List<T> items, @Nullable String next) {}

  private Paging() {}

  static <T> Page<T> of(@Nullable List<T> all, @Nullable String marker, @Nullable Integer max) {
    List<T> items = all == null ? List.of() : all;
    int from = 0;
    if (marker != null) {
      if (!marker.matches("\\d{1,9}")) {
        throw IamErrors.invalid("Invalid Marker.");
      }
      from = Math.min(Integer.parseInt(marker), items.size());
    }
    int to = Math.min(items.size(), from + (max == null ? IamLimits.PAGE_DEFAULT : max));
    return new Page<>(items.subList(from, to), to < items.size() ? String.valueOf(to) : null);
  }
}

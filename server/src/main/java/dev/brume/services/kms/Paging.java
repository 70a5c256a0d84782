package dev.brume.services.kms;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a list; the marker is the place of the next item.
final class Paging {
  record Page<T>(List<T> items, @Nullable String next) {}

  private Paging() {}

  static <T> Page<T> of(
      List<T> all, @Nullable String marker, @Nullable Integer limit, int limitDefault) {
    int from = 0;
    if (marker != null) {
      if (!marker.matches("\\d{1,9}")) {
        throw KmsErrors.badMarker();
      }
      from = Math.min(Integer.parseInt(marker), all.size());
    }
    int to = Math.min(all.size(), from + (limit == null ? limitDefault : limit));
    return new Page<>(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
  }
}

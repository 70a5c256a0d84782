package dev.brume.services.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a list; the token is the place of the next item.
final class Paging {
  record Page<T>(List<T> items, @Nullable String next) {}

  private Paging() {}

  static <T> Page<T> of(List<T> all, @Nullable String token, @Nullable Integer limit) {
    int from = 0;
    if (token != null) {
      if (!token.matches("\\d{1,9}")) {
        throw EventsErrors.validation("Parameter NextToken is not valid.");
      }
      from = Math.min(Integer.parseInt(token), all.size());
    }
    int to = Math.min(all.size(), from + (limit == null ? EventsLimits.PAGE_MAX : limit));
    return new Page<>(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
  }
}

package dev.brume.services.athena;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a list; the token is the place of the next item.
record Paging<T>(List<T> items, @Nullable String next) {
  static <T> Paging<T> of(List<T> all, @Nullable String token, @Nullable Integer size) {
    int from = 0;
    if (token != null) {
      if (!token.matches("\\d{1,9}")) {
        throw AthenaErrors.invalid("NextToken is invalid");
      }
      from = Math.min(Integer.parseInt(token), all.size());
    }
    int to = Math.min(all.size(), from + (size == null ? AthenaLimits.PAGE_MAX : size));
    return new Paging<>(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
  }
}

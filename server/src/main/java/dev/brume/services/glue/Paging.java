package dev.brume.services.glue;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a list; the token is the place of the next item.
record Paging<T>(List<T> items, @Nullable String next) {
  static <T> Paging<T> of(List<T> all, @Nullable String token, @Nullable Integer size, int max) {
    int from = 0;
    if (token != null) {
      if (!token.matches("\\d{1,9}")) {
        throw GlueErrors.invalid("Invalid pagination token");
      }
      from = Math.min(Integer.parseInt(token), all.size());
    }
    int to = Math.min(all.size(), from + (size == null ? max : Math.min(size, max)));
    return new Paging<>(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
  }
}

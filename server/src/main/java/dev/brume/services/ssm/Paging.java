package dev.brume.services.ssm;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Pages of a list; the token is the place of the next item.
final class Paging {
  record Page<T>(List<T> items, @Nullable String next) {}

  private Paging() {}

  static <T> Page<T> of(List<T> all, @Nullable String token, int max) {
    int from = 0;
    if (token != null) {
      if (!token.matches("\\d{1,9}")) {
        throw SsmErrors.invalidToken();
      }
      from = Math.min(Integer.parseInt(token), all.size());
    }
    int to = Math.min(all.size(), from + max);
    return new Page<>(all.subList(from, to), to < all.size() ? String.valueOf(to) : null);
  }
}

package dev.brume.services.lambda;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One page of a list. The marker is the place of the first item that is left.
record Page<T>(List<T> items, @Nullable String next) {
  static <T> Page<T> of(List<T> all, @Nullable String marker, @Nullable Integer sizeMax) {
    int from = 0;
    if (marker != null && !marker.isEmpty()) {
      try {
        String text = new String(Base64.getUrlDecoder().decode(marker), StandardCharsets.UTF_8);
        from = Integer.parseInt(text);
      } catch (IllegalArgumentException e) {
        throw LambdaErrors.invalid("Invalid pagination token");
      }
    }
    int size = sizeMax == null ? LambdaLimits.LIST_DEFAULT : sizeMax;
    int start = Math.clamp(from, 0, all.size());
    int end = Math.min(all.size(), start + size);
    String next =
        end == all.size()
            ? null
            : Base64.getUrlEncoder()
                .encodeToString(Integer.toString(end).getBytes(StandardCharsets.UTF_8));
    return new Page<>(List.copyOf(all.subList(start, end)), next);
  }
}

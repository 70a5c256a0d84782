package dev.brume.functions;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToIntFunction;

/// Which of several versions stands in for one.
final class Nearest {
  private Nearest() {}

  /// Candidates in the order in which they will do: those of the very version first, in their own
  /// order, then later ones, the nearest first, then earlier ones.
  static <T> List<T> order(Collection<T> candidates, ToIntFunction<T> version, int wanted) {
    Comparator<T> byDistance =
        Comparator.comparingInt(
            one -> {
              int distance = version.applyAsInt(one) - wanted;
              return distance >= 0 ? distance : 100_000 - distance;
            });
    return candidates.stream().sorted(byDistance).toList();
  }
}

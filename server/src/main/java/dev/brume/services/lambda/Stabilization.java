package dev.brume.services.lambda;

import dev.brume.model.ServiceError;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/// A resource is there when what it stands for is.
final class Stabilization {
  private static final int POLLS_MAX = 9000;
  private static final long POLL_MILLIS = 100;

  private Stabilization() {}

  /// Waits until it is.
  ///
  /// @param failed what to throw, by the reason, when that takes too long
  static void await(BooleanSupplier there, Function<String, ServiceError> failed) {
    try {
      for (int i = 0; i < POLLS_MAX; i++) {
        if (there.getAsBoolean()) {
          return;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed.apply("Interrupted");
    }
    throw failed.apply("it took too long");
  }
}

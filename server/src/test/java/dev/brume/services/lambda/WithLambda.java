package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brume.model.ServiceError;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Tests that share one Lambda.
abstract class WithLambda {
  @TempDir static Path folder;
  static LambdaFixture fixture;

  @BeforeAll
  static void startLambda() {
    fixture = new LambdaFixture(folder);
  }

  @AfterAll
  static void stopLambda() {
    fixture.close();
  }

  /// Checks that an action is answered with this error.
  static void refused(String code, String message, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(ServiceError.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Why and how an environment ends. Its runtime may end before it does: extensions have a moment
/// then.
final class Ending {
  private static final Duration SHUTDOWN = Duration.ofSeconds(2);
  private static final long EXIT_MILLIS = 1000;
  private final AtomicReference<Environment.@Nullable End> why = new AtomicReference<>();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final EnvironmentParts parts;
  private volatile boolean killed;

  Ending(EnvironmentParts parts) {
    this.parts = parts;
    parts.process().onExit().thenAccept(ended -> status.complete(ended.exitValue()));
  }

  /// Null as long as it lives.
  Environment.@Nullable End why() {
    return why.get();
  }

  /// From now on it ends for this reason, if there was none yet.
  void because(Environment.End reason) {
    why.compareAndSet(null, reason);
  }

  void kill(Environment.End reason) {
    because(reason);
    killed = true;
  }

  /// Whether something inside wants to know before everything ends.
  boolean wantsShutdown() {
    return !killed && parts.process().isAlive() && parts.api().extensions().wantShutdown();
  }

  /// Tells extensions, and gives them Lambda's 2 seconds.
  void shutDown() {
    try {
      parts.enclosure().freezing().wake();
    } catch (IOException e) {
      // It cannot be woken to hear of it: it just ends.
      return;
    }
    parts.api().telemetry().flush();
    long deadline = System.currentTimeMillis() + SHUTDOWN.toMillis();
    parts.api().extensions().shutDown(shutdownReason(), deadline, SHUTDOWN);
  }

  /// @param code as a shell has it
  void runtimeEnded(int code) {
    because(Environment.End.FAILURE);
    status.complete(code);
  }

  /// Of the runtime's process, as a shell has it.
  CompletableFuture<Integer> status() {
    return status;
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html
  private String shutdownReason() {
    return switch (why.get()) {
      case TIMEOUT -> "TIMEOUT";
      case FAILURE -> "FAILURE";
      case null, default -> "SPINDOWN";
    };
  }

  /// How the runtime ended, in Lambda's words; null when it has not within a moment.
  ///
  /// @param outOfMemory whether something was killed for the memory it used
  @Nullable String exitReason(BooleanSupplier outOfMemory) {
    boolean memory = why.get() == Environment.End.MEMORY || outOfMemory.getAsBoolean();
    try {
      return ExitReason.of(status.get(EXIT_MILLIS, TimeUnit.MILLISECONDS), memory);
    } catch (TimeoutException | ExecutionException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}

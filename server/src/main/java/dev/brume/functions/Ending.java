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

/// Why and how an environment ends. Its runtime ends before it does where there are extensions:
/// they have a moment then.
///
///
// <https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-shutdown>
final class Ending {
  private static final long SHUTDOWN_MILLIS = 2000;
  private static final long RUNTIME_MILLIS = 300;
  // For a runtime with an internal extension.
  private static final long INTERNAL_MILLIS = 500;
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
    Extensions extensions = parts.api().extensions();
    boolean runtimeDoes = why.get() == null && extensions.any();
    return !killed && parts.process().isAlive() && (runtimeDoes || extensions.wantShutdown());
  }

  /// Ends the runtime alone, at once; false when nothing inside wants to hear of it.
  boolean endRuntime(Environment.End reason) {
    because(reason);
    if (!wantsShutdown()) {
      return false;
    }
    try {
      parts.order("end");
      parts.api().extensions().abandon();
      return true;
    } catch (IOException e) {
      // All of it has just ended.
      return false;
    }
  }

  /// Tells the runtime, if it still runs, then extensions, and gives them Lambda's 2 seconds.
  void shutDown() {
    because(Environment.End.RETIRED);
    long began = System.nanoTime();
    try {
      parts.enclosure().freezing().wake();
      stopRuntime();
    } catch (IOException e) {
      // It cannot be woken to hear of it: it just ends.
      return;
    }
    if (!parts.api().extensions().wantShutdown()) {
      return;
    }
    parts.api().telemetry().flush();
    long left = SHUTDOWN_MILLIS - (System.nanoTime() - began) / 1_000_000;
    long deadline = System.currentTimeMillis() + left;
    parts.api().extensions().shutDown(shutdownReason(), deadline, Duration.ofMillis(left));
  }

  private void stopRuntime() throws IOException {
    Extensions extensions = parts.api().extensions();
    if (status.isDone()) {
      return;
    }
    boolean external = extensions.anyExternal();
    if (external) {
      parts.order("stop");
    } else {
      terminate();
    }
    try {
      status.get(
          extensions.anyInternal() ? INTERNAL_MILLIS : RUNTIME_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      if (external) {
        parts.order("end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // Without external extensions nobody inside listens to orders, and all but the first process of a
  // sandbox, which no such signal reaches, are the runtime's.
  private void terminate() {
    if (!parts.sandbox().hasOwnRoot() && !parts.bare()) {
      parts.process().destroy();
    }
    parts.process().descendants().forEach(ProcessHandle::destroy);
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
      case FAILURE, MEMORY, STORAGE, EXTENSION -> "FAILURE";
      case RETIRED -> "SPINDOWN";
      case null -> "SPINDOWN";
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

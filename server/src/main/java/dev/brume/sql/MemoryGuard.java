package dev.brume.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Watches the process's memory while statements run, and fails them when it grows too far: not all
/// that DuckDB allocates is under its own limit. Linux only; elsewhere nothing is watched.
final class MemoryGuard {
  private static final Path STATUS = Path.of("/proc/self/statm");
  private static final long PAGE_BYTES = 4096;
  private static final long INTERVAL_NANOS = Duration.ofMillis(50).toNanos();
  private final long growthBytesMax;
  private final Set<Cancellation> watched = ConcurrentHashMap.newKeySet();
  private @Nullable Thread thread;

  /// @param growthMegabytesMax over what the process had when the first statement began
  MemoryGuard(long growthMegabytesMax) {
    growthBytesMax = growthMegabytesMax << 20;
  }

  synchronized void watch(Cancellation cancellation) {
    watched.add(cancellation);
    if (thread == null && Files.isReadable(STATUS)) {
      long limit = resident() + growthBytesMax;
      thread = Thread.ofPlatform().name("sql-memory").daemon(true).start(() -> loop(limit));
    }
  }

  void forget(Cancellation cancellation) {
    watched.remove(cancellation);
  }

  private void loop(long limit) {
    while (!finished()) {
      if (resident() > limit) {
        watched.forEach(
            c ->
                c.stop(
                    "EXCEEDED_LOCAL_MEMORY_LIMIT: Query exceeded the memory limit of this"
                        + " process"));
      }
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
  }

  private synchronized boolean finished() {
    if (watched.isEmpty()) {
      thread = null;
      return true;
    }
    return false;
  }

  private static long resident() {
    try {
      return Long.parseLong(Files.readString(STATUS).split(" ", 3)[1]) * PAGE_BYTES;
    } catch (IOException e) {
      return 0;
    }
  }
}

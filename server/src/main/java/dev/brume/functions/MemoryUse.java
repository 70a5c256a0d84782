package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// How much memory an environment uses: what its control group says, else the sum of what is in its
/// processes and in no file.
/// https://man7.org/linux/man-pages/man5/proc_pid_status.5.html
final class MemoryUse {
  private static final long LOOK_NANOS = Duration.ofMillis(100).toNanos();
  private final Process process;
  private final Cgroups.@Nullable Group group;
  private long peakBytes;
  private int peakMegabytes;
  private long lookedNanos;

  MemoryUse(Process process, Cgroups.@Nullable Group group) {
    this.process = process;
    this.group = group;
  }

  /// At its peak so far, or a tenth of a second ago, as looking takes as long as a short
  /// invocation; without a control group at the highest that was seen.
  int peakMegabytes() {
    long now = System.nanoTime();
    if (peakMegabytes == 0 || now - lookedNanos > LOOK_NANOS) {
      lookedNanos = now;
      long bytes = group != null ? group.peakBytes() : Math.max(usedBytes(), highestSeen());
      peakMegabytes = (int) Math.max(1, bytes >> 20);
    }
    return peakMegabytes;
  }

  long usedBytes() {
    return group != null ? group.usedBytes() : seen(residentBytes());
  }

  /// Whether something in it was killed for want of memory, or should be.
  boolean exceeds(long bytes) {
    if (group != null) {
      return killed();
    }
    // Processes that were forked share memory, which only the slow count does not count twice.
    return seen(residentBytes()) > bytes && proportionalBytes() > bytes;
  }

  boolean killed() {
    return group != null && group.kills() > 0;
  }

  private synchronized long seen(long bytes) {
    peakBytes = Math.max(peakBytes, bytes);
    return bytes;
  }

  private synchronized long highestSeen() {
    return peakBytes;
  }

  private long residentBytes() {
    return sum("status", "RssAnon:", "RssShmem:");
  }

  private long proportionalBytes() {
    return sum("smaps_rollup", "Pss_Anon:", "Pss_Shmem:");
  }

  private long sum(String file, String... fields) {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants())
        .mapToLong(one -> sum(Path.of("/proc", Long.toString(one.pid()), file), fields))
        .sum();
  }

  private static long sum(Path file, String... fields) {
    try {
      List<String> lines = Files.readAllLines(file);
      long kilobytes = 0;
      for (String line : lines) {
        for (String field : fields) {
          if (line.startsWith(field)) {
            kilobytes += Long.parseLong(line.replaceAll("[^0-9]", ""));
          }
        }
      }
      return kilobytes << 10;
    } catch (IOException e) {
      // It has ended.
      return 0;
    }
  }
}

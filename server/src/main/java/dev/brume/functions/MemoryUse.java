package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How much memory an environment uses: what its control group says, else what its runtime's
/// process does.
final class MemoryUse {
  private final Process process;
  private final Cgroups.@Nullable Group group;
  private final @Nullable Path executable;
  private @Nullable Long runtimePid;

  /// @param executable of the runtime, null if it is the process itself
  MemoryUse(Process process, Cgroups.@Nullable Group group, @Nullable Path executable) {
    this.process = process;
    this.group = group;
    this.executable = executable;
  }

  /// At its peak so far.
  int peakMegabytes() {
    long bytes = group != null ? group.peakBytes() : Math.max(status("VmHWM:"), status("VmRSS:"));
    return (int) Math.max(1, bytes >> 20);
  }

  long usedBytes() {
    return group != null ? group.usedBytes() : status("VmRSS:");
  }

  /// Whether something in it was killed for want of memory, or should be.
  boolean exceeds(long bytes) {
    return group != null ? group.kills() > 0 : status("VmRSS:") > bytes;
  }

  boolean killed() {
    return group != null && group.kills() > 0;
  }

  private long status(String field) {
    Long pid = runtimePid;
    if (pid == null) {
      pid = findRuntime();
      runtimePid = pid;
    }
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc", pid.toString(), "status"));
      for (String line : lines) {
        if (line.startsWith(field)) {
          return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
        }
      }
    } catch (IOException e) {
      return 0;
    }
    return 0;
  }

  // The last one of the chain unshare, sh, runtime.
  private long findRuntime() {
    Path wanted = executable;
    if (wanted == null) {
      return process.pid();
    }
    return process
        .descendants()
        .filter(handle -> handle.info().command().orElse("").equals(wanted.toString()))
        .map(ProcessHandle::pid)
        .findFirst()
        .orElse(process.pid());
  }
}

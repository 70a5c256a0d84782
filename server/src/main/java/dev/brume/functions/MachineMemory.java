package dev.brume.functions;

import java.lang.management.ManagementFactory;

/// How much memory this machine, or the container that we are in, has.
final class MachineMemory {
  private static final long OTHERWISE_MEGABYTES = 4096;

  private MachineMemory() {}

  static long megabytes() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? system.getTotalMemorySize() >> 20
        : OTHERWISE_MEGABYTES;
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What this machine has to hold functions in with, besides namespaces.
///
/// @param cgroups null for none
/// @param networks null where functions have the machine's
/// @param signals null where environments are not frozen by signals
/// @param freezes whether they are frozen at all
/// @param disks for `/tmp`
/// @param filter of system calls, null for none
record SandboxMeans(
    @Nullable Cgroups cgroups,
    OwnNetwork.@Nullable Owner networks,
    @Nullable Syscalls signals,
    boolean freezes,
    Disks disks,
    @Nullable CallFilter filter) {
  static final SandboxMeans NONE = new SandboxMeans(null, null, null, false, Disks.none(), null);

  /// Tries out what works here.
  ///
  /// @param scripts where our scripts are
  /// @param folder for what has to be there
  /// @param missing is told what is not to be had, and why
  static SandboxMeans find(
      Sandbox.Tier tier, Path scripts, Path folder, SandboxSettings settings, List<String> missing)
      throws IOException {
    Path disk = Sandbox.extract("disk.sh", scripts);
    Cgroups.Found found = Cgroups.probe(Cgroups.MACHINE);
    Cgroups cgroups = found.cgroups();
    if (cgroups == null) {
      missing.add("limits by control groups: " + found.missing());
    }
    boolean freezes = settings.freeze() != SandboxSettings.Freeze.OFF;
    boolean grouped = cgroups != null && cgroups.freezeMechanism() != null;
    Syscalls signals =
        freezes && !grouped && Trial.of(List.of("setsid", "true"), Map.of()).works()
            ? Syscalls.load()
            : null;
    if (freezes && !grouped && signals == null) {
      missing.add("freezing: needs control groups, or setsid of util-linux");
    }
    OwnNetwork.Owner networks = null;
    if (settings.network() == SandboxSettings.Reach.ENDPOINT) {
      networks = tier == Sandbox.Tier.ROOT ? OwnNetwork.Owner.probe() : null;
      if (networks == null) {
        missing.add("a network of their own: needs root and network namespaces");
      }
    }
    return new SandboxMeans(
        cgroups,
        networks,
        signals,
        freezes,
        tier == Sandbox.Tier.ROOT ? Disks.probe(disk, folder) : Disks.none(),
        filter(tier, missing));
  }

  // Elsewhere the sandbox itself is made of what it refuses.
  private static @Nullable CallFilter filter(Sandbox.Tier tier, List<String> missing) {
    CallFilter filter = tier == Sandbox.Tier.ROOT ? CallFilter.probe() : null;
    if (filter == null) {
      missing.add("a filter of system calls: needs root, seccomp, and an x86-64 or ARM processor");
    }
    return filter;
  }

  Freezing freezing(Cgroups.@Nullable Group group) {
    return freezes
        ? new Freezing(group != null && group.freezes() ? group : null, signals)
        : new Freezing(null, null);
  }

  /// What came out, for people.
  ///
  /// @param missing besides what is known only now
  SandboxFacts facts(Sandbox.Tier tier, List<String> missing) {
    var all = new ArrayList<>(missing);
    boolean disk = disks.template() != null;
    if (!disk) {
      all.add(
          tier == Sandbox.Tier.ROOT
              ? "disks for /tmp: " + disks.missing()
              : "disks for /tmp: need root");
    }
    String freeze = cgroups == null ? null : cgroups.freezeMechanism();
    return new SandboxFacts(
        tier.name().toLowerCase(java.util.Locale.ROOT),
        networks == null ? "host" : "endpoint",
        cgroups == null ? "watched every 100 ms" : cgroups.memoryMechanism(),
        disk ? "disk of its own" : "watched every 500 ms",
        !freezes ? "off" : freeze != null ? freeze : signals != null ? "signals" : "none",
        List.copyOf(all));
  }

  void close() {
    if (cgroups != null) {
      cgroups.close();
    }
    if (networks != null) {
      networks.close();
    }
  }
}

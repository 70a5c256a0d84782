package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Finds the strongest sandbox that works on this machine, and says why no stronger one does.
final class SandboxProbe {
  /// Switches of the kernel and of distributions that forbid user namespaces, with the value that
  /// does. The first is Ubuntu's from 23.10 on.
  /// https://documentation.ubuntu.com/security/security-features/privilege-restriction/apparmor/
  private static final Map<String, String> SWITCHES =
      Map.of(
          "kernel/apparmor_restrict_unprivileged_userns",
          "1",
          "kernel/unprivileged_userns_clone",
          "0",
          "user/max_user_namespaces",
          "0");

  private static final String OWN_MOUNTS = "/proc/" + ProcessHandle.current().pid() + "/ns/mnt";

  private SandboxProbe() {}

  /// Tries it out.
  ///
  /// @param script `sandbox.sh`
  static Sandbox run(Path script, Path codeFolder, FunctionsSettings settings) throws IOException {
    var missing = new ArrayList<String>();
    Trial parentDeath = Trial.of(List.of("setpriv", "--pdeathsig", "KILL", "true"), Map.of());
    Sandbox.Tier tier = Sandbox.Tier.REDUCED;
    if (settings.isolation() == FunctionsSettings.Isolation.NONE) {
      missing.add("namespaces: isolation none was asked for");
    } else if (!parentDeath.works()) {
      missing.add(
          "namespaces: need Linux with setpriv and unshare of util-linux ("
              + parentDeath.said()
              + ")");
    } else {
      tier = strongest(script, codeFolder, settings, missing);
    }
    SandboxMeans means =
        SandboxMeans.find(
            tier, script.resolveSibling("."), settings.runFolder(), settings.sandbox(), missing);
    return new Sandbox(tier, script, codeFolder, parentDeath.works(), means, missing);
  }

  private static Sandbox.Tier strongest(
      Path script, Path codeFolder, FunctionsSettings settings, List<String> missing)
      throws IOException {
    if (isRoot()) {
      Trial trial = Trial.of(List.of("nsenter", "--mount=" + OWN_MOUNTS, "true"), Map.of());
      if (trial.works()) {
        trial = attempt(Sandbox.Tier.ROOT, script, codeFolder, settings);
      }
      if (trial.works()) {
        return Sandbox.Tier.ROOT;
      }
      missing.add("the tier root: " + trial.said());
    } else {
      missing.add("the tier root: Brume does not run as root");
    }
    Trial trial = attempt(Sandbox.Tier.USER, script, codeFolder, settings);
    if (trial.works()) {
      return Sandbox.Tier.USER;
    }
    missing.add("the tier user: " + forbidden(Path.of("/proc/sys"), trial.said()));
    return Sandbox.Tier.REDUCED;
  }

  private static Trial attempt(
      Sandbox.Tier tier, Path script, Path codeFolder, FunctionsSettings settings)
      throws IOException {
    Sandbox.Places places = Sandbox.places(settings.runFolder().resolve("probe-" + tier));
    try (var trial = new Sandbox(tier, script, codeFolder, true, SandboxMeans.NONE, List.of())) {
      List<String> command = trial.command(List.of("/bin/sh", "-c", "exit 0"));
      return Trial.of(
          command, trial.variables(places, tier == Sandbox.Tier.ROOT ? "0" : "", List.of(), null));
    } finally {
      Folders.delete(places.folder());
    }
  }

  /// Why there are no user namespaces: the switch that forbids them, else what the trial said.
  static String forbidden(Path switches, String said) throws IOException {
    for (Map.Entry<String, String> one : SWITCHES.entrySet()) {
      Path file = switches.resolve(one.getKey());
      if (Files.isReadable(file) && Files.readString(file).strip().equals(one.getValue())) {
        String name = one.getKey().replace('/', '.');
        String other =
            switch (name) {
              case "user.max_user_namespaces" -> "10000";
              case "kernel.unprivileged_userns_clone" -> "1";
              default -> "0";
            };
        return "user namespaces are forbidden by "
            + name
            + "="
            + one.getValue()
            + "; sudo sysctl -w "
            + name
            + "="
            + other
            + " allows them";
      }
    }
    return said.isEmpty() ? "user namespaces do not work here" : said;
  }

  private static boolean isRoot() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.isReadable(status)
        && Files.readAllLines(status).stream()
            .anyMatch(line -> line.startsWith("Uid:") && line.split("\\s+")[2].equals("0"));
  }
}

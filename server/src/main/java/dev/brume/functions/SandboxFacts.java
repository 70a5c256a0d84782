package dev.brume.functions;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// What holds functions in on this machine.
///
/// @param tier `root`, `user` or `reduced`
/// @param network `endpoint` where functions reach nothing but that, else `host`
/// @param memory how memory is limited
/// @param storage how `/tmp` is limited
/// @param freeze how environments are stopped between invocations
/// @param missing for a full sandbox, and why; empty if it is one
public record SandboxFacts(
    String tier,
    String network,
    String memory,
    String storage,
    String freeze,
    List<String> missing) {

  /// Tries everything out, and leaves nothing behind.
  public static SandboxFacts probe() throws IOException {
    Path folder = Files.createTempDirectory("brume-doctor-");
    try {
      FunctionsSettings usual = FunctionsSettings.of(folder).inside(folder.resolve("run"));
      Files.createDirectories(usual.runFolder());
      Path script = Sandbox.extract("sandbox.sh", folder);
      try (Sandbox sandbox = SandboxProbe.run(script, folder, usual)) {
        return sandbox.facts();
      }
    } finally {
      Folders.delete(folder);
    }
  }
}

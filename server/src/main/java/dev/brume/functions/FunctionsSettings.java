package dev.brume.functions;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// How functions are run.
///
/// @param folder where code is kept, e.g. `.brume/functions`
/// @param runFolder where sockets and mount points of this process are; short, because a socket's
///   path has at most 107 bytes
/// @param cacheFolder where the AWS SDK for functions is installed, e.g. `~/.cache/brume`
/// @param isolation how much less than a full sandbox will do
/// @param environmentsMax how many environments may be alive at once
/// @param idle how long an environment may wait for its next event
/// @param waiting how many processes wait in advance per runtime that has been used
/// @param sandbox what the sandbox is to be
/// @param throwAway a folder to delete at the end, null to keep everything
public record FunctionsSettings(
    Path folder,
    Path runFolder,
    Path cacheFolder,
    Isolation isolation,
    int environmentsMax,
    Duration idle,
    int waiting,
    SandboxSettings sandbox,
    @Nullable Path throwAway) {
  private static final int ENVIRONMENT_MEGABYTES = 64;
  private static final int ENVIRONMENTS_LEAST = 32;

  /// Each has some ten open files, of which a process may have a few thousand.
  private static final int ENVIRONMENTS_MOST = 400;

  /// What to do where the machine does not allow a sandbox.
  public enum Isolation {
    /// Run functions as ordinary processes, and say so.
    BEST,
    /// Refuse to run functions.
    REQUIRE,
    /// Run functions as ordinary processes everywhere, e.g. to look at them with the machine's
    /// tools.
    NONE
  }

  /// The usual settings for a data folder.
  public static FunctionsSettings of(Path dataFolder) {
    long pid = ProcessHandle.current().pid();
    String temporary = System.getProperty("java.io.tmpdir", "/tmp");
    String home = System.getProperty("user.home", temporary);
    return new FunctionsSettings(
        dataFolder.resolve("functions"),
        Path.of(temporary, "brume-" + pid),
        Path.of(home, ".cache", "brume"),
        Isolation.BEST,
        environmentsFor(MachineMemory.megabytes()),
        Duration.ofMinutes(10),
        1,
        SandboxSettings.DEFAULT,
        null);
  }

  /// The same with another isolation.
  public FunctionsSettings with(Isolation other) {
    return new FunctionsSettings(
        folder, runFolder, cacheFolder, other, environmentsMax, idle, waiting, sandbox, throwAway);
  }

  /// The same with another folder for sockets and mount points.
  FunctionsSettings inside(Path other) {
    return new FunctionsSettings(
        folder, other, cacheFolder, isolation, environmentsMax, idle, waiting, sandbox, throwAway);
  }

  /// The same with another sandbox.
  public FunctionsSettings with(SandboxSettings box) {
    return new FunctionsSettings(
        folder, runFolder, cacheFolder, isolation, environmentsMax, idle, waiting, box, throwAway);
  }

  /// The same, with everything in a folder that is deleted at the end.
  public FunctionsSettings throwAway(Path other) {
    return new FunctionsSettings(
        folder, runFolder, cacheFolder, isolation, environmentsMax, idle, waiting, sandbox, other);
  }

  /// As many as half of the memory has room for when each is as large as a small function in Node:
  /// most of them wait for something most of the time, so processors are no measure.
  static int environmentsFor(long machineMegabytes) {
    long room = machineMegabytes / 2 / ENVIRONMENT_MEGABYTES;
    return Math.clamp(room, ENVIRONMENTS_LEAST, ENVIRONMENTS_MOST);
  }
}

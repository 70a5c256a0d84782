package dev.brume.functions;

/// What the sandbox of functions is to be.
///
/// @param network what functions reach
/// @param freeze when environments that wait for their next event are stopped
/// @param idleMemoryMegabytes memory of all environments together above which idle ones are let go,
///   those first that were used the longest ago
public record SandboxSettings(Reach network, Freeze freeze, long idleMemoryMegabytes) {
  public static final SandboxSettings DEFAULT =
      new SandboxSettings(Reach.ENDPOINT, Freeze.IDLE, MachineMemory.megabytes() / 4);

  /// What functions reach over the network, where the sandbox can hold them back.
  public enum Reach {
    /// Brume's endpoint and nothing else.
    ENDPOINT,
    /// Whatever the machine reaches.
    HOST
  }

  /// When an environment is stopped, so that nothing runs in it between invocations.
  public enum Freeze {
    /// A moment (a tenth of a second) after its last answer.
    IDLE,
    /// At once, as on Lambda.
    STRICT,
    /// Never: timers go on, e.g. for somebody with a debugger.
    OFF
  }

  /// The same with another reach.
  public SandboxSettings with(Reach other) {
    return new SandboxSettings(other, freeze, idleMemoryMegabytes);
  }

  /// The same with another moment to freeze.
  public SandboxSettings with(Freeze other) {
    return new SandboxSettings(network, other, idleMemoryMegabytes);
  }

  /// The same with another budget.
  public SandboxSettings withIdleMemory(long megabytes) {
    return new SandboxSettings(network, freeze, megabytes);
  }
}

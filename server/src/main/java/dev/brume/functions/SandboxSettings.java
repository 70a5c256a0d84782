package dev.brume.functions;

/// What the sandbox of functions is to be.
///
/// @param network what functions reach
public record SandboxSettings(Reach network) {
  public static final SandboxSettings DEFAULT = new SandboxSettings(Reach.ENDPOINT);

  /// What functions reach over the network, where the sandbox can hold them back.
  public enum Reach {
    /// Brume's endpoint and nothing else.
    ENDPOINT,
    /// Whatever the machine reaches.
    HOST
  }

  /// The same with another reach.
  public SandboxSettings with(Reach other) {
    return new SandboxSettings(other);
  }
}

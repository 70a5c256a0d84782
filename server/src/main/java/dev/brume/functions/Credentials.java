package dev.brume.functions;

import java.time.Instant;

/// A role's temporary credentials.
///
/// @param expires by the machine's time, which the function sees; an environment whose credentials
///   end is replaced
public record Credentials(
    String accessKeyId, String secretAccessKey, String sessionToken, Instant expires) {

  /// Where the credentials of a new environment come from.
  public interface Source {
    Credentials get();
  }
}

package dev.brume.functions;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What an environment was made into.
///
/// @param stream its log stream
/// @param credentialsExpire by the machine's time
/// @param initialisation `AWS_LAMBDA_INITIALIZATION_TYPE`
/// @param cache of earlier starts, null for none
record Assignment(
    FunctionSpec spec,
    String stream,
    Instant credentialsExpire,
    String initialisation,
    @Nullable StartCache cache) {
  /// Made in advance, to stay.
  boolean provisioned() {
    return initialisation.equals(Starter.PROVISIONED);
  }
}

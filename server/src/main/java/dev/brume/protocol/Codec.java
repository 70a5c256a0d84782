package dev.brume.protocol;

import dev.brume.model.Operation;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;

/// One wire protocol, server side.
public interface Codec {
  /// Reads an operation's input. Throws [ServiceError] with the protocol's own code for a malformed
  /// message.
  Struct decode(ServiceModel model, Operation operation, WireRequest request);

  /// Writes an operation's output.
  WireResponse encode(ServiceModel model, Operation operation, Struct output, String requestId);

  /// Writes an error.
  WireResponse encodeError(ServiceModel model, ServiceError error, String requestId);
}

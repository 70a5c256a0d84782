package dev.brume.protocol;

import dev.brume.http.Headers;
import dev.brume.model.Body;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// A response as a codec makes it. Request id headers are the gateway's.
///
/// @param body empty when there are events
/// @param events writes the body while it comes into being, null when it is there already
public record WireResponse(int status, Headers headers, Body body, @Nullable Events events) {
  public WireResponse(int status, Headers headers, Body body) {
    this(status, headers, body, null);
  }

  /// A body that takes as long as the operation.
  @FunctionalInterface
  public interface Events {
    /// Throws [dev.brume.model.ServiceError] only before the first byte: then it is the answer.
    void writeTo(OutputStream out) throws IOException;
  }
}

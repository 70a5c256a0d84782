package dev.brume.protocol;

import dev.brume.model.Body;
import dev.brume.model.BodyError;
import dev.brume.model.ServiceError;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Bodies of protocols that need the whole message in memory.
public final class Bodies {
  /// The limit of an operation's message where its service gives no other.
  public static final int BUFFERED_BYTES_MAX = 16 << 20;

  /// The limit of the services that carry code or templates in a message: Lambda's 50 MB of zip in
  /// base64.
  public static final int LARGEST_BYTES_MAX = 72 << 20;

  private Bodies() {}

  /// Reads the body to its end. Throws [ServiceError] 413 when it has more than `bytesMax` bytes,
  /// and the sender's error when a check at its end fails.
  public static byte[] read(Body body, int bytesMax) {
    if (body.lengthBytes() > bytesMax) {
      throw tooLarge(bytesMax);
    }
    try (InputStream in = body.stream()) {
      return bounded(in, bytesMax);
    } catch (BodyError e) {
      throw e.error();
    } catch (IOException e) {
      throw new ServiceError("RequestTimeout", "The request body could not be read", 400);
    }
  }

  static byte[] bounded(InputStream in, int bytesMax) throws IOException {
    byte[] bytes = in.readNBytes(bytesMax);
    // The read at the end is what runs the checks of a checked stream.
    if (in.read() >= 0) {
      throw tooLarge(bytesMax);
    }
    return bytes;
  }

  /// Reads a body that Brume made itself.
  static byte[] readOwn(Body body) {
    try (InputStream in = body.stream()) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ServiceError tooLarge(int bytesMax) {
    return new ServiceError(
        "RequestEntityTooLargeException",
        "Request must be smaller than " + bytesMax + " bytes",
        413);
  }
}

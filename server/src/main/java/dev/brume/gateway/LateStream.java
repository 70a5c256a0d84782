package dev.brume.gateway;

import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/// Opens a stream when the first byte is written to it, or at its end.
final class LateStream extends OutputStream {
  private final Opening opening;
  private @Nullable OutputStream out;

  /// Opens the stream.
  interface Opening {
    OutputStream open() throws IOException;
  }

  LateStream(Opening opening) {
    this.opening = opening;
  }

  private OutputStream opened() throws IOException {
    OutputStream stream = out;
    if (stream == null) {
      stream = opening.open();
      out = stream;
    }
    return stream;
  }

  @Override
  public void write(int b) throws IOException {
    opened().write(b);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    opened().write(bytes, offset, length);
  }

  @Override
  public void flush() throws IOException {
    opened().flush();
  }

  @Override
  public void close() throws IOException {
    opened().close();
  }
}

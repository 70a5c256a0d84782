package dev.brume.runtime;

import com.amazonaws.services.lambda.runtime.api.client.logging.LogSink;
import com.amazonaws.services.lambda.runtime.logging.LogFormat;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.ReentrantLock;

/// Records on standard output in frames, so that those of several lines stay whole: type, length,
/// microseconds, text.
final class Frames implements LogSink {
  private static final int HEAD_BYTES = 16;
  private static final int LOG = 0xA55A0003;
  private static final int END = 0xA55A00FF;
  private final FileOutputStream out = new FileOutputStream(FileDescriptor.out);
  private final ReentrantLock lock = new ReentrantLock();
  private final boolean ends;

  /// @param ends whether the end of an invocation's output has to be marked
  Frames(boolean ends) {
    this.ends = ends;
  }

  @Override
  public void log(byte[] message) {
    write(LOG, message);
  }

  @Override
  public void log(LogLevel level, LogFormat format, byte[] message) {
    write(LOG, message);
  }

  /// Everything that an invocation printed is out.
  void end(String requestId) {
    if (ends) {
      write(END, requestId.getBytes(StandardCharsets.UTF_8));
    }
  }

  private void write(int type, byte[] text) {
    ByteBuffer record =
        ByteBuffer.allocate(HEAD_BYTES + text.length)
            .putInt(type)
            .putInt(text.length)
            .putLong(System.currentTimeMillis() * 1000)
            .put(text);
    lock.lock();
    try {
      out.write(record.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {}
}

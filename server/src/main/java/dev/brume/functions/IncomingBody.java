package dev.brume.functions;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Where the body of a request of the runtime goes.
sealed interface IncomingBody {
  /// How much is about to come, at least.
  void expect(long bytes);

  void add(byte[] bytes, int offset, int length);

  /// @param failed the runtime says that this is not all of it
  void end(boolean failed);

  /// What was kept; empty when it was passed on or too large.
  byte[] kept();

  boolean tooLarge();

  /// Keeps a body up to a limit; what is above is read and dropped with the rest.
  final class Kept implements IncomingBody {
    private static final int FIRST_BYTES_MAX = 8 << 20;
    private final int bytesMax;
    private @Nullable ByteArrayOutputStream bytes;
    private boolean tooLarge;

    Kept(int bytesMax) {
      this.bytesMax = bytesMax;
    }

    @Override
    public void expect(long length) {
      tooLarge |= length > bytesMax;
      if (bytes == null && length > 0 && !tooLarge) {
        bytes = new ByteArrayOutputStream((int) Math.min(length, FIRST_BYTES_MAX));
      }
    }

    @Override
    public void add(byte[] from, int offset, int length) {
      ByteArrayOutputStream to = bytes;
      tooLarge |= to != null && to.size() + length > bytesMax;
      if (!tooLarge && to != null) {
        to.write(from, offset, length);
      }
    }

    @Override
    public void end(boolean failed) {}

    @Override
    public byte[] kept() {
      return bytes == null || tooLarge ? new byte[0] : bytes.toByteArray();
    }

    @Override
    public boolean tooLarge() {
      return tooLarge;
    }
  }

  /// Passes a body on while it comes. When nobody takes it any more the runtime is not to know: it
  /// goes on.
  final class Passed implements IncomingBody {
    private static final System.Logger LOG = System.getLogger(Passed.class.getName());
    private final ResponseSink sink;
    private final String contentType;
    private long passed;
    private boolean begun;
    private boolean unheard;
    private boolean tooLarge;

    Passed(ResponseSink sink, String contentType) {
      this.sink = sink;
      this.contentType = contentType;
    }

    @Override
    public void expect(long length) {}

    @Override
    public void add(byte[] from, int offset, int length) {
      passed += length;
      tooLarge |= passed > RuntimeWire.STREAM_BYTES_MAX;
      if (unheard || tooLarge) {
        return;
      }
      try {
        begin();
        sink.write(from, offset, length);
      } catch (IOException | RuntimeException e) {
        stopped(e);
      }
    }

    @Override
    public void end(boolean failed) {
      if (failed || unheard) {
        return;
      }
      try {
        begin();
      } catch (IOException | RuntimeException e) {
        stopped(e);
      }
    }

    private void begin() throws IOException {
      if (!begun) {
        begun = true;
        sink.begin(contentType);
      }
    }

    private void stopped(Exception e) {
      unheard = true;
      LOG.log(System.Logger.Level.DEBUG, "a streamed answer is not listened to: {0}", e.toString());
    }

    @Override
    public byte[] kept() {
      return new byte[0];
    }

    @Override
    public boolean tooLarge() {
      return tooLarge;
    }
  }
}

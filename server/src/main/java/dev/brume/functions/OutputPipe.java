package dev.brume.functions;

import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The pipe that an environment's processes print into. Unlike the JDK's own one can tell how much
/// is in it, and wait for more without taking it out: so it is known that everything has been read
/// that was printed before a certain moment, without a word about it in the pipe.
final class OutputPipe implements AutoCloseable {
  private static final String DESCRIPTORS = "/proc/self/fd/";
  private final Syscalls system;
  private final int inner;
  private final int outer;
  private final FileInputStream in;

  private OutputPipe(Syscalls system, Syscalls.Ends ends) throws IOException {
    this.system = system;
    inner = ends.write();
    outer = ends.read();
    in = new FileInputStream(DESCRIPTORS + outer);
  }

  /// Null where there are no system calls to be had.
  static @Nullable OutputPipe create(@Nullable Syscalls system) throws IOException {
    return system == null ? null : new OutputPipe(system, system.pipe());
  }

  /// Where a process is to print, until [#started].
  ProcessBuilder.Redirect target() {
    return ProcessBuilder.Redirect.appendTo(new File(DESCRIPTORS + inner));
  }

  /// The process has its end now, or will never have it: with ours closed the last one of its
  /// processes ends the pipe.
  void started() throws IOException {
    system.close(inner);
  }

  InputStream in() {
    return in;
  }

  /// Waits until there is something to be read, or the end.
  void await() throws IOException {
    system.awaitInput(outer);
  }

  /// How many bytes can be read now.
  int waitingBytes() throws IOException {
    return in.available();
  }

  /// Called by the one who reads.
  @Override
  public void close() throws IOException {
    in.close();
    system.close(outer);
  }
}

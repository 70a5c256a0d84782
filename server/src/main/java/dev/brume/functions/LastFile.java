package dev.brume.functions;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A file that a sandboxed process writes just before it ends, and with it everything that it can
/// see: opened as soon as it is there. A function's code may have put anything in its place, so a
/// link is not followed and the size is bounded.
final class LastFile {
  private static final long BYTES_MAX = 512L << 20;
  private static final long LOOK_MILLIS = 5;
  private final Path path;

  private LastFile(Path path) {
    this.path = path;
  }

  /// A file in the `/tmp` that a sandbox has.
  static LastFile of(Process sandbox, String name) {
    // The process that was started last, which is inside.
    long pid = sandbox.descendants().mapToLong(ProcessHandle::pid).max().orElse(sandbox.pid());
    return new LastFile(Path.of("/proc", Long.toString(pid), "root/tmp", name));
  }

  /// Ends what the process listens to, waits for its end, and copies the file. False when there is
  /// none, or the process has not ended well.
  ///
  /// @param status of the process when it has ended
  boolean keep(
      CompletableFuture<Integer> status, @Nullable RuntimeLink link, Path target, long seconds)
      throws IOException {
    if (link != null) {
      link.close();
    }
    SeekableByteChannel open = null;
    try {
      for (long waited = 0; waited < seconds * 1000; waited += LOOK_MILLIS) {
        Integer code = after(status);
        if (code != null) {
          return open != null && code == 0 && copy(open, target);
        }
        open = open == null ? open() : open;
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      if (open != null) {
        open.close();
      }
    }
  }

  private static @Nullable Integer after(CompletableFuture<Integer> status)
      throws InterruptedException {
    try {
      return status.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return null;
    }
  }

  private @Nullable SeekableByteChannel open() {
    try {
      return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
          ? Files.newByteChannel(path, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))
          : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static boolean copy(SeekableByteChannel from, Path target) throws IOException {
    long size = from.size();
    if (size == 0 || size > BYTES_MAX) {
      return false;
    }
    from.position(0);
    try (FileChannel to =
        FileChannel.open(target, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      return to.transferFrom(from, 0, size) == size;
    }
  }
}

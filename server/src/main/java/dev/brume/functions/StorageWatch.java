package dev.brume.functions;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Looks how much is in an environment's temporary folder, for where no disk limits it.
final class StorageWatch {
  /// As many files as a disk has room for.
  static final int FILES_MAX = 65_536;

  private static final long EVERY_NANOS = 500_000_000;
  // A folder that takes long to look through is looked through less often.
  private static final int REST_FACTOR = 20;
  private static final long MEASURE_SECONDS = 20;
  private final Path folder;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile long nextNanos;

  /// What the log of a function says that had too much.
  static String exceeded(FunctionSpec spec) {
    return "Brume ended this environment: /tmp held more than its "
        + spec.storageMegabytes()
        + " MB or "
        + FILES_MAX
        + " files.";
  }

  StorageWatch(Path folder) {
    this.folder = folder;
    nextNanos = System.nanoTime();
  }

  /// Looks, on a thread of its own, if it is time for that.
  ///
  /// @param exceeded is told when there is more than allowed
  void look(long now, long bytesMax, Runnable exceeded) {
    if (now - nextNanos < 0 || !looking.compareAndSet(false, true)) {
      return;
    }
    Thread.ofVirtual()
        .name("functions-storage")
        .start(
            () -> {
              long began = System.nanoTime();
              try {
                if (exceeds(bytesMax)) {
                  exceeded.run();
                }
              } catch (IOException e) {
                // It goes away meanwhile.
                return;
              } finally {
                long took = System.nanoTime() - began;
                nextNanos = System.nanoTime() + Math.max(EVERY_NANOS, REST_FACTOR * took);
                looking.set(false);
              }
            });
  }

  /// Whether there is more in it than so many bytes, or more files than a disk would take.
  boolean exceeds(long bytesMax) throws IOException {
    var count = new Count(bytesMax);
    Files.walkFileTree(folder, count);
    return count.files > FILES_MAX || count.bytes > bytesMax && allocatedBytes() > bytesMax;
  }

  private static final class Count extends SimpleFileVisitor<Path> {
    private final long bytesMax;
    private long bytes;
    private int files;

    Count(long bytesMax) {
      this.bytesMax = bytesMax;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      return add(attributes.isRegularFile() ? attributes.size() : 0);
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      return add(attributes.size());
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return add(0);
    }

    private FileVisitResult add(long size) {
      files++;
      bytes += size;
      return files > FILES_MAX || bytes > bytesMax
          ? FileVisitResult.TERMINATE
          : FileVisitResult.CONTINUE;
    }
  }

  // Files may have holes, which their sizes count in and the disk does not.
  private long allocatedBytes() throws IOException {
    Process process =
        new ProcessBuilder("du", "-skx", folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!process.waitFor(MEASURE_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return Long.MAX_VALUE;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int tab = said.indexOf('\t');
    return tab <= 0 ? 0 : Long.parseLong(said.substring(0, tab).strip()) << 10;
  }
}

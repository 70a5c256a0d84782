package dev.brume.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;

/// The embedded [Kv]: RocksDB in a folder of its own, every commit group forced to disk.
public final class RocksKv implements Kv {
  private final RocksEngine engine;
  private final Committer committer;
  private final FileChannel lockFile;
  private final ReadWriteLock open = new ReentrantReadWriteLock();
  private boolean closed;

  /// Opens or creates the store in this folder. Throws [StoreLocked] when another process has it
  /// open.
  ///
  /// @param failStop called when a write could not be made durable: nothing is accepted any more,
  ///   so the process must stop
  public RocksKv(Path folder, Consumer<Throwable> failStop) {
    try {
      Files.createDirectories(folder);
      lockFile = lock(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try {
      NativeLibrary.load(folder.resolve("native"));
      engine = RocksEngine.open(folder.resolve("db"));
    } catch (IOException e) {
      closeQuietly(lockFile, e);
      throw new UncheckedIOException(e);
    }
    committer = new Committer(engine, failStop);
  }

  private static void closeQuietly(FileChannel channel, IOException reason) {
    try {
      channel.close();
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      lock = null;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (lock == null) {
      channel.close();
      throw new StoreLocked("the data folder " + folder + " is in use by another process");
    }
    return channel;
  }

  @Override
  public <T> T tx(Function<Tx, T> closure) {
    return committer.tx(closure);
  }

  @Override
  public <T> T read(Function<Reader, T> closure) {
    // Keeps close() from freeing the native memory under a reader.
    open.readLock().lock();
    try {
      if (closed) {
        throw new StoreClosed(null);
      }
      try (Engine.View view = engine.snapshot()) {
        return closure.apply(new SnapshotReader(view));
      }
    } finally {
      open.readLock().unlock();
    }
  }

  /// Finishes the transactions that wait, then closes the files.
  @Override
  public void close() {
    committer.close();
    open.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
      engine.close();
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      open.writeLock().unlock();
    }
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The listening Unix socket for one of our own runtimes.
final class RuntimeSocket implements AutoCloseable {
  private final ServerSocketChannel channel;

  RuntimeSocket(Path path) throws IOException {
    channel = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    channel.bind(UnixDomainSocketAddress.of(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxrwxrwx"));
  }

  /// Waits for the runtime. Throws IOException when it does not come in time.
  SocketChannel accept(long seconds) throws IOException {
    var late = new CompletableFuture<Void>();
    late.orTimeout(seconds, TimeUnit.SECONDS).exceptionally(e -> closed());
    try {
      return channel.accept();
    } finally {
      late.complete(null);
    }
  }

  private @Nullable Void closed() {
    close();
    return null;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

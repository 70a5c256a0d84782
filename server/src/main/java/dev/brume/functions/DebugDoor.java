package dev.brume.functions;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Lets a debugger of this machine into an environment: connections to a port of the loopback go to
/// the same port inside.
final class DebugDoor implements AutoCloseable {
  private static final int BUFFER_BYTES = 64 * 1024;
  private final Network network;
  private final int port;
  private final @Nullable ServerSocketChannel door;
  private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();

  /// Throws IOException when the port is taken.
  DebugDoor(Network network, int port) throws IOException {
    this.network = network;
    this.port = port;
    if (network instanceof Network.Shared) {
      door = null;
      return;
    }
    ServerSocketChannel listening = ServerSocketChannel.open();
    try {
      listening.bind(Network.loopback(port));
    } catch (IOException e) {
      listening.close();
      throw new IOException("the port " + port + " for the debugger is taken", e);
    }
    door = listening;
    Thread.ofVirtual().name("functions-debug").start(() -> accept(listening));
  }

  private void accept(ServerSocketChannel listening) {
    try {
      while (true) {
        SocketChannel outside = listening.accept();
        Thread.ofVirtual().name("functions-debug").start(() -> connect(outside));
      }
    } catch (IOException e) {
      // Closed, with the environment.
      return;
    }
  }

  private void connect(SocketChannel outside) {
    try (outside;
        SocketChannel inside = network.connect(port)) {
      open.add(outside);
      open.add(inside);
      Thread back = Thread.ofVirtual().start(() -> pump(inside, outside));
      pump(outside, inside);
      back.join();
    } catch (IOException e) {
      // Nothing listens inside (yet): the debugger tries again.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(outside);
    }
  }

  private void pump(SocketChannel from, SocketChannel to) {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
    try {
      while (from.read(buffer) >= 0) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          to.write(buffer);
        }
        buffer.clear();
      }
      to.shutdownOutput();
    } catch (IOException e) {
      // One side has gone: so does the other.
      end(from);
      end(to);
    } finally {
      open.remove(from);
    }
  }

  private static void end(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      if (door != null) {
        door.close();
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    open.forEach(DebugDoor::end);
  }
}

package dev.brume.functions;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/// The network that an environment sees.
sealed interface Network extends AutoCloseable permits Network.Shared, OwnNetwork {
  /// Who connects when so many wait already has to try again after a second.
  int BACKLOG = 1024;

  /// Listens on 127.0.0.1 as the environment sees it. The caller closes the socket, or [#close]
  /// does.
  ///
  /// @param port that it gets in a network of its own; in a shared one it is any that is free
  ServerSocketChannel listen(int port) throws IOException;

  /// Connects to a port of 127.0.0.1 as the environment sees it.
  SocketChannel connect(int port) throws IOException;

  /// Makes a port of the machine's 127.0.0.1 reachable at the same address inside.
  void admit(int port) throws IOException;

  /// Ends everything that goes in and out.
  @Override
  void close();

  /// 127.0.0.1, without a look at what `localhost` means here.
  static InetSocketAddress loopback(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The machine's own.
  record Shared() implements Network {
    @Override
    public ServerSocketChannel listen(int port) throws IOException {
      var channel = ServerSocketChannel.open();
      try {
        channel.bind(loopback(0), BACKLOG);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
      return channel;
    }

    @Override
    public SocketChannel connect(int port) throws IOException {
      return SocketChannel.open(loopback(port));
    }

    @Override
    public void admit(int port) {
      // It is reachable.
    }

    @Override
    public void close() {
      // Others use it too.
    }
  }
}

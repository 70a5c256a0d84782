package dev.brume.functions;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A network namespace with nothing in it but `lo`, and what is let in: whoever is in there reaches
/// no other port of the machine, no other environment and no name server.
/// https://man7.org/linux/man-pages/man7/network_namespaces.7.html
final class OwnNetwork implements Network {
  private static final String THREAD = "functions-network";
  private final Owner owner;
  private final int descriptor;
  private final Map<Integer, Relay.Passage> admitted = new HashMap<>();
  private boolean closed;

  private OwnNetwork(Owner owner, int descriptor) {
    this.owner = owner;
    this.descriptor = descriptor;
  }

  /// Makes them. Works as root only.
  static final class Owner implements AutoCloseable {
    private static final String OF_THREAD = "/proc/thread-self/ns/net";
    private final Syscalls system;
    private final Relay relay;
    // The port that was let in last: the next network has it from the beginning.
    private volatile int usual;

    private Owner(Syscalls system) throws IOException {
      this.system = system;
      relay = new Relay();
    }

    /// Null where the machine allows no networks.
    static @Nullable Owner probe() {
      Syscalls system = Syscalls.load();
      if (system == null) {
        return null;
      }
      try {
        var owner = new Owner(system);
        try (OwnNetwork trial = owner.create();
            ServerSocketChannel channel = trial.listen(9001)) {
          return channel.isOpen() ? owner : null;
        } catch (IOException e) {
          owner.close();
          return null;
        }
      } catch (IOException e) {
        return null;
      }
    }

    OwnNetwork create() throws IOException {
      OwnNetwork network =
          Syscalls.elsewhere(
              THREAD,
              () -> {
                system.leaveNetwork();
                system.loopbackUp();
                return new OwnNetwork(this, system.open(OF_THREAD));
              });
      if (usual > 0) {
        network.admit(usual);
      }
      return network;
    }

    @Override
    public void close() {
      relay.close();
    }

    private void closeDescriptor(int one) {
      try {
        system.close(one);
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Override
  public synchronized ServerSocketChannel listen(int port) throws IOException {
    if (closed) {
      throw new IOException("the network is closed");
    }
    return Syscalls.elsewhere(
        THREAD,
        () -> {
          owner.system.enterNetwork(descriptor);
          var channel = ServerSocketChannel.open();
          try {
            return channel.bind(Network.loopback(port), BACKLOG);
          } catch (IOException e) {
            channel.close();
            throw e;
          }
        });
  }

  @Override
  public synchronized SocketChannel connect(int port) throws IOException {
    if (closed) {
      throw new IOException("the network is closed");
    }
    return Syscalls.elsewhere(
        THREAD,
        () -> {
          owner.system.enterNetwork(descriptor);
          return SocketChannel.open(Network.loopback(port));
        });
  }

  @Override
  public synchronized void admit(int port) throws IOException {
    if (!admitted.containsKey(port)) {
      owner.usual = port;
      admitted.put(port, owner.relay.open(listen(port), Network.loopback(port)));
    }
  }

  /// Descriptor of its namespace.
  int descriptor() {
    return descriptor;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      admitted.values().forEach(Relay.Passage::close);
      owner.closeDescriptor(descriptor);
    }
  }
}

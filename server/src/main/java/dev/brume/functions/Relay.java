package dev.brume.functions;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/// Passes connections on from one listening socket to another address. One thread and one buffer
/// for all of them: a connection that is idle costs nothing but two descriptors.
final class Relay implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Relay.class.getName());
  private static final int PASSAGE_MAX = 256;
  private static final int ALL_MAX = 4096;
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final long PAUSE_MILLIS = 50;
  private final Selector selector;
  private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final Set<Passage> passages = new HashSet<>();
  private final List<SelectionKey> paused = new ArrayList<>();
  private int connections;
  private volatile boolean closed;

  Relay() throws IOException {
    selector = Selector.open();
    Thread.ofPlatform().name("functions-relay").daemon(true).start(this::run);
  }

  /// What comes in at one listening socket.
  final class Passage implements AutoCloseable {
    private final ServerSocketChannel door;
    private final InetSocketAddress target;
    private final Set<Side> sides = new HashSet<>();

    private Passage(ServerSocketChannel door, InetSocketAddress target) {
      this.door = door;
      this.target = target;
    }

    /// Closes the socket and every connection that came through it.
    @Override
    public void close() {
      order(
          () -> {
            passages.remove(this);
            closeQuietly(door);
            List.copyOf(sides).forEach(Relay.this::end);
          });
    }
  }

  /// One end of a connection that is passed on. Only the relay's thread touches it.
  private static final class Side {
    private final Passage passage;
    private final SocketChannel channel;
    private @Nullable SelectionKey key;
    private @Nullable Side other;
    // What came from the other end and was not taken yet; nothing is read there meanwhile.
    private @Nullable ByteBuffer pending;
    private boolean ended;

    Side(Passage passage, SocketChannel channel) {
      this.passage = passage;
      this.channel = channel;
    }

    Side other() {
      if (other == null) {
        throw new IllegalStateException();
      }
      return other;
    }

    void interest(int add, int remove) {
      if (key != null && key.isValid()) {
        key.interestOps((key.interestOps() | add) & ~remove);
      }
    }
  }

  /// Passes on what connects to `door`, and closes it in the end.
  ///
  /// @param door bound
  Passage open(ServerSocketChannel door, InetSocketAddress target) throws IOException {
    door.configureBlocking(false);
    var passage = new Passage(door, target);
    order(
        () -> {
          try {
            door.register(selector, SelectionKey.OP_ACCEPT, passage);
            passages.add(passage);
          } catch (ClosedChannelException e) {
            LOG.log(System.Logger.Level.DEBUG, "closed before it was open");
          }
        });
    return passage;
  }

  private void order(Runnable what) {
    orders.add(what);
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closed) {
        boolean waits = !paused.isEmpty();
        selector.select(this::serve, waits ? PAUSE_MILLIS : 0);
        obey();
        if (waits) {
          resume();
        }
      }
      obey();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.ERROR, "functions no longer reach the endpoint", e);
    } finally {
      for (Passage passage : passages) {
        closeQuietly(passage.door);
        List.copyOf(passage.sides).forEach(this::end);
      }
      closeQuietly(selector);
    }
  }

  private void obey() {
    for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
      order.run();
    }
  }

  private void resume() {
    for (SelectionKey key : paused) {
      if (key.isValid()) {
        key.interestOps(SelectionKey.OP_ACCEPT);
      }
    }
    paused.clear();
  }

  private void serve(SelectionKey key) {
    if (key.attachment() instanceof Passage passage) {
      try {
        accept(passage);
      } catch (IOException e) {
        // E.g. too many open files: looked at again when some may have been closed.
        key.interestOps(0);
        paused.add(key);
      }
      return;
    }
    Side side = (Side) key.attachment();
    try {
      if (!key.isValid()) {
        return;
      }
      if (key.isConnectable()) {
        side.channel.finishConnect();
        connected(side);
      }
      if (key.isWritable()) {
        flush(side);
      }
      if (key.isValid() && key.isReadable()) {
        pass(side);
      }
    } catch (IOException e) {
      end(side);
    }
  }

  private void accept(Passage passage) throws IOException {
    SocketChannel caller = passage.door.accept();
    if (caller == null) {
      return;
    }
    if (passage.sides.size() >= 2 * PASSAGE_MAX || connections >= ALL_MAX) {
      caller.close();
      return;
    }
    var from = new Side(passage, caller);
    Side to;
    try {
      to = new Side(passage, SocketChannel.open());
    } catch (IOException e) {
      caller.close();
      throw e;
    }
    from.other = to;
    to.other = from;
    passage.sides.add(from);
    passage.sides.add(to);
    connections++;
    try {
      for (Side side : List.of(from, to)) {
        side.channel.configureBlocking(false);
        side.channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        side.key = side.channel.register(selector, 0, side);
      }
      if (to.channel.connect(passage.target)) {
        connected(to);
      } else {
        to.interest(SelectionKey.OP_CONNECT, 0);
      }
    } catch (IOException e) {
      end(from);
    }
  }

  private static void connected(Side to) {
    to.interest(SelectionKey.OP_READ, SelectionKey.OP_CONNECT);
    to.other().interest(SelectionKey.OP_READ, 0);
  }

  private void pass(Side from) throws IOException {
    Side to = from.other();
    buffer.clear();
    int read = from.channel.read(buffer);
    if (read < 0) {
      from.ended = true;
      from.interest(0, SelectionKey.OP_READ);
      if (to.ended) {
        end(from);
      } else {
        to.channel.shutdownOutput();
      }
      return;
    }
    buffer.flip();
    to.channel.write(buffer);
    if (buffer.hasRemaining()) {
      ByteBuffer kept = ByteBuffer.allocate(buffer.remaining());
      to.pending = kept.put(buffer).flip();
      to.interest(SelectionKey.OP_WRITE, 0);
      from.interest(0, SelectionKey.OP_READ);
    }
  }

  private static void flush(Side to) throws IOException {
    ByteBuffer pending = to.pending;
    if (pending != null) {
      to.channel.write(pending);
      if (pending.hasRemaining()) {
        return;
      }
      to.pending = null;
    }
    to.interest(0, SelectionKey.OP_WRITE);
    to.other().interest(SelectionKey.OP_READ, 0);
  }

  private void end(Side side) {
    if (side.passage.sides.remove(side)) {
      side.passage.sides.remove(side.other());
      connections--;
      closeQuietly(side.channel);
      closeQuietly(side.other().channel);
    }
  }

  private static void closeQuietly(AutoCloseable one) {
    try {
      one.close();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "close: {0}", e.getMessage());
    }
  }

  /// Ends every connection.
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }
}

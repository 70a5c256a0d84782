package dev.brume.functions;

import dev.brume.ids.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What `AWS_LAMBDA_RUNTIME_API` names: the HTTP of one environment for programs that are not ours.
/// Runtimes from outside speak the Runtime API here, extensions theirs.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>
final class RuntimeApi implements AutoCloseable {
  /// The port in an environment with a network of its own, as on Lambda.
  static final int PORT = 9001;

  private static final String RUNTIME = "/2018-06-01/runtime/";
  private static final String KNOCK = "GET / HTTP/1.1\r\nConnection: close\r\n\r\n";
  private static final int CONNECTIONS_MAX = 64;
  private static final long DRAIN_MILLIS = 300;
  private final Network network;
  private final ServerSocketChannel door;
  private final ForeignRuntime runtime = new ForeignRuntime();
  private final Extensions extensions;
  private final Telemetry telemetry;
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile boolean speaksRuntime;

  /// @param network that the environment's processes see
  RuntimeApi(Network network, String name, Ids ids) throws IOException {
    this.network = network;
    door = network.listen(PORT);
    telemetry = new Telemetry(network);
    extensions = new Extensions(ids);
    Thread.ofVirtual().name("functions-api-" + name).start(this::accept);
  }

  /// `host:port`, as processes of the environment see it.
  String address() {
    try {
      return "127.0.0.1:" + port();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int port() throws IOException {
    if (door.getLocalAddress() instanceof InetSocketAddress at) {
      return at.getPort();
    }
    throw new ClosedChannelException();
  }

  /// From now on a runtime from outside is expected here.
  ForeignRuntime runtime() {
    speaksRuntime = true;
    return runtime;
  }

  Extensions extensions() {
    return extensions;
  }

  Telemetry telemetry() {
    return telemetry;
  }

  /// Waits until every extension has asked for its first event. Nobody registers or subscribes any
  /// more.
  void awaitReady() throws IOException, InitFailed {
    extensions.awaitReady();
    telemetry.initialised();
  }

  private final class Connection {
    private final SocketChannel channel;
    private final RuntimeWire wire;
    private final CountDownLatch done = new CountDownLatch(1);

    Connection(SocketChannel channel) {
      this.channel = channel;
      wire = new RuntimeWire(channel, Environment.RESPONSE_BYTES_MAX);
    }

    void run() {
      try (channel) {
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        boolean more = true;
        while (more) {
          RuntimeWire.Request request = wire.readFor(runtime::sink);
          more = !request.header("connection", "").equalsIgnoreCase("close");
          ApiAnswer answer = answer(request, wire);
          if (answer != null) {
            wire.write(answer.head(), answer.bytes());
          }
        }
      } catch (IOException | RuntimeException e) {
        // The client has gone, or speaks no HTTP: its connection ends, nothing else.
        return;
      } finally {
        connections.remove(this);
        runtime.lost(wire);
        extensions.lost(wire);
        done.countDown();
      }
    }
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel channel = door.accept();
        var connection = new Connection(channel);
        if (connections.size() >= CONNECTIONS_MAX) {
          channel.close();
          continue;
        }
        connections.add(connection);
        Thread.ofVirtual().name("functions-api").start(connection::run);
      }
    } catch (IOException e) {
      // Closed: the environment has ended.
      return;
    }
  }

  private @Nullable ApiAnswer answer(RuntimeWire.Request request, RuntimeWire from) {
    String path = request.path();
    if (path.startsWith(RUNTIME) && speaksRuntime) {
      if (request.isNext() || request.isResponse() || request.isError()) {
        return request.method().equals(request.isNext() ? "GET" : "POST")
            ? runtime.take(request, from)
            : new ApiAnswer(405, Map.of(), "");
      }
    }
    TelemetryApi api = TelemetryApi.of(path);
    if (api != null) {
      String sender = extensions.nameOf(request);
      return sender == null
          ? Extensions.unknown(request.header("lambda-extension-identifier", ""))
          : request.method().equals("PUT")
              ? telemetry.subscribe(api, request, sender)
              : new ApiAnswer(405, Map.of(), "");
    }
    if (path.startsWith(Extensions.PATH)) {
      return extensions.take(request, from);
    }
    return new ApiAnswer(404, Map.of(), "404 page not found\n");
  }

  /// The process has ended: what it still said is heard first.
  void processEnded() {
    if (!speaksRuntime) {
      close();
      return;
    }
    drain(this::close);
  }

  private void drain(Runnable then) {
    Thread.ofVirtual()
        .name("functions-api-end")
        .start(
            () -> {
              try {
                knock();
                for (Connection one : connections) {
                  if (!one.done.await(DRAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                    break;
                  }
                }
              } catch (IOException e) {
                // Closed already.
                return;
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                then.run();
              }
            });
  }

  /// The runtime has ended, extensions have not: what it still said is heard first.
  void runtimeEnded() {
    if (speaksRuntime) {
      drain(runtime::close);
    }
  }

  // Connections are accepted in their order: when this one is, all of the process's have been.
  private void knock() throws IOException {
    try (SocketChannel own = network.connect(port())) {
      own.write(ByteBuffer.wrap(KNOCK.getBytes(StandardCharsets.ISO_8859_1)));
      own.read(ByteBuffer.allocate(1));
    }
  }

  private void closeDoor() {
    try {
      door.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    closeDoor();
    runtime.close();
    extensions.close();
    telemetry.close();
    for (Connection one : connections) {
      try {
        one.channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}

package dev.brume.http;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger.Level;
import java.net.BindException;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Listens for HTTP/1.1 (and 1.0) and gives each request to a [Handler] on a virtual thread of its
/// own. Parsing is Vert.x's; malformed requests and attempts to smuggle one inside another are
/// answered 400 without reaching the handler.
///
/// Waiting requests cost no thread and no timeout ends them: a function may take 15 minutes.
public final class Listener implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Listener.class.getName());
  private static final DateTimeFormatter HTTP_DATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);
  private static final int SWEEP_MILLIS = 5000;

  private final Limits limits;
  private final InstantSource wall;
  private final Handler handler;
  private final Vertx vertx;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Map<HttpConnection, Activity> connections = new ConcurrentHashMap<>();
  private volatile Dated dated = new Dated(-1, "");

  private record Dated(long second, String text) {}

  /// What a connection is doing: requests being answered, and when it last had one.
  private record Activity(AtomicInteger requests, AtomicLong idleSinceMillis) {}

  private Listener(Limits limits, InstantSource wall, Handler handler) {
    this.limits = limits;
    this.wall = wall;
    this.handler = handler;
    vertx = Vertx.vertx(vertxOptions());
    threads = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("request-", 0).factory());
    server = vertx.createHttpServer(serverOptions(limits));
    server.connectionHandler(this::connected);
    server.requestHandler(this::accept);
    server.exceptionHandler(cause -> LOG.log(Level.DEBUG, "connection: {0}", cause.getMessage()));
  }

  /// Starts listening.
  ///
  /// @param host an address of this machine, e.g. `127.0.0.1`
  /// @param port 0 for any free one, see [#port]
  /// @param wall the machine's own clock: dates of responses, idle connections
  /// @throws PortInUse if something else listens there
  public static Listener open(
      String host, int port, Limits limits, InstantSource wall, Handler handler)
      throws IOException {
    var listener = new Listener(limits, wall, handler);
    try {
      listener.server.listen(port, host).toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      listener.close();
      if (e.getCause() instanceof BindException bind) {
        if (String.valueOf(bind.getMessage()).contains("assign requested address")) {
          throw new IOException(host + " is not an address of this machine", bind);
        }
        throw new PortInUse(host, port, bind);
      }
      throw new IOException("cannot listen on " + host + ":" + port, e.getCause());
    } catch (InterruptedException e) {
      listener.close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
    listener.vertx.setPeriodic(SWEEP_MILLIS, timer -> listener.closeIdle());
    return listener;
  }

  /// The port that is listened on.
  public int port() {
    return server.actualPort();
  }

  private void connected(HttpConnection connection) {
    var activity = new Activity(new AtomicInteger(), new AtomicLong(wall.millis()));
    connections.put(connection, activity);
    connection.closeHandler(nothing -> connections.remove(connection));
  }

  private void closeIdle() {
    long before = wall.millis() - limits.idle().toMillis();
    connections.forEach(
        (connection, activity) -> {
          if (activity.requests().get() == 0 && activity.idleSinceMillis().get() < before) {
            connection.close();
          }
        });
  }

  // On the event loop.
  private void accept(HttpServerRequest request) {
    VertxExchange exchange;
    try {
      exchange = new VertxExchange(request, limits, date());
    } catch (IllegalArgumentException e) {
      request.response().setStatusCode(400).putHeader("Connection", "close").end();
      request.connection().close();
      return;
    }
    exchange.whenReady(vertx, () -> start(exchange, connections.get(request.connection())));
  }

  private void start(VertxExchange exchange, @Nullable Activity activity) {
    if (activity != null) {
      activity.requests().incrementAndGet();
    }
    threads.execute(
        () -> {
          try {
            run(exchange);
          } finally {
            if (activity != null) {
              activity.idleSinceMillis().set(wall.millis());
              activity.requests().decrementAndGet();
            }
          }
        });
  }

  private void run(VertxExchange exchange) {
    try {
      handler.handle(exchange);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} {1}: {2}", exchange.method(), exchange.rawPath(), e.getMessage());
      exchange.abort();
    } catch (Exception e) {
      LOG.log(Level.ERROR, exchange.method() + " " + exchange.rawPath(), e);
      failed(exchange);
    }
    try {
      exchange.finish();
    } catch (InterruptedException e) {
      exchange.abort();
      Thread.currentThread().interrupt();
    }
  }

  private static void failed(VertxExchange exchange) {
    if (exchange.responded()) {
      exchange.abort();
      return;
    }
    try {
      exchange.respond(500, new Headers(), new byte[0]);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "client gone: {0}", e.getMessage());
    }
  }

  private String date() {
    long second = wall.millis() / 1000;
    Dated last = dated;
    if (last.second() != second) {
      last = new Dated(second, HTTP_DATE.format(wall.instant()));
      dated = last;
    }
    return last.text();
  }

  /// Stops listening, lets running requests end for a second, then closes every connection.
  @Override
  public void close() {
    await(server.shutdown(1, TimeUnit.SECONDS).toCompletionStage().toCompletableFuture());
    threads.shutdownNow();
    await(vertx.close().toCompletionStage().toCompletableFuture());
  }

  private static void await(CompletableFuture<?> future) {
    try {
      future.get(3, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.log(Level.DEBUG, "closing: {0}", e.toString());
    }
  }

  private static VertxOptions vertxOptions() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setBlockedThreadCheckInterval(TimeUnit.HOURS.toMillis(1))
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private static HttpServerOptions serverOptions(Limits limits) {
    var options = new HttpServerOptions();
    options.setMaxHeaderSize(limits.headerBytesMax());
    options.setMaxInitialLineLength(limits.requestLineBytesMax());
    options.setMaxChunkSize(64 << 10);
    options.setHandle100ContinueAutomatically(false);
    options.setHttp2ClearTextEnabled(false);
    options.setAcceptBacklog(1024);
    options.setCompressionSupported(false);
    options.setDecompressionSupported(false);
    return options;
  }
}

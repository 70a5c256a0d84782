package dev.brume.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `./brume bench functions`: how fast functions are, beside serverless-offline, a process for each invocation, and a bare Node server, from one run.
final class FunctionsBench {
  private static final Duration WINDOW = Duration.ofSeconds(4);
  private static final int COLD_TIMES = 21;
  private static final int OFFLINE_COPIES = 3;
  private static final int ONCE_TIMES = 11;
  private static final int WARM_TIMES = 3000;
  private static final int BURST = 50;
  private static final int CALLERS = 8;
  private static final int IDLE_FUNCTIONS = 500;
  private static final List<Handlers> IDLE = List.of(Handlers.NODE, Handlers.NODE_SDK, Handlers.PYTHON, Handlers.PYTHON_SDK, Handlers.JAVA);
  private static final long REHEARSAL_MILLIS = 1500;
  private static final long PAUSE_MILLIS = 100;
  private final Servers servers;
  private final Set<String> runtimes = new HashSet<>();

  FunctionsBench(Servers servers) {
    this.servers = servers;
  }

  /// What is measured beside; null where it could not be started.
  ///
  /// @param offline serverless-offline's Lambda API
  /// @param offlineHttp its API Gateway
  /// @param node a bare HTTP server in Node that does the same work
  private record Peers(@Nullable String offline, @Nullable String offlineHttp, @Nullable String node) {}

  void run() throws Exception {
    Servers.Started brume = servers.brume(0);
    try (var account = new Account(servers.root(), brume.endpoint())) {
      account.role();
      Peers peers = peers();
      System.out.printf("Functions: isolation %s, %d processors. Milliseconds unless it says otherwise; `x` is the factor to Brume.%n%n", isolation(account),
          Runtime.getRuntime().availableProcessors());
      row("", "Brume", "serverless-offline", "process each", "bare Node");
      for (Handlers handler : Handlers.values()) {
        if (handler == Handlers.JAVA_SDK && !Files.isDirectory(Handlers.libraries(servers.root()))) {
          System.err.println("the AWS SDK for Java is not here: not measured");
          continue;
        }
        account.function(handler.name(), handler);
        runtimes.add(handler.runtime());
        starts(account, handler, peers);
        warm(account, handler, peers);
      }
      burst(account);
      throughput(account, peers);
      api(account, peers);
      idle(brume, account);
    }
  }

  private static String isolation(Account account) {
    String health = account.health();
    int at = health.indexOf("\"isolation\":\"") + 13;
    return health.substring(at, health.indexOf('"', at));
  }

  // Until a process waits for each runtime in use, as one does a moment after the last cold start, and `more`, for functions that have one of their own.
  private void awaitWaiting(Account account, int more) {
    int wanted = runtimes.size() + more;
    for (int i = 0; i < 1000; i++) {
      Measure.pause(PAUSE_MILLIS);
      if (Integer.parseInt(account.health().replaceAll("(?s).*\"waiting\":(\\d+).*", "$1")) >= wanted) {
        return;
      }
    }
    throw new IllegalStateException("no process waits: " + account.health());
  }

  private Peers peers() throws Exception {
    int node = Servers.freePort();
    var bare = servers.ready("bare Node", List.of("node", "-e", """
        require('http').createServer((request, response) => {
          let body = '';
          request.on('data', (data) => (body += data)).on('end', () => {
            const event = JSON.parse(body || '{}');
            response.end(JSON.stringify({ statusCode: 200, body: JSON.stringify({ hello: event.name }) }));
          });
        }).listen(%d, '127.0.0.1')""".formatted(node)), node, http -> http.call("x", "POST", "/", "{}"));
    Path installed = servers.root().resolve("bench/target/serverless-offline");
    if (!Files.isDirectory(installed.resolve("node_modules/serverless-offline"))) {
      System.err.println("serverless-offline is not here: not measured beside");
      return new Peers(null, null, bare == null ? null : bare.endpoint());
    }
    int http = Servers.freePort();
    int lambda = Servers.freePort();
    OfflineProject.write(installed, OFFLINE_COPIES);
    servers.start(installed, "offline", Map.of("SLS_TELEMETRY_DISABLED", "1", "SLS_NOTIFICATIONS_MODE", "off", "CI", "1"), "node", "node_modules/serverless/bin/serverless.js",
        "offline", "start", "--httpPort", String.valueOf(http), "--lambdaPort", String.valueOf(lambda), "--websocketPort", String.valueOf(Servers.freePort()));
    var offline = servers.answering("serverless-offline", http, it -> it.call("x", "GET", "/" + OfflineProject.WARM_UP, ""));
    return new Peers(offline == null ? null : "http://127.0.0.1:" + lambda, offline == null ? null : offline.endpoint(), bare == null ? null : bare.endpoint());
  }

  private void starts(Account account, Handlers handler, Peers peers) throws Exception {
    String name = handler.name();
    double first = Measure.millis(() -> account.invoke(name));
    if (handler == Handlers.JAVA_SDK) {
      row(handler.title() + ", cold, with new code", first, null, null, null);
    }
    double[] brume = new double[COLD_TIMES];
    for (int i = 0; i < COLD_TIMES; i++) {
      account.touch(name);
      awaitWaiting(account, handler == Handlers.JAVA_SDK ? 1 : 0);
      if (handler == Handlers.JAVA_SDK) {
        // A process of its own is there for whoever comes at once, and goes on getting ready: it makes clients of the SDK.
        Measure.pause(REHEARSAL_MILLIS);
      }
      brume[i] = Measure.millis(() -> account.invoke(name));
    }
    double[] offline = peers.offline() == null || handler.isJava() ? null : new double[OFFLINE_COPIES];
    if (offline != null) {
      try (var connection = new Connection(peers.offline())) {
        for (int i = 0; i < OFFLINE_COPIES; i++) {
          String copy = OfflineProject.function(handler, i);
          offline[i] = Measure.millis(() -> Account.invoke(connection, copy));
        }
      }
    }
    double[] once = new double[ONCE_TIMES];
    for (int i = 0; i < ONCE_TIMES; i++) {
      once[i] = Measure.millis(() -> once(handler));
    }
    row(handler.title() + ", cold, median", median(brume), median(offline), median(once), null);
    row(handler.title() + ", cold, p99", p99(brume), null, p99(once), null);
  }

  // A process for each invocation, with as clean an environment as functions have.
  private void once(Handlers handler) {
    try {
      var builder = new ProcessBuilder(handler.once(servers.root(), servers.work())).redirectErrorStream(true);
      builder.environment().remove("NODE_EXTRA_CA_CERTS");
      builder.environment().put("NODE_PATH", nodeModules());
      Process process = builder.start();
      process.getOutputStream().close();
      String answer = new String(process.getInputStream().readAllBytes());
      if (process.waitFor() != 0 || !answer.contains("hello")) {
        throw new IllegalStateException(handler + " by itself: " + answer);
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  // Where Brume has installed the AWS SDK for functions.
  private static String nodeModules() throws IOException {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "brume");
    try (Stream<Path> folders = Files.list(cache)) {
      return folders.filter(it -> it.getFileName().toString().startsWith("node-runtime-")).map(it -> it.resolve("node_modules").toString()).findFirst().orElse("");
    }
  }

  private void warm(Account account, Handlers handler, Peers peers) throws Exception {
    Measure.millis(WARM_TIMES, _ -> account.invoke(handler.name()));
    double[] brume = Measure.millis(WARM_TIMES, _ -> account.invoke(handler.name()));
    double[] offline = null;
    if (peers.offline() != null && !handler.isJava()) {
      try (var connection = new Connection(peers.offline())) {
        String copy = OfflineProject.function(handler, 0);
        Measure.millis(200, _ -> Account.invoke(connection, copy));
        offline = Measure.millis(WARM_TIMES / 4, _ -> Account.invoke(connection, copy));
      }
    }
    double[] node = null;
    if (handler == Handlers.NODE && peers.node() != null) {
      try (var connection = new Connection(peers.node())) {
        Measure.millis(WARM_TIMES, _ -> connection.call("x", "POST", "/", Handlers.EVENT));
        node = Measure.millis(WARM_TIMES, _ -> connection.call("x", "POST", "/", Handlers.EVENT));
      }
    }
    row(handler.title() + ", warm over HTTP, median", median(brume), median(offline), null, median(node));
    row(handler.title() + ", warm over HTTP, p99", p99(brume), p99(offline), null, p99(node));
    double[] inside = inside(handler);
    row(handler.title() + ", warm inside, median", inside[0], null, null, null);
    row(handler.title() + ", warm inside, p99", inside[1], null, null, null);
  }

  // In a Brume of its own, whose process is the caller.
  private double[] inside(Handlers handler) throws Exception {
    Process process = Servers.java("dev.brume.bench.Inside", servers.work().resolve("inside-" + handler).toString(), handler.name(), servers.root().toString());
    String answer = new String(process.getInputStream().readAllBytes());
    process.waitFor();
    String[] figures = answer.lines().filter(line -> line.startsWith("inside ")).findFirst().orElseThrow(() -> new IllegalStateException(answer)).split(" ");
    return new double[] {Double.parseDouble(figures[1]), Double.parseDouble(figures[2])};
  }

  // As many functions at once, none of which has run.
  private void burst(Account account) throws Exception {
    for (int i = 0; i < BURST; i++) {
      account.function("burst" + i, Handlers.NODE);
    }
    awaitWaiting(account, 0);
    double[] each = new double[BURST];
    double brume = atOnce(i -> {
      try (var connection = new Connection(account.endpoint())) {
        each[i] = Measure.millis(() -> Account.invoke(connection, "burst" + i));
      }
    });
    double once = atOnce(_ -> once(Handlers.NODE));
    Arrays.sort(each);
    row("Node, burst of " + BURST + " cold, the median", Measure.median(each), null, null, null);
    row("Node, burst of " + BURST + " cold, the last", brume, null, once, null);
  }

  private static double atOnce(Measure.Work work) throws Exception {
    long start = System.nanoTime();
    try (var threads = Executors.newFixedThreadPool(BURST)) {
      var all = new ArrayList<java.util.concurrent.Future<?>>();
      for (int i = 0; i < BURST; i++) {
        int number = i;
        all.add(threads.submit(() -> work.run(number)));
      }
      for (var one : all) {
        one.get();
      }
    }
    return (System.nanoTime() - start) / 1e6;
  }

  private void throughput(Account account, Peers peers) {
    for (Handlers handler : List.of(Handlers.NODE, Handlers.PYTHON)) {
      double brume = Measure.rate(CALLERS, WINDOW, () -> new Connection(account.endpoint()), it -> Account.invoke(it, handler.name()));
      Double offline = peers.offline() == null ? null
          : Measure.rate(CALLERS, WINDOW, () -> new Connection(peers.offline()), it -> Account.invoke(it, OfflineProject.function(handler, 0)));
      double once = Measure.rate(CALLERS, WINDOW, (_) -> once(handler));
      Double node = handler != Handlers.NODE || peers.node() == null ? null
          : Measure.rate(CALLERS, WINDOW, () -> new Connection(peers.node()), it -> it.call("x", "POST", "/", Handlers.EVENT));
      row(handler.title() + ", invokes/s, " + CALLERS + " callers", brume, offline, once, node);
    }
  }

  private void api(Account account, Peers peers) {
    String path = account.api(Handlers.NODE.name());
    Measure.millis(WARM_TIMES, _ -> account.connection().call("x", "GET", path, ""));
    double[] brume = Measure.millis(WARM_TIMES, _ -> account.connection().call("x", "GET", path, ""));
    double[] offline = null;
    if (peers.offlineHttp() != null) {
      try (var connection = new Connection(peers.offlineHttp())) {
        Measure.millis(200, _ -> connection.call("x", "GET", "/" + OfflineProject.WARM_UP, ""));
        offline = Measure.millis(WARM_TIMES / 4, _ -> connection.call("x", "GET", "/" + OfflineProject.WARM_UP, ""));
      }
    }
    row("API Gateway → Node, warm, median", median(brume), median(offline), null, null);
    row("API Gateway → Node, warm, p99", p99(brume), p99(offline), null, null);
  }

  private void idle(Servers.Started brume, Account account) throws IOException {
    long before = processes(brume);
    double memory = brume.memoryMegabytes();
    for (int i = 0; i < IDLE_FUNCTIONS; i++) {
      account.function("idle" + i, IDLE.get(i % IDLE.size()));
    }
    awaitWaiting(account, 0);
    System.out.printf(Locale.ROOT, "%n%d idle functions more: %d processes more, %.0f MB more in Brume's process%n", IDLE_FUNCTIONS, processes(brume) - before, brume.memoryMegabytes() - memory);
  }

  private static long processes(Servers.Started brume) {
    return brume.process().descendants().count();
  }

  private static @Nullable Double median(double @Nullable [] millis) {
    return millis == null ? null : Measure.median(Arrays.stream(millis).sorted().toArray());
  }

  private static @Nullable Double p99(double @Nullable [] millis) {
    return millis == null ? null : Measure.p99(Arrays.stream(millis).sorted().toArray());
  }

  private static void row(String what, @Nullable Double brume, @Nullable Double offline, @Nullable Double once, @Nullable Double node) {
    row(what, number(brume, null), number(offline, brume), number(once, brume), number(node, brume));
  }

  private static void row(String what, String brume, String offline, String once, String node) {
    System.out.printf("%-38s %10s %22s %22s %22s%n", what, brume, offline, once, node);
  }

  private static String number(@Nullable Double value, @Nullable Double brume) {
    if (value == null) {
      return "";
    }
    String shown = String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
    return brume == null ? shown : shown + String.format(Locale.ROOT, brume * 100 < value || value < brume ? "  %.2fx" : "  %.1fx", value / brume).replaceAll("(\\d{3,})\\.\\d+x", "$1x");
  }
}

package dev.brume.bench;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The processes that are measured, Brume's and others'; all end with this.
final class Servers implements AutoCloseable {
  private final Path root;
  private final Path work;
  private final List<Process> processes = new ArrayList<>();

  /// @param root of Brume's sources
  Servers(Path root) throws IOException {
    this.root = root;
    this.work = Files.createTempDirectory("brume-bench");
  }

  Path root() {
    return root;
  }

  /// A folder for what a measurement writes.
  Path work() {
    return work;
  }

  interface Probe {
    String ask(Http http);
  }

  /// A running Brume.
  ///
  /// @param millis from its start to its first answer
  record Started(Process process, String endpoint, double millis) {
    double memoryMegabytes() throws IOException {
      Path status = Path.of("/proc/" + process.pid() + "/status");
      if (!Files.exists(status)) {
        return Double.NaN;
      }
      for (String line : Files.readAllLines(status)) {
        if (line.startsWith("VmRSS:")) {
          return Double.parseDouble(line.replaceAll("\\D", "")) / 1024;
        }
      }
      return Double.NaN;
    }
  }

  /// Starts Brume as users do, on a free port.
  ///
  /// @param number names its data folder: the same number continues on the same data
  Started brume(int number) throws Exception {
    return brume(number, freePort());
  }

  Started brume(int number, int port) throws Exception {
    long begin = System.nanoTime();
    Process process = start("brume" + number, root.resolve("brume").toString(), "up", "--data", work.resolve("data" + number).toString(), "--port", String.valueOf(port));
    var http = new Http("http://127.0.0.1:" + port);
    until(60, () -> http.json("sqs", "AmazonSQS.ListQueues", "{}"));
    return new Started(process, http.endpoint(), (System.nanoTime() - begin) / 1e6);
  }

  /// Starts a process that goes with this.
  Process start(String name, String... command) throws IOException {
    return start(work, name, Map.of(), command);
  }

  Process start(Path folder, String name, Map<String, String> variables, String... command) throws IOException {
    Path log = work.resolve(name + ".log");
    var builder = new ProcessBuilder(Arrays.asList(command)).directory(folder.toFile()).redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    // Makes every start of Node slower by tens of milliseconds; functions do not see it either.
    builder.environment().remove("NODE_EXTRA_CA_CERTS");
    builder.environment().putAll(variables);
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /// A program of the benchmark's own in a JVM with Brume's options; it ends by itself.
  static Process java(String mainClass, String... arguments) throws IOException {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m", "-XX:+UseSerialGC",
        "-XX:+UseCompactObjectHeaders", "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp",
        System.getProperty("java.class.path"), mainClass));
    command.addAll(List.of(arguments));
    var builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("NODE_EXTRA_CA_CERTS");
    return builder.start();
  }

  /// Another server, once it answers; null, and said, when it does not.
  @Nullable Http ready(String name, List<String> command, int port, Probe probe) throws Exception {
    start(name + port, command.toArray(String[]::new));
    return answering(name, port, probe);
  }

  @Nullable Http answering(String name, int port, Probe probe) throws InterruptedException {
    var http = new Http("http://127.0.0.1:" + port);
    try {
      until(60, () -> probe.ask(http));
      return http;
    } catch (IllegalStateException e) {
      System.err.println("not measured beside " + name + ": " + e.getMessage());
      return null;
    }
  }

  static void until(int seconds, java.util.function.Supplier<String> probe) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      try {
        probe.get();
        return;
      } catch (RuntimeException e) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("no answer", e);
        }
        Thread.sleep(2);
      }
    }
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /// Ends what was started last.
  void stopLast() {
    stop(processes.removeLast());
  }

  private static void stop(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      stop(process);
    }
    try (Stream<Path> files = Files.walk(work)) {
      files.sorted(java.util.Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    }
  }
}

package dev.brume.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/// `./brume bench`: prints a table of figures, each beside its peer's and the ratio, from one run.
public final class Bench implements AutoCloseable {
  private static final Duration WINDOW = Duration.ofSeconds(3);
  private static final int CALLERS = 32;
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path root;
  private final Path work;
  private final List<Process> processes = new ArrayList<>();

  private Bench(Path root) throws IOException {
    this.root = root;
    this.work = Files.createTempDirectory("brume-bench");
  }

  public static void main(String[] args) throws Exception {
    try (var bench = new Bench(Path.of(args[0]))) {
      bench.run();
    }
  }

  private void run() throws Exception {
    System.out.printf("%-34s %14s %14s %8s%n", "", "Brume", "beside", "ratio");
    double[] starts = new double[5];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = start(i).millis();
      processes.removeLast().destroyForcibly().waitFor();
    }
    java.util.Arrays.sort(starts);
    line("start to first answer, ms (median)", starts[2], null, null);
    Started started = start(9);
    var brume = new Http(started.endpoint());
    line("idle memory, MB", memoryMegabytes(started.process()), null, null);
    sqs(brume);
    dynamo(brume);
    objects(brume);
    functions(brume);
    line("memory after all this, MB", memoryMegabytes(started.process()), null, null);
  }

  private record Started(Process process, String endpoint, double millis) {}

  private Started start(int number) throws Exception {
    int port = freePort();
    Path log = work.resolve("brume" + number + ".log");
    long begin = System.nanoTime();
    Process process = new ProcessBuilder(root.resolve("brume").toString(), "up", "--data", work.resolve("data" + number).toString(), "--port", String.valueOf(port))
            .redirectErrorStream(true).redirectOutput(log.toFile()).start();
    processes.add(process);
    var http = new Http("http://127.0.0.1:" + port);
    until(() -> http.json("sqs", "AmazonSQS.ListQueues", "{}"));
    return new Started(process, http.endpoint(), (System.nanoTime() - begin) / 1e6);
  }

  private void sqs(Http brume) throws Exception {
    @Nullable Http peer = elasticMq();
    String body = "m".repeat(300);
    String mine = queue(brume);
    String theirs = peer == null ? "" : queue(peer);
    Measure.Work send = _ -> send(brume, mine, body);
    double brumeSends = Measure.rate(CALLERS, WINDOW, send);
    Double peerSends = peer == null ? null : Measure.rate(CALLERS, WINDOW, _ -> send(peer, theirs, body));
    line("SQS send/s, durable | ElasticMQ, memory", brumeSends, peerSends, "more is better");
    double brumeTakes = Measure.rate(CALLERS, WINDOW, _ -> take(brume, mine));
    Double peerTakes = peer == null ? null : Measure.rate(CALLERS, WINDOW, _ -> take(peer, theirs));
    line("SQS receive+delete/s | ElasticMQ", brumeTakes, peerTakes, "more is better");
    line("SQS send, one caller, ms (median)", Measure.median(Measure.millis(500, send)), peer == null ? null : Measure.median(Measure.millis(500, _ -> send(peer, theirs, body))), "less is better");
  }

  private static String queue(Http http) throws IOException {
    return JSON.readTree(http.json("sqs", "AmazonSQS.CreateQueue", "{\"QueueName\":\"bench\"}")).get("QueueUrl").asText();
  }

  private static void send(Http http, String url, String body) {
    http.json("sqs", "AmazonSQS.SendMessage", "{\"QueueUrl\":\"" + url + "\",\"MessageBody\":\"" + body + "\"}");
  }

  private static void take(Http http, String url) {
    try {
      JsonNode messages = JSON.readTree(http.json("sqs", "AmazonSQS.ReceiveMessage", "{\"QueueUrl\":\"" + url + "\"}")).path("Messages");
      for (JsonNode message : messages) {
        http.json("sqs", "AmazonSQS.DeleteMessage", "{\"QueueUrl\":\"" + url + "\",\"ReceiptHandle\":" + message.get("ReceiptHandle") + "}");
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void dynamo(Http brume) throws Exception {
    @Nullable Http peer = dynamoDbLocal();
    for (Http http : peer == null ? List.of(brume) : List.of(brume, peer)) {
      http.json("dynamodb", "DynamoDB_20120810.CreateTable", "{\"TableName\":\"bench\",\"BillingMode\":\"PAY_PER_REQUEST\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"
          + "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}]}");
    }
    line("DynamoDB put/s | DynamoDB Local, memory", Measure.rate(CALLERS, WINDOW, n -> put(brume, n)), peer == null ? null : Measure.rate(CALLERS, WINDOW, n -> put(peer, n)), "more is better");
    line("DynamoDB get/s | DynamoDB Local", Measure.rate(CALLERS, WINDOW, n -> get(brume, n)), peer == null ? null : Measure.rate(CALLERS, WINDOW, n -> get(peer, n)), "more is better");
  }

  private static void put(Http http, int number) {
    http.json("dynamodb", "DynamoDB_20120810.PutItem", "{\"TableName\":\"bench\",\"Item\":{\"id\":{\"S\":\"" + number % 5000 + "\"},\"n\":{\"N\":\"" + number + "\"},\"text\":{\"S\":\"" + "t".repeat(200) + "\"}}}");
  }

  private static void get(Http http, int number) {
    http.json("dynamodb", "DynamoDB_20120810.GetItem", "{\"TableName\":\"bench\",\"Key\":{\"id\":{\"S\":\"" + number % 5000 + "\"}}}");
  }

  private void objects(Http brume) throws Exception {
    brume.bytes("s3", "PUT", "/bench", new byte[0]);
    byte[] small = new byte[1024];
    byte[] large = new byte[1 << 20];
    line("S3 put/s, 1 KiB", Measure.rate(CALLERS, WINDOW, n -> brume.bytes("s3", "PUT", "/bench/s" + n % 1000, small)), null, null);
    line("S3 get/s, 1 KiB", Measure.rate(CALLERS, WINDOW, n -> brume.bytes("s3", "GET", "/bench/s" + n % 100, new byte[0])), null, null);
    line("S3 put MB/s, 1 MiB", Measure.rate(4, WINDOW, n -> brume.bytes("s3", "PUT", "/bench/l" + n % 20, large)), null, null);
    line("S3 get MB/s, 1 MiB", Measure.rate(4, WINDOW, n -> brume.bytes("s3", "GET", "/bench/l" + n % 4, new byte[0])), null, null);
  }

  private void functions(Http brume) throws Exception {
    String role = "arn:aws:iam::000000000000:role/bench";
    brume.call("iam", "POST", "/?Action=CreateRole&Version=2010-05-08&RoleName=bench&AssumeRolePolicyDocument="
        + java.net.URLEncoder.encode("{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}", StandardCharsets.UTF_8), "");
    String code = zip("exports.handler = async (event) => ({ statusCode: 200, body: 'hello' });");
    for (int i = 0; i < 8; i++) {
      brume.call("lambda", "POST", "/2015-03-31/functions", "{\"FunctionName\":\"bench" + i + "\",\"Runtime\":\"nodejs20.x\",\"Role\":\"" + role
          + "\",\"Handler\":\"index.handler\",\"Code\":{\"ZipFile\":\"" + code + "\"}}");
    }
    Thread.sleep(1500);
    double[] cold = Measure.millis(8, n -> {
      invoke(brume, "bench" + n);
      pause();
    });
    for (int i = 0; i < cold.length; i++) {
      cold[i] -= 500;
    }
    line("cold invoke, Node, ms (median)", Measure.median(cold), null, null);
    Measure.millis(200, _ -> invoke(brume, "bench0"));
    double[] warm = Measure.millis(1000, _ -> invoke(brume, "bench0"));
    @Nullable Http node = node();
    double[] bare = node == null ? null : Measure.millis(1000, _ -> node.call("x", "POST", "/", "{}"));
    line("warm invoke, ms (median) | bare Node", Measure.median(warm), bare == null ? null : Measure.median(bare), "less is better");
    line("warm invoke, ms (p99) | bare Node", Measure.p99(warm), bare == null ? null : Measure.p99(bare), "less is better");
    line("invokes/s, 8 callers | bare Node", Measure.rate(8, WINDOW, _ -> invoke(brume, "bench0")), node == null ? null : Measure.rate(8, WINDOW, _ -> node.call("x", "POST", "/", "{}")), "more is better");
  }

  private static void invoke(Http brume, String function) {
    brume.call("lambda", "POST", "/2015-03-31/functions/" + function + "/invocations", "{}");
  }

  private static void pause() {
    try {
      Thread.sleep(500);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String zip(String source) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry("index.js"));
      zip.write(source.getBytes(StandardCharsets.UTF_8));
    }
    return Base64.getEncoder().encodeToString(out.toByteArray());
  }

  private @Nullable Http elasticMq() throws Exception {
    Path jars = root.resolve("bench/target/elasticmq");
    if (!Files.isDirectory(jars)) {
      return null;
    }
    int port = freePort();
    Path source = work.resolve("Mq.java");
    Files.writeString(source, "public class Mq { public static void main(String[] a) throws Exception { org.elasticmq.rest.sqs.SQSRestServerBuilder.withPort(Integer.parseInt(a[0])).withInterface(\"127.0.0.1\").start(); Thread.sleep(1000000); } }");
    return ready(java("-cp", jars + "/*", source.toString(), String.valueOf(port)), port, http -> http.json("sqs", "AmazonSQS.ListQueues", "{}"));
  }

  private @Nullable Http dynamoDbLocal() throws Exception {
    Path jars = root.resolve("bench/target/dynamodb-local");
    if (!Files.isDirectory(jars)) {
      return null;
    }
    int port = freePort();
    return ready(java("-cp", jars + "/*", "com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-inMemory", "-disableTelemetry", "-port", String.valueOf(port)), port,
        http -> http.json("dynamodb", "DynamoDB_20120810.ListTables", "{}"));
  }

  private @Nullable Http node() throws Exception {
    int port = freePort();
    return ready(List.of("node", "-e", "require('http').createServer((q, r) => { let b = ''; q.on('data', d => b += d).on('end', () => r.end(JSON.stringify({ statusCode: 200, body: 'hello' }))); }).listen(" + port + ", '127.0.0.1')"),
        port, http -> http.call("x", "POST", "/", "{}"));
  }

  private static List<String> java(String... arguments) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
    command.addAll(List.of(arguments));
    return command;
  }

  private interface Probe {
    String ask(Http http);
  }

  private @Nullable Http ready(List<String> command, int port, Probe probe) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(work.resolve("peer" + port + ".log").toFile()).start();
    processes.add(process);
    var http = new Http("http://127.0.0.1:" + port);
    try {
      until(() -> probe.ask(http));
      return http;
    } catch (IllegalStateException e) {
      System.err.println("not measured beside " + command.getLast() + ": " + e.getMessage());
      return null;
    }
  }

  private static void until(java.util.function.Supplier<String> probe) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
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

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static double memoryMegabytes(Process process) throws IOException {
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

  private static void line(String what, double mine, @Nullable Double theirs, @Nullable String reading) {
    String beside = theirs == null ? "" : number(theirs);
    String ratio = theirs == null ? "" : String.format(Locale.ROOT, "%.2f", mine / theirs);
    System.out.printf("%-40s %12s %12s %8s  %s%n", what, number(mine), beside, ratio, reading == null ? "" : reading);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
  }

  @Override
  public void close() throws InterruptedException {
    for (Process process : processes) {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }
}

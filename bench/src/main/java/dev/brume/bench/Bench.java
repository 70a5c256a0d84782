package dev.brume.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// `./brume bench`: prints a table of figures, each beside its peer's and the ratio, from one run.
public final class Bench {
  private static final Duration WINDOW = Duration.ofSeconds(3);
  private static final int CALLERS = 32;
  private static final ObjectMapper JSON = new ObjectMapper();
  private final Path root;
  private final Servers servers;

  private Bench(Servers servers) {
    this.root = servers.root();
    this.servers = servers;
  }

  /// @param args the root of the sources, then what to measure: nothing for a bit of everything or `functions`
  public static void main(String[] args) throws Exception {
    try (var servers = new Servers(Path.of(args[0]))) {
      switch (args.length > 1 ? args[1] : "") {
        case "" -> new Bench(servers).run();
        case "functions" -> new FunctionsBench(servers).run();
        default -> {
          System.err.println("usage: brume bench [functions]");
          System.exit(2);
        }
      }
    }
  }

  private void run() throws Exception {
    System.out.printf("%-34s %14s %14s %8s%n", "", "Brume", "beside", "ratio");
    double[] starts = new double[5];
    for (int i = 0; i < starts.length; i++) {
      starts[i] = servers.brume(i).millis();
      servers.stopLast();
    }
    java.util.Arrays.sort(starts);
    line("start to first answer, ms (median)", starts[2], null, null);
    Servers.Started started = servers.brume(9);
    var brume = new Http(started.endpoint());
    line("idle memory, MB", started.memoryMegabytes(), null, null);
    sqs(brume);
    dynamo(brume);
    objects(brume);
    line("memory after all this, MB", started.memoryMegabytes(), null, null);
    System.out.println("Functions: ./brume bench functions");
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

  private @Nullable Http elasticMq() throws Exception {
    Path jars = root.resolve("bench/target/elasticmq");
    if (!Files.isDirectory(jars)) {
      return null;
    }
    int port = Servers.freePort();
    Path source = servers.work().resolve("Mq.java");
    Files.writeString(source, "public class Mq { public static void main(String[] a) throws Exception { org.elasticmq.rest.sqs.SQSRestServerBuilder.withPort(Integer.parseInt(a[0])).withInterface(\"127.0.0.1\").start(); Thread.sleep(1000000); } }");
    return servers.ready("elasticmq", java("-cp", jars + "/*", source.toString(), String.valueOf(port)), port, http -> http.json("sqs", "AmazonSQS.ListQueues", "{}"));
  }

  private @Nullable Http dynamoDbLocal() throws Exception {
    Path jars = root.resolve("bench/target/dynamodb-local");
    if (!Files.isDirectory(jars)) {
      return null;
    }
    int port = Servers.freePort();
    return servers.ready("dynamodb-local", java("-cp", jars + "/*", "com.amazonaws.services.dynamodbv2.local.main.ServerRunner", "-inMemory", "-disableTelemetry", "-port", String.valueOf(port)), port,
        http -> http.json("dynamodb", "DynamoDB_20120810.ListTables", "{}"));
  }

  private static List<String> java(String... arguments) {
    var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx512m"));
    command.addAll(List.of(arguments));
    return command;
  }

  private static void line(String what, double mine, @Nullable Double theirs, @Nullable String reading) {
    String beside = theirs == null ? "" : number(theirs);
    String ratio = theirs == null ? "" : String.format(Locale.ROOT, "%.2f", mine / theirs);
    System.out.printf("%-40s %12s %12s %8s  %s%n", what, number(mine), beside, ratio, reading == null ? "" : reading);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : "%.2f", value);
  }
}

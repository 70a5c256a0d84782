package dev.brume.compat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Pattern;

/// Mixed invocations of several functions, synchronous, asynchronous and from a queue, while environments and the server are killed at random. In the end nothing
/// may be left over on the machine, and no event that was acknowledged may be missing.
///
/// `./brume bench soak [minutes]` runs it for long, [SoakTest] for a moment.
final class Soak {
  private static final String TABLE = "seen";
  private static final int WORKERS = 3;
  private static final Pattern ID = Pattern.compile("\"id\":\\{\"S\":\"([^\"]*)\"}");
  // What the functions are: two note the ids of their events in a table; the others answer, end themselves, leave children behind, or take their time.
  private static final Map<String, String> NODE = Map.of(
      "note", """
          const { DynamoDBClient, PutItemCommand } = require('@aws-sdk/client-dynamodb');
          const client = new DynamoDBClient({});
          exports.handler = async (event) => {
            for (const id of event.Records ? event.Records.map((r) => r.body) : [event.id])
              await client.send(new PutItemCommand({ TableName: 'seen', Item: { id: { S: id } } }));
            return event;
          };
          """,
      "quick", "exports.handler = async (event) => event;",
      "talks", "exports.handler = async (event) => { for (let i = 0; i < 200; i++) console.log('line', i, 'of', event.id); return event; };",
      "dies", "exports.handler = async (event) => { if (Math.random() < 0.3) process.exit(3); return event; };",
      "slow", "exports.handler = async (event) => { await new Promise((go) => setTimeout(go, 250)); return event; };",
      "breeds", "exports.handler = async (event) => { require('child_process').spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).unref(); return event; };");
  private static final String PYTHON_QUICK = "def handler(event, context):\n    print(event)\n    return event\n";

  private final Path data;
  private final Random random;
  private final AtomicBoolean stop = new AtomicBoolean();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
  private final Set<Long> pids = new HashSet<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> functions = new ArrayList<>();
  private final Set<String> runtimes = new HashSet<>();
  private Server server;
  private String queue;

  /// @param folder for the data; must not be used by anything else
  Soak(Path folder, long seed) {
    data = folder.resolve("data");
    random = new Random(seed);
  }

  public static void main(String[] args) throws Exception {
    Path folder = Files.createTempDirectory("brume-soak");
    var soak = new Soak(folder, System.nanoTime());
    List<String> faults = soak.run(Duration.ofSeconds((long) (Double.parseDouble(args[0]) * 60)));
    System.out.println(soak.summary());
    faults.forEach(fault -> System.out.println("FAULT: " + fault));
    System.out.println(faults.isEmpty() ? "nothing is left over, nothing is lost" : faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  String summary() {
    return new TreeMap<>(counts).toString();
  }

  /// What went wrong; empty when nothing did.
  List<String> run(Duration time) throws Exception {
    server = Server.start(data);
    try {
      pids.add(server.pid());
      setUp();
      phase("a", time.multipliedBy(3).dividedBy(4), true);
      // Without a restart of the server: whether it keeps something of each environment that ends.
      int before = descriptorsWithoutEnvironments();
      phase("b", time.dividedBy(4), false);
      int after = descriptorsWithoutEnvironments();
      if (after > before + 12) {
        faults.add("the server has " + after + " open files instead of " + before);
      }
      events();
      count("log lines of quick", logLines());
    } finally {
      server.close();
    }
    leftovers();
    return faults;
  }

  private void count(String what, long by) {
    counts.computeIfAbsent(what, k -> new LongAdder()).add(by);
  }

  private void setUp() throws IOException {
    Functions.role(server, "soak", """
        {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["dynamodb:PutItem","sqs:*","logs:*"],"Resource":"*"}]}""");
    aws("dynamodb", "DynamoDB_20120810.CreateTable", "{\"TableName\":\"" + TABLE + "\",\"BillingMode\":\"PAY_PER_REQUEST\",\"KeySchema\":[{\"AttributeName\":\"id\",\"KeyType\":\"HASH\"}],"
        + "\"AttributeDefinitions\":[{\"AttributeName\":\"id\",\"AttributeType\":\"S\"}]}");
    for (Map.Entry<String, String> one : new TreeMap<>(NODE).entrySet()) {
      create(one.getKey(), "nodejs22.x", "index.js", one.getValue());
    }
    if (Client.has("python3", "--version")) {
      create("quick-python", "python3.13", "index.py", PYTHON_QUICK);
    }
    String answer = aws("sqs", "AmazonSQS.CreateQueue", "{\"QueueName\":\"soak\",\"Attributes\":{\"VisibilityTimeout\":\"60\"}}");
    queue = answer.replaceAll(".*\"QueueUrl\":\"([^\"]*)\".*", "$1");
    server.aws("lambda", "POST", "/2015-03-31/event-source-mappings", "application/json",
        "{\"FunctionName\":\"note\",\"EventSourceArn\":\"arn:aws:sqs:us-east-1:000000000000:soak\",\"BatchSize\":5}");
  }

  private void create(String name, String runtime, String file, String code) throws IOException {
    String zip = Base64.getEncoder().encodeToString(Functions.zip(file, code));
    server.aws("lambda", "POST", "/2015-03-31/functions", "application/json", "{\"FunctionName\":\"" + name + "\",\"Runtime\":\"" + runtime
        + "\",\"Handler\":\"index.handler\",\"Timeout\":20,\"Role\":\"arn:aws:iam::000000000000:role/soak\",\"Code\":{\"ZipFile\":\"" + zip + "\"}}");
    functions.add(name);
    runtimes.add(runtime);
  }

  private String aws(String service, String target, String body) {
    return server.aws(service, target, body);
  }

  private void phase(String name, Duration time, boolean serverToo) throws InterruptedException {
    stop.set(false);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < WORKERS; i++) {
        String prefix = name + i + "-";
        threads.submit(() -> work(prefix));
      }
      try {
        disturb(time, serverToo);
      } finally {
        stop.set(true);
      }
    }
  }

  private Object work(String prefix) throws InterruptedException {
    for (int i = 0; !stop.get(); i++) {
      String id = prefix + i;
      String event = "{\"id\":\"" + id + "\"}";
      try {
        switch (ThreadLocalRandom.current().nextInt(8)) {
          case 0 -> {
            server.aws("lambda", "POST", "/2015-03-31/functions/note/invocations", Map.of("X-Amz-Invocation-Type", "Event"), event);
            acknowledged.add(id);
            count("asynchronous", 1);
          }
          case 1 -> {
            aws("sqs", "AmazonSQS.SendMessage", "{\"QueueUrl\":\"" + queue + "\",\"MessageBody\":\"" + id + "\"}");
            acknowledged.add(id);
            count("queue", 1);
          }
          default -> invoke(functions.get(ThreadLocalRandom.current().nextInt(functions.size())), event);
        }
      } catch (RuntimeException | AssertionError e) {
        // The server was just killed: not acknowledged.
        count("refused", 1);
        TimeUnit.MILLISECONDS.sleep(50);
      }
    }
    return "";
  }

  private void invoke(String function, String event) {
    String answer = server.aws("lambda", "POST", "/2015-03-31/functions/" + function + "/invocations", Map.of(), event);
    if (answer.equals(event) || answer.equals(event.replace(":", ": "))) {
      count("synchronous", 1);
    } else if (answer.contains("errorType")) {
      count("synchronous, failed", 1);
    } else {
      synchronized (faults) {
        faults.add(function + " answered " + answer + " to " + event);
      }
    }
  }

  // Kills a process of an environment every now and then, and the server less often.
  private void disturb(Duration time, boolean serverToo) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    long nextServer = System.nanoTime() + serverPause(time);
    while (System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(600));
      if (serverToo && System.nanoTime() > nextServer) {
        server.kill();
        server.start();
        pids.add(server.pid());
        count("kills of the server", 1);
        nextServer = System.nanoTime() + serverPause(time);
        continue;
      }
      List<ProcessHandle> all = ProcessHandle.of(server.pid()).stream().flatMap(ProcessHandle::descendants).toList();
      if (!all.isEmpty() && all.get(random.nextInt(all.size())).destroyForcibly()) {
        count("kills in environments", 1);
      }
    }
  }

  private long serverPause(Duration time) {
    return Math.min(time.dividedBy(4).toNanos(), TimeUnit.SECONDS.toNanos(20 + random.nextInt(40)));
  }

  // The server's open files when no function has an environment (the change of a function retires those it has) and one process waits for each runtime. Each of
  // them has files of its own (its network, its sockets, its pipes), and how many live at a moment is chance. The least of several counts, for connections that
  // are just being closed.
  private int descriptorsWithoutEnvironments() throws IOException, InterruptedException {
    var counts = new ArrayList<Integer>();
    String state = "";
    // A runtime that nobody has used since the server was started has no process yet. What was killed while it waited is replaced, at the latest after half a
    // minute, and so is what was killed on its start.
    functions.stream().filter(name -> name.startsWith("quick")).forEach(name -> invoke(name, "{\"id\":\"count\"}"));
    for (int i = 0; i < 900 && counts.size() < 10; i++) {
      if (!state.contains("\"environments\":0,")) {
        for (String function : functions) {
          server.aws("lambda", "PUT", "/2015-03-31/functions/" + function + "/configuration", "application/json", "{\"Description\":\"" + System.nanoTime() + "\"}");
        }
      }
      TimeUnit.MILLISECONDS.sleep(100);
      int count = descriptors();
      state = Server.send(HttpRequest.newBuilder(URI.create(server.endpoint() + "/_brume/health")).build()).body();
      if (state.contains("\"environments\":0,") && state.contains("\"waiting\":" + runtimes.size() + ",")) {
        counts.add(count);
      }
    }
    if (counts.isEmpty()) {
      faults.add("environments are still there, or no process waits: " + state);
    }
    return counts.stream().min(Integer::compare).orElse(0);
  }

  private int descriptors() throws IOException {
    try (var files = Files.list(Path.of("/proc/" + server.pid() + "/fd"))) {
      return (int) files.count();
    }
  }

  // Waits until everything that was acknowledged is in the table, retries on the virtual clock included.
  private void events() {
    Set<String> missing = new HashSet<>(acknowledged);
    int before = 0;
    for (int quiet = 0; quiet < 15 && !missing.isEmpty(); ) {
      missing.removeAll(seen());
      quiet = missing.size() == before ? quiet + 1 : 0;
      before = missing.size();
      server.advance(60);
    }
    if (!missing.isEmpty()) {
      faults.add(missing.size() + " of " + acknowledged.size() + " events are lost, e.g. " + missing.stream().sorted().limit(5).toList());
    }
  }

  private Set<String> seen() {
    var ids = new HashSet<String>();
    String from = "";
    do {
      String page = aws("dynamodb", "DynamoDB_20120810.Scan", "{\"TableName\":\"" + TABLE + "\",\"ConsistentRead\":true" + from + "}");
      ID.matcher(page).results().forEach(found -> ids.add(found.group(1)));
      int at = page.indexOf("\"LastEvaluatedKey\":");
      from = at < 0 ? "" : ",\"ExclusiveStartKey\":{" + ID.matcher(page.substring(at)).results().findFirst().orElseThrow().group() + "}";
    } while (!from.isEmpty());
    return ids;
  }

  private long logLines() {
    String groups = aws("logs", "Logs_20140328.FilterLogEvents", "{\"logGroupName\":\"/aws/lambda/quick\",\"limit\":10}");
    long lines = groups.split("\"message\"", -1).length - 1;
    if (lines == 0) {
      faults.add("quick has no log");
    }
    return lines;
  }

  // What the servers, all of which have ended, have left on the machine.
  private void leftovers() throws IOException, InterruptedException {
    for (int i = 0; i < 100 && !left().isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
    faults.addAll(left());
  }

  private List<String> left() throws IOException {
    var left = new ArrayList<String>();
    for (Path folder : List.of(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/memory"), Path.of("/sys/fs/cgroup/pids"), Path.of("/tmp"))) {
      if (Files.isDirectory(folder)) {
        try (var all = Files.list(folder)) {
          all.filter(it -> isOurs(it.getFileName().toString())).forEach(it -> left.add("folder " + it));
        }
      }
    }
    Path temporary = data.resolve("functions/tmp");
    if (Files.isDirectory(temporary)) {
      try (var all = Files.list(temporary)) {
        all.forEach(it -> left.add("folder " + it));
      }
    }
    if (Files.exists(Path.of("/proc/self/mountinfo"))) {
      Files.readAllLines(Path.of("/proc/self/mountinfo")).stream().filter(it -> it.contains(data.toString()) || isOurs(it)).forEach(it -> left.add("mount " + it));
      try (var processes = Files.list(Path.of("/proc"))) {
        processes.filter(it -> it.getFileName().toString().matches("\\d+")).forEach(it -> {
          if (isOurs(text(it.resolve("cgroup"))) || isOurs(text(it.resolve("cmdline")))) {
            left.add("process " + it + " " + text(it.resolve("cmdline")).replace('\0', ' '));
          }
        });
      }
    }
    return left;
  }

  private boolean isOurs(String text) {
    return pids.stream().anyMatch(pid -> Pattern.compile("brume-" + pid + "(?!\\d)").matcher(text).find());
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}

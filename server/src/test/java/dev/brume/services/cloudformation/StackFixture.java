package dev.brume.services.cloudformation;

import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.cloudformation.*;
import dev.brume.store.Kv;
import dev.brume.store.MemoryKv;
import dev.brume.store.Reader;
import dev.brume.store.StoreClosed;
import dev.brume.store.Tx;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/// CloudFormation on a store in memory, a clock that stands still and a [FakeCloud].
final class StackFixture implements AutoCloseable {
  private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

  final FakeCloud cloud = new FakeCloud();
  private final Random random;
  private MemoryKv disk = new MemoryKv();
  private StoppingKv kv;
  private VirtualClock clock;
  DurableTimers timers;
  CloudFormationService service;

  StackFixture() {
    this(1);
  }

  StackFixture(long seed) {
    random = new Random(seed);
    start(Integer.MAX_VALUE);
  }

  /// A store that takes so many transactions and then no more, as if the process had been killed.
  private static final class StoppingKv implements Kv {
    private final Kv disk;
    private final AtomicInteger left;

    StoppingKv(Kv disk, int transactions) {
      this.disk = disk;
      this.left = new AtomicInteger(transactions);
    }

    @Override
    public <T> T tx(Function<Tx, T> closure) {
      if (left.getAndDecrement() <= 0) {
        left.set(0);
        throw new StoreClosed(null);
      }
      return disk.tx(closure);
    }

    @Override
    public <T> T read(Function<Reader, T> closure) {
      if (left.get() <= 0) {
        throw new StoreClosed(null);
      }
      return disk.read(closure);
    }

    @Override
    public void close() {
      disk.close();
    }
  }

  private void start(int transactions) {
    kv = new StoppingKv(disk, transactions);
    clock = new VirtualClock(disk, () -> START);
    timers = new DurableTimers(disk, clock);
    service = new CloudFormationService(kv, clock, timers, new Ids(random), cloud, cloud.types());
    timers.start();
    cloud.answers = this::answer;
    service.start();
  }

  /// From now on the process has so many transactions to live.
  void stopAfter(int transactions) {
    kv.left.set(transactions);
  }

  boolean stopped() {
    return kv.left.get() <= 0;
  }

  /// Starts again on what is on the disk.
  void restart() {
    kv.left.set(0);
    service.close();
    timers.close();
    disk = disk.afterCrash();
    start(Integer.MAX_VALUE);
  }

  Call call() {
    return call("000000000000");
  }

  Call call(String account) {
    return new Call(
        account,
        "us-east-1",
        new Principal.Root(account),
        "request",
        clock.instant(),
        "http://127.0.0.1:4566");
  }

  void advance(Duration by) {
    timers.advance(by);
  }

  CreateStackInput creation(String name, String template) {
    return new CreateStackInput()
        .stackName(name)
        .templateBody(template)
        .capabilities(List.of("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"));
  }

  /// Creates a stack and answers its ARN; it may have failed.
  String create(String name, String template) {
    return service.createStack(call(), creation(name, template)).stackId();
  }

  UpdateStackInput change(String name, String template) {
    return new UpdateStackInput()
        .stackName(name)
        .templateBody(template)
        .capabilities(List.of("CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"));
  }

  void update(String name, String template) {
    service.updateStack(call(), change(name, template));
  }

  void delete(String name) {
    service.deleteStack(call(), new DeleteStackInput().stackName(name));
  }

  Stack stack(String name) {
    return service
        .describeStacks(call(), new DescribeStacksInput().stackName(name))
        .stacks()
        .getFirst();
  }

  String status(String name) {
    return stack(name).stackStatus();
  }

  Map<String, String> outputs(String name) {
    var outputs = new LinkedHashMap<String, String>();
    stack(name).outputs().forEach(each -> outputs.put(each.outputKey(), each.outputValue()));
    return outputs;
  }

  /// Events, oldest first, as `logical id status` and the reason, if there is one.
  List<String> events(String name) {
    return service
        .describeStackEvents(call(), new DescribeStackEventsInput().stackName(name))
        .stackEvents()
        .reversed()
        .stream()
        .map(
            event ->
                event.logicalResourceId()
                    + " "
                    + event.resourceStatus()
                    + (event.resourceStatusReason() == null
                        ? ""
                        : ": " + event.resourceStatusReason()))
        .toList();
  }

  /// Waits, on this machine's time, until something that a thread does is so.
  static void eventually(java.util.function.BooleanSupplier so) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!so.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("did not come about");
      }
      Thread.onSpinWait();
    }
  }

  /// A custom resource's answer, over the door that handlers reach.
  int answer(String url, String body) {
    String path = url.substring(url.indexOf('/', "https://".length()));
    var exchange = new Put("/_brume/cfn-response" + path, body);
    try {
      service.door().handle(exchange);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return exchange.status;
  }

  private static final class Put implements Exchange {
    private final String path;
    private final byte[] body;
    private int status;

    Put(String path, String body) {
      this.path = path;
      this.body = body.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String method() {
      return "PUT";
    }

    @Override
    public String rawPath() {
      return path;
    }

    @Override
    public String rawQuery() {
      return null;
    }

    @Override
    public Headers headers() {
      return new Headers();
    }

    @Override
    public String host() {
      return "";
    }

    @Override
    public InputStream body() {
      return new ByteArrayInputStream(body);
    }

    @Override
    public long contentLength() {
      return body.length;
    }

    @Override
    public String remoteAddress() {
      return "127.0.0.1";
    }

    @Override
    public void respond(int code, Headers headers, byte[] content) {
      status = code;
    }

    @Override
    public OutputStream stream(int code, Headers headers, long length) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean responded() {
      return status != 0;
    }

    @Override
    public void abort() {
      throw new UnsupportedOperationException();
    }
  }

  @Override
  public void close() {
    service.close();
    timers.close();
    disk.close();
  }
}

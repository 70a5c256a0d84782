package dev.brume.services.lambda;

import dev.brume.auth.Authorizer;
import dev.brume.auth.Credentials;
import dev.brume.events.Outbox;
import dev.brume.functions.Functions;
import dev.brume.functions.FunctionsSettings;
import dev.brume.gateway.Services;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.iam.CreateRoleRequest;
import dev.brume.model.iam.IamClient;
import dev.brume.model.iam.PutRolePolicyRequest;
import dev.brume.model.lambda.*;
import dev.brume.model.logs.CreateLogGroupRequest;
import dev.brume.model.logs.CreateLogStreamRequest;
import dev.brume.model.logs.LogsApi;
import dev.brume.model.logs.PutLogEventsRequest;
import dev.brume.model.logs.PutLogEventsResponse;
import dev.brume.model.sqs.GetQueueAttributesRequest;
import dev.brume.model.sqs.SqsClient;
import dev.brume.services.iam.IamPolicies;
import dev.brume.services.iam.IamService;
import dev.brume.services.sqs.SqsService;
import dev.brume.services.sts.StsService;
import dev.brume.store.MemoryKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Lambda with the services it needs, on a store in memory; functions really run.
final class LambdaFixture implements AutoCloseable {
  static final String ACCOUNT = "111122223333";
  static final String REGION = "eu-west-1";
  static final String ROLE = "arn:aws:iam::" + ACCOUNT + ":role/worker";
  private static final long PATIENCE_NANOS = 60_000_000_000L;
  private static final long POLL_NANOS = 2_000_000;
  final Ids ids = new Ids(new Random(11));
  final MemoryKv kv = new MemoryKv();
  final VirtualClock clock = new VirtualClock(kv, InstantSource.system());
  final DurableTimers timers = new DurableTimers(kv, clock);
  final Outbox targets = new Outbox(kv, clock, timers, ids);
  private final Authorizer authorizer =
      new Authorizer(new IamPolicies(kv), (call, resource) -> null);
  final Services services = new Services(authorizer::check);
  final List<String> log = Collections.synchronizedList(new ArrayList<>());
  final Functions functions;
  final LambdaService service;
  final LambdaClient lambda = new LambdaClient(services);
  final SqsClient sqs = new SqsClient(services);
  private final SqsService queues = new SqsService(kv, clock, timers, targets, ids);

  LambdaFixture(Path folder) {
    Path watched = folder.resolve("watched");
    try {
      Files.createDirectories(watched);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    var usual = FunctionsSettings.of(folder);
    functions =
        new Functions(
            new FunctionsSettings(
                usual.folder(),
                folder.resolve("run"),
                usual.cacheFolder(),
                usual.isolation(),
                8,
                Duration.ofMinutes(10),
                1,
                usual.sandbox(),
                null),
            clock,
            clock,
            ids);
    services.add(new IamService(kv, ids));
    services.add(new StsService(new Credentials(kv, clock, ids), services));
    services.add(queues);
    services.add(new Log());
    service =
        new LambdaService(
            kv,
            clock,
            timers,
            targets,
            services,
            ids,
            functions,
            watched,
            () -> "http://127.0.0.1:4649");
    services.add(service);
    timers.start();
    targets.start();
    service.start();
    var iam = new IamClient(services);
    iam.createRole(
        call(),
        new CreateRoleRequest()
            .roleName("worker")
            .assumeRolePolicyDocument(
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":"
                    + "{\"Service\":\"lambda.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}]}"));
    iam.putRolePolicy(
        call(),
        new PutRolePolicyRequest()
            .roleName("worker")
            .policyName("all")
            .policyDocument(
                "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\","
                    + "\"Resource\":\"*\"}]}"));
  }

  /// Keeps what functions print.
  private final class Log implements LogsApi {
    @Override
    public dev.brume.model.logs.CreateLogGroupResponse createLogGroup(
        Call call, CreateLogGroupRequest in) {
      return new dev.brume.model.logs.CreateLogGroupResponse();
    }

    @Override
    public dev.brume.model.logs.CreateLogStreamResponse createLogStream(
        Call call, CreateLogStreamRequest in) {
      return new dev.brume.model.logs.CreateLogStreamResponse();
    }

    @Override
    public PutLogEventsResponse putLogEvents(Call call, PutLogEventsRequest in) {
      in.logEvents().forEach(event -> log.add(event.message()));
      return new PutLogEventsResponse();
    }
  }

  Call call() {
    return new Call(
        ACCOUNT,
        REGION,
        new Principal.Root(ACCOUNT),
        ids.uuid(),
        clock.instant(),
        "http://127.0.0.1:4649");
  }

  CreateFunctionRequest function(String name, String source) {
    return new CreateFunctionRequest()
        .functionName(name)
        .runtime("nodejs20.x")
        .handler("index.handler")
        .role(ROLE)
        .timeout(10)
        .code(new FunctionCode().zipFile(zip(source)));
  }

  static byte[] zip(String source) {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("index.js"));
      zip.write(source.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    return bytes.toByteArray();
  }

  String invoke(String name, String event) {
    return new String(
        lambda
            .invoke(
                call(),
                new InvocationRequest()
                    .functionName(name)
                    .payload(event.getBytes(StandardCharsets.UTF_8)))
            .payload(),
        StandardCharsets.UTF_8);
  }

  /// How many lines of functions end like this.
  long lines(String end) {
    try {
      service.flushLogs();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return List.copyOf(log).stream().filter(line -> line.endsWith(end)).count();
  }

  String queue(String name) {
    return sqs.createQueue(
            call(),
            new dev.brume.model.sqs.CreateQueueRequest()
                .queueName(name)
                .attributes(java.util.Map.of("VisibilityTimeout", "60")))
        .queueUrl();
  }

  /// Messages of a queue: `visible+hidden`.
  String counts(String url) {
    var counts =
        sqs.getQueueAttributes(
                call(),
                new GetQueueAttributesRequest().queueUrl(url).attributeNames(List.of("All")))
            .attributes();
    return counts.get("ApproximateNumberOfMessages")
        + "+"
        + counts.get("ApproximateNumberOfMessagesNotVisible");
  }

  /// Waits until something is so. Fails when that takes very long.
  static void await(BooleanSupplier condition) {
    long began = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - began > PATIENCE_NANOS) {
        throw new AssertionError("it never came");
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  static String queueArn(String name) {
    return "arn:aws:sqs:" + REGION + ":" + ACCOUNT + ":" + name;
  }

  @Override
  public void close() {
    service.close();
    functions.close();
    queues.close();
    targets.close();
    timers.close();
    kv.close();
  }
}

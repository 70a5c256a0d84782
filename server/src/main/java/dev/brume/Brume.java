package dev.brume;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.auth.AccessRequest;
import dev.brume.auth.Authenticator;
import dev.brume.auth.Authorizer;
import dev.brume.auth.Credentials;
import dev.brume.auth.StoredPolicies;
import dev.brume.events.Outbox;
import dev.brume.functions.Debugging;
import dev.brume.functions.Functions;
import dev.brume.functions.FunctionsSettings;
import dev.brume.functions.RuntimeEntry;
import dev.brume.functions.SandboxFacts;
import dev.brume.gateway.BrowserAccess;
import dev.brume.gateway.FrontDoor;
import dev.brume.gateway.Gateway;
import dev.brume.gateway.Services;
import dev.brume.gateway.StatusPages;
import dev.brume.http.Handler;
import dev.brume.http.Limits;
import dev.brume.http.Listener;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Operation;
import dev.brume.model.Operations;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModels;
import dev.brume.model.Struct;
import dev.brume.protocol.Router;
import dev.brume.resources.ResourceType;
import dev.brume.services.apigateway.ApiGatewayResources;
import dev.brume.services.apigateway.ApiGatewayService;
import dev.brume.services.athena.AthenaResources;
import dev.brume.services.athena.AthenaService;
import dev.brume.services.cloudformation.CloudFormationService;
import dev.brume.services.cloudtrail.CloudTrailService;
import dev.brume.services.dynamodb.DynamoDbResources;
import dev.brume.services.dynamodb.DynamoDbService;
import dev.brume.services.ecr.EcrResources;
import dev.brume.services.ecr.EcrService;
import dev.brume.services.events.EventsResources;
import dev.brume.services.events.EventsService;
import dev.brume.services.glue.GlueResources;
import dev.brume.services.glue.GlueService;
import dev.brume.services.iam.IamPolicies;
import dev.brume.services.iam.IamResources;
import dev.brume.services.iam.IamService;
import dev.brume.services.kms.KmsResources;
import dev.brume.services.kms.KmsService;
import dev.brume.services.lambda.CodeDoor;
import dev.brume.services.lambda.LambdaResources;
import dev.brume.services.lambda.LambdaService;
import dev.brume.services.logs.LogsResources;
import dev.brume.services.logs.LogsService;
import dev.brume.services.s3.S3Resources;
import dev.brume.services.s3.S3Service;
import dev.brume.services.sns.SnsResources;
import dev.brume.services.sns.SnsService;
import dev.brume.services.sqs.SqsResources;
import dev.brume.services.sqs.SqsService;
import dev.brume.services.ssm.SsmResources;
import dev.brume.services.ssm.SsmService;
import dev.brume.services.sts.StsService;
import dev.brume.store.Blobs;
import dev.brume.store.FileBlobs;
import dev.brume.store.Kv;
import dev.brume.store.MemoryBlobs;
import dev.brume.store.MemoryKv;
import dev.brume.store.RocksKv;
import dev.brume.time.DurableTimers;
import dev.brume.time.VirtualClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The one place where everything is made and connected.
public final class Brume implements AutoCloseable {
  public static final String VERSION = "0.1.0";

  private static final System.Logger LOG = System.getLogger("brume");

  private final Ids ids = new Ids(new SecureRandom());
  private final InstantSource wall = InstantSource.system();
  private final Kv kv;
  private final Blobs blobs;
  private final VirtualClock clock;
  private final DurableTimers timers;
  private final Outbox targets;
  private final Credentials credentials;
  private final Authenticator authenticator;
  private final Services services;
  private final @Nullable Authorizer authorizer;
  private final List<FrontDoor> doors = new ArrayList<>();
  private final Map<String, BrowserAccess> browsers = new HashMap<>();
  private final List<ResourceType> types = new ArrayList<>();
  // What runs on its own, stopped in this order before the store closes.
  private final List<Runnable> closing = new ArrayList<>();
  private final Listener listener;
  private @Nullable Functions functions;

  private Brume(Settings settings, Kv kv, Blobs blobs, Listener listener) {
    this.kv = kv;
    this.blobs = blobs;
    this.listener = listener;
    clock = new VirtualClock(kv, wall);
    timers = new DurableTimers(kv, clock);
    targets = new Outbox(kv, clock, timers, ids);
    credentials = new Credentials(kv, wall, ids);
    authenticator = new Authenticator(credentials, wall, settings.region());
    services = new Services(this::authorize);
    authorizer =
        settings.iamEnforced()
            ? new Authorizer(new IamPolicies(kv), new StoredPolicies(services))
            : null;
    doors.add(new StatusPages(this::health, clock, timers));
  }

  /// Opens the store, wires every service, and answers requests when this returns.
  ///
  /// @throws dev.brume.http.PortInUse if something else listens on the port
  /// @throws dev.brume.store.StoreLocked if another process uses the data folder
  public static Brume start(Settings settings) throws IOException {
    // The listener starts while the store opens; requests wait until all is wired.
    var gateway = new CompletableFuture<Handler>();
    Listener listener =
        Listener.open(
            settings.host(),
            settings.port(),
            Limits.DEFAULT,
            InstantSource.system(),
            exchange -> gateway.get().handle(exchange));
    try {
      Path data = settings.data();
      Ids ids = new Ids(new SecureRandom());
      Blobs blobs = data == null ? new MemoryBlobs(ids) : new FileBlobs(folder(data, "blobs"), ids);
      Kv kv = data == null ? new MemoryKv() : new RocksKv(folder(data, "kv"), Brume::failStop);
      var brume = new Brume(settings, kv, blobs, listener);
      brume.wire(settings);
      gateway.complete(brume.gateway());
      return brume;
    } catch (IOException | RuntimeException e) {
      listener.close();
      throw e;
    }
  }

  private static Path folder(Path data, String name) throws IOException {
    return Files.createDirectories(data.resolve(name));
  }

  // A store that cannot write must not go on answering: what it says would not be so after a
  // restart.
  private static void failStop(Throwable cause) {
    LOG.log(Level.ERROR, "the store cannot write, stopping", cause);
    Runtime.getRuntime().halt(70);
  }

  /// Adds the services, one line each, in the order in which they need each other.
  private void wire(Settings settings) {
    services.add(new IamService(kv, ids));
    types.addAll(new IamResources(services).all());
    services.add(new StsService(credentials, services));

    services.add(new KmsService(kv, timers, ids));
    types.addAll(new KmsResources(services).all());

    services.add(new EcrService(kv));
    types.addAll(new EcrResources(services).all());
    services.add(new CloudTrailService());

    services.add(new SsmService(kv));
    types.addAll(new SsmResources(services).all());

    services.add(new LogsService(kv, clock, timers, ids));
    types.addAll(new LogsResources(services).all());

    services.add(new DynamoDbService(kv, clock, timers, ids));
    types.addAll(new DynamoDbResources(services).all());

    SqsService sqs = new SqsService(kv, clock, timers, targets, ids);
    services.add(sqs);
    closing.add(sqs::close);
    types.addAll(new SqsResources(services).all());

    services.add(new SnsService(kv, clock, targets, ids, false));
    types.addAll(new SnsResources(services).all());

    services.add(new EventsService(kv, clock, timers, targets, ids));
    types.addAll(new EventsResources(services).all());

    services.add(new GlueService(kv));
    types.addAll(new GlueResources(services).all());

    var athena = new AthenaService(kv, clock, services, ids, queries(settings));
    services.add(athena);
    closing.add(athena::close);
    types.addAll(new AthenaResources(services).all());

    addS3();

    Functions functions = functions(settings);
    LambdaService lambda = lambda(settings, functions);
    services.add(lambda);
    types.addAll(new LambdaResources(services).all());
    closing.add(lambda::close);
    closing.add(functions::close);
    this.functions = functions;

    var apiGateway = new ApiGatewayService(kv, ids);
    services.add(apiGateway);
    doors.add(apiGateway.invokeUrls(services, clock));
    types.addAll(new ApiGatewayResources(services).all());

    // After every service whose types it deploys.
    var cloudFormation = new CloudFormationService(kv, clock, timers, ids, services, types);
    services.add(cloudFormation);
    doors.addFirst(cloudFormation.door());
    closing.addFirst(cloudFormation::close);

    timers.start();
    targets.start();
    lambda.start();
    athena.start();
    cloudFormation.start();
  }

  private void addS3() {
    var s3 = new S3Service(kv, blobs, timers, targets, services, ids);
    s3.sweepBlobs();
    services.add(s3);
    browsers.put("s3", s3.browsers());
    doors.add(s3.forms(services, authenticator, clock));
    types.addAll(new S3Resources(services).all());
  }

  private LambdaService lambda(Settings settings, Functions functions) {
    Path watched = settings.watched();
    var lambda =
        new LambdaService(
            kv, clock, timers, targets, services, ids, functions, watched, this::endpoint);
    doors.addFirst(new CodeDoor(functions.code()));
    doors.addFirst(lambda.urlDoor(authenticator, this::allows, clock));
    return lambda;
  }

  // The files of running queries, gone when they end.
  private static Path queries(Settings settings) {
    try {
      Path data = settings.data();
      return data == null ? Files.createTempDirectory("brume-queries-") : data.resolve("queries");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // Without a data folder functions' code lives in a folder that goes with the process.
  private Functions functions(Settings settings) {
    try {
      Path data = settings.data();
      Path folder = data == null ? Files.createTempDirectory("brume-memory-") : data;
      var debugging = Debugging.parse(System.getenv().getOrDefault("BRUME_DEBUG", ""));
      var usual = FunctionsSettings.of(folder).with(settings.isolation()).with(settings.sandbox());
      return new Functions(
          data == null ? usual.throwAway(folder) : usual, debugging, clock, wall, ids);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Handler gateway() {
    return new Gateway(
        doors,
        browsers,
        new Router(ServiceModels.identities(), ServiceModels::get),
        authenticator,
        services,
        clock,
        ids,
        endpoint());
  }

  private void authorize(Call call, ServiceModel model, Operation operation, Struct input) {
    Authorizer enforced = authorizer;
    if (enforced != null) {
      enforced.check(call, model, operation, input);
    }
  }

  private boolean allows(Call call, AccessRequest request) {
    Authorizer enforced = authorizer;
    return enforced == null || enforced.allows(call, request);
  }

  private ObjectNode health() {
    ObjectNode document = Json.object().put("status", "ready").put("version", VERSION);
    services.names().forEach(document.putArray("services")::add);
    if (functions != null) {
      Functions.Status status = functions.status();
      ObjectNode shown = document.putObject("functions").put("isolation", status.isolation());
      SandboxFacts sandbox = status.sandbox();
      if (sandbox != null) {
        shown
            .put("network", sandbox.network())
            .put("memory", sandbox.memory())
            .put("storage", sandbox.storage())
            .put("freeze", sandbox.freeze());
        sandbox.missing().forEach(shown.putArray("missing")::add);
      }
      shown
          .put("environments", status.environments())
          .put("frozen", status.frozen())
          .put("waiting", functions.waiting())
          .set("runtimes", runtimes(functions));
    }
    return document;
  }

  private static ObjectNode runtimes(Functions functions) {
    ObjectNode all = Json.object();
    for (RuntimeEntry entry : functions.runtimes()) {
      all.putObject(entry.runtime())
          .put("program", entry.program())
          .put("version", entry.version())
          .put("exact", entry.exact());
    }
    return all;
  }

  public int port() {
    return listener.port();
  }

  /// Where Brume is reached on this machine, e.g. `http://127.0.0.1:4566`.
  public String endpoint() {
    return "http://127.0.0.1:" + port();
  }

  /// The door for calls from inside the process.
  public Operations operations() {
    return services;
  }

  /// Stops taking requests, then what runs in the background, then closes the store.
  @Override
  public void close() {
    listener.close();
    closing.forEach(Runnable::run);
    targets.close();
    timers.close();
    kv.close();
  }
}

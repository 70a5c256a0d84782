package dev.brume.services.lambda;

import dev.brume.events.patterns.EventPattern;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.model.sqs.GetQueueAttributesRequest;
import dev.brume.model.sqs.SqsClient;
import dev.brume.services.lambda.LambdaStore.MappingRow;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Event source mappings: queues that functions are fed from. Each enabled one has a poller.
final class Mappings implements AutoCloseable {
  private static final Pattern QUEUE =
      Pattern.compile("arn:aws[a-z-]*:sqs:[a-z0-9-]+:\\d{12}:[\\w.-]+");
  private final Kv kv;
  private final Clock clock;
  private final Ids ids;
  private final Catalog catalog;
  private final Roles roles;
  private final Invoker invoker;
  private final SqsClient sqs;
  private final FilterSecrets secrets;
  private final Map<String, QueuePoller> pollers = new ConcurrentHashMap<>();

  Mappings(
      Kv kv,
      Clock clock,
      Ids ids,
      Catalog catalog,
      Roles roles,
      Invoker invoker,
      Operations operations) {
    this.kv = kv;
    this.clock = clock;
    this.ids = ids;
    this.catalog = catalog;
    this.roles = roles;
    this.invoker = invoker;
    this.sqs = new SqsClient(operations);
    this.secrets = new FilterSecrets(roles, operations);
  }

  /// Starts the pollers of the mappings that are there.
  void start() {
    var found = new ArrayList<Runnable>();
    LambdaStore.each(
        kv,
        "mapping",
        5,
        (parts, value) -> {
          MappingRow row = LambdaStore.MAPPING.read(value);
          found.add(() -> poll((String) parts.get(1), (String) parts.get(2), row));
        });
    found.forEach(Runnable::run);
  }

  EventSourceMappingConfiguration create(Call call, CreateEventSourceMappingRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    Configuration function = configuration(name);
    String source = in.eventSourceArn();
    if (source == null || source.split(":").length < 6) {
      throw LambdaErrors.invalid("Unrecognized event source.");
    }
    if (!QUEUE.matcher(source).matches()) {
      throw LambdaErrors.invalid("Brume reads event sources of SQS only, not yet " + source);
    }
    QueueParameters.check(in);
    String key = in.kmsKeyArn() == null || in.kmsKeyArn().isEmpty() ? null : in.kmsKeyArn();
    var pollers =
        QueueParameters.Pollers.of(
            in.provisionedPollerConfig(), new QueueParameters.Pollers(null, null));
    int window =
        in.maximumBatchingWindowInSeconds() == null ? 0 : in.maximumBatchingWindowInSeconds();
    int batch = in.batchSize() == null ? LambdaLimits.QUEUE_BATCH_DEFAULT : in.batchSize();
    var row =
        new MappingRow(
            ids.uuid(),
            source,
            name.name(),
            name.qualifier(),
            in.enabled() == null || in.enabled(),
            batch,
            window,
            secrets.close(name, key, filters(in.filterCriteria())),
            List.copyOf(in.functionResponseTypes()),
            in.scalingConfig() == null ? null : in.scalingConfig().maximumConcurrency(),
            pollers.least(),
            pollers.most(),
            key,
            Map.copyOf(in.tags()),
            call.now().toEpochMilli());
    QueueParameters.check(row);
    checkQueue(name, function, source);
    kv.tx(
        tx -> {
          for (MappingRow other :
              LambdaStore.all(
                  tx, LambdaStore.mappings(name.account(), name.region()), LambdaStore.MAPPING)) {
            if (other.sourceArn().equals(source)
                && other.functionName().equals(row.functionName())) {
              throw LambdaErrors.mappingExists(source, row.functionName(), other.uuid());
            }
          }
          tx.put(
              LambdaStore.mapping(name.account(), name.region(), row.uuid()),
              LambdaStore.MAPPING.write(row));
          return 0;
        });
    poll(name.account(), name.region(), row);
    return shape(call, row, row.enabled() ? "Creating" : "Disabled");
  }

  EventSourceMappingConfiguration get(Call call, String uuid) {
    MappingRow row = row(call, uuid);
    return shape(call, row, state(row));
  }

  ListEventSourceMappingsResponse list(Call call, ListEventSourceMappingsRequest in) {
    String given = in.functionName();
    FunctionName name = given == null ? null : FunctionName.of(call, given, null);
    List<EventSourceMappingConfiguration> all =
        kv
            .read(
                reader ->
                    LambdaStore.all(
                        reader,
                        LambdaStore.mappings(call.account(), call.region()),
                        LambdaStore.MAPPING))
            .stream()
            .filter(row -> name == null || row.functionName().equals(name.name()))
            .filter(
                row -> in.eventSourceArn() == null || row.sourceArn().equals(in.eventSourceArn()))
            .map(row -> shape(call, row, state(row)))
            .toList();
    var page = Page.of(all, in.marker(), in.maxItems());
    return new ListEventSourceMappingsResponse()
        .eventSourceMappings(page.items())
        .nextMarker(page.next());
  }

  EventSourceMappingConfiguration update(Call call, UpdateEventSourceMappingRequest in) {
    MappingRow old = row(call, in.uuid());
    String given = in.functionName();
    FunctionName name =
        given == null
            ? new FunctionName(call.account(), call.region(), old.functionName(), old.qualifier())
            : FunctionName.of(call, given, null);
    configuration(name);
    QueueParameters.check(in);
    String newKey = in.kmsKeyArn();
    String key = newKey == null ? old.kmsKeyArn() : newKey.isEmpty() ? null : newKey;
    var pollers =
        QueueParameters.Pollers.of(
            in.provisionedPollerConfig(),
            new QueueParameters.Pollers(old.pollersMin(), old.pollersMax()));
    var row =
        new MappingRow(
            old.uuid(),
            old.sourceArn(),
            name.name(),
            name.qualifier(),
            in.enabled() == null ? old.enabled() : in.enabled(),
            in.batchSize() == null ? old.batchSize() : in.batchSize(),
            in.maximumBatchingWindowInSeconds() == null
                ? old.windowSeconds()
                : in.maximumBatchingWindowInSeconds(),
            filters(name, old, in, key),
            in.hasFunctionResponseTypes()
                ? List.copyOf(in.functionResponseTypes())
                : old.responseTypes(),
            in.scalingConfig() == null
                ? old.concurrencyMax()
                : in.scalingConfig().maximumConcurrency(),
            pollers.least(),
            pollers.most(),
            key,
            old.tags(),
            call.now().toEpochMilli());
    QueueParameters.check(row);
    kv.tx(
        tx -> {
          tx.put(
              LambdaStore.mapping(call.account(), call.region(), row.uuid()),
              LambdaStore.MAPPING.write(row));
          return 0;
        });
    poll(call.account(), call.region(), row);
    return shape(
        call,
        row,
        old.enabled() == row.enabled() ? "Updating" : row.enabled() ? "Enabling" : "Disabling");
  }

  EventSourceMappingConfiguration delete(Call call, String uuid) {
    MappingRow row = row(call, uuid);
    kv.tx(
        tx -> {
          tx.delete(LambdaStore.mapping(call.account(), call.region(), uuid));
          return 0;
        });
    stop(uuid);
    return shape(call, row, "Deleting");
  }

  Map<String, String> tags(Call call, String uuid) {
    return row(call, uuid).tags();
  }

  void tag(Call call, String uuid, Map<String, String> added, List<String> removed) {
    row(call, uuid);
    kv.tx(
        tx -> {
          var key = LambdaStore.mapping(call.account(), call.region(), uuid);
          MappingRow old = LambdaStore.get(tx, key, LambdaStore.MAPPING);
          if (old == null) {
            throw LambdaErrors.resourceNotFound();
          }
          Map<String, String> tags = new TreeMap<>(old.tags());
          tags.putAll(added);
          removed.forEach(tags::remove);
          tx.put(key, LambdaStore.MAPPING.write(old.tagged(tags)));
          return 0;
        });
  }

  // What AWS finds out before it takes a mapping: that the queue is there, that the function's role
  // may read it, and that a message stays hidden for as long as the function may take.
  private void checkQueue(FunctionName name, Configuration function, String source) {
    try {
      var session =
          roles.assume(
              name.account(),
              name.region(),
              name.functionArn(),
              name.name(),
              function.settings().role());
      String[] parts = source.split(":");
      Call call =
          roles
              .asService(name.account(), name.region(), name.functionArn())
              .as(session.principal())
              .in(parts[4], parts[3]);
      String url = QueueEvents.queueUrl(call, source);
      String visibility =
          sqs.getQueueAttributes(
                  call,
                  new GetQueueAttributesRequest()
                      .queueUrl(url)
                      .attributeNames(List.of("VisibilityTimeout")))
              .attributes()
              .getOrDefault("VisibilityTimeout", "30");
      if (Integer.parseInt(visibility) < function.settings().timeoutSeconds()) {
        throw LambdaErrors.invalid(
            "Queue visibility timeout: "
                + visibility
                + " seconds is less than Function timeout: "
                + function.settings().timeoutSeconds()
                + " seconds");
      }
    } catch (ServiceError e) {
      if (e.code().startsWith("InvalidParameterValue")) {
        throw e;
      }
      if (e.code().startsWith("AccessDenied")) {
        throw LambdaErrors.invalid(
            "The provided execution role does not have permissions to call ReceiveMessage on SQS");
      }
      throw LambdaErrors.invalid(
          "Error occurred while ReceiveMessage. SQS Error Code: "
              + e.code()
              + ". SQS Error Message: "
              + e.getMessage());
    }
  }

  private Configuration configuration(FunctionName name) {
    try {
      return catalog.resolve(name).configuration();
    } catch (ServiceError e) {
      throw LambdaErrors.invalid("Function does not exist");
    }
  }

  // Kept as they are unless the patterns or their key change.
  private List<String> filters(
      FunctionName name, MappingRow old, UpdateEventSourceMappingRequest in, @Nullable String key) {
    if (in.filterCriteria() != null) {
      return secrets.close(name, key, filters(in.filterCriteria()));
    }
    return Objects.equals(key, old.kmsKeyArn())
        ? old.filters()
        : secrets.close(name, key, secrets.open(name, old));
  }

  private static List<String> filters(@Nullable FilterCriteria criteria) {
    if (criteria == null) {
      return List.of();
    }
    var patterns = new ArrayList<String>();
    for (Filter filter : criteria.filters()) {
      String pattern = filter.pattern() == null ? "" : filter.pattern();
      try {
        EventPattern.of(pattern);
        patterns.add(pattern);
      } catch (EventPattern.Invalid e) {
        throw LambdaErrors.invalid("Invalid filter pattern definition.");
      }
    }
    return patterns;
  }

  private MappingRow row(Call call, String uuid) {
    MappingRow row =
        kv.read(
            reader ->
                LambdaStore.get(
                    reader,
                    LambdaStore.mapping(call.account(), call.region(), uuid),
                    LambdaStore.MAPPING));
    if (row == null) {
      throw LambdaErrors.resourceNotFound();
    }
    return row;
  }

  private static String state(MappingRow row) {
    return row.enabled() ? "Enabled" : "Disabled";
  }

  private EventSourceMappingConfiguration shape(Call call, MappingRow row, String state) {
    QueuePoller poller = pollers.get(row.uuid());
    String last = poller == null ? "No records processed" : poller.lastResult();
    var out = Shapes.mapping(call.account(), call.region(), row, state, last);
    secrets.show(call, row, out);
    return out;
  }

  private void poll(String account, String region, MappingRow row) {
    stop(row.uuid());
    if (row.enabled()) {
      var poller =
          new QueuePoller(account, region, row, clock, ids, catalog, roles, secrets, invoker, sqs);
      pollers.put(row.uuid(), poller);
      poller.start();
    }
  }

  private void stop(String uuid) {
    QueuePoller poller = pollers.remove(uuid);
    if (poller != null) {
      poller.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(pollers.keySet()).forEach(this::stop);
  }
}

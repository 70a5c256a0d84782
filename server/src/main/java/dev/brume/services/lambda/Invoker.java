package dev.brume.services.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.brume.auth.AccessRequest;
import dev.brume.functions.CodeStore;
import dev.brume.functions.FunctionSpec;
import dev.brume.functions.Functions;
import dev.brume.functions.Invocation;
import dev.brume.functions.LogSink;
import dev.brume.functions.Outcome;
import dev.brume.functions.ProvisionedStatus;
import dev.brume.functions.ResponseSink;
import dev.brume.functions.RestoreFailed;
import dev.brume.functions.RuntimeUnavailable;
import dev.brume.ids.Ids;
import dev.brume.json.Json;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.lambda.UpdateFunctionCodeRequest;
import dev.brume.services.lambda.Configuration.LayerReference;
import dev.brume.services.lambda.LambdaStore.AliasRow;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs functions now, within their concurrency.
final class Invoker {
  private static final byte[] EMPTY_EVENT = "{}".getBytes(StandardCharsets.UTF_8);
  private final Ids ids;
  private final Functions functions;
  private final Catalog catalog;
  private final WatchedFolders watched;
  private final Permissions permissions;
  private final Roles roles;
  private final FunctionLogs logs;
  private final Supplier<String> endpoint;
  private final Executions executions;
  private final Traces traces;
  private final SnapStarts snapStarts;
  private final Map<String, FunctionSpec> specs = new ConcurrentHashMap<>();

  Invoker(
      Ids ids,
      Functions functions,
      Catalog catalog,
      WatchedFolders watched,
      Permissions permissions,
      Roles roles,
      FunctionLogs logs,
      Executions executions,
      Traces traces,
      SnapStarts snapStarts,
      Supplier<String> endpoint) {
    this.ids = ids;
    this.functions = functions;
    this.catalog = catalog;
    this.watched = watched;
    this.permissions = permissions;
    this.roles = roles;
    this.logs = logs;
    this.executions = executions;
    this.traces = traces;
    this.snapStarts = snapStarts;
    this.endpoint = endpoint;
  }

  /// What an invocation came to.
  ///
  /// @param version that ran
  /// @param trace the header that it had
  record Answer(Outcome outcome, String version, @Nullable String trace) {}

  /// Throws unless the caller may invoke: the account's own by their own policies (checked before),
  /// services and other accounts by the function's policy.
  void authorize(Call call, FunctionName name) {
    Principal principal = call.principal();
    boolean allowed =
        switch (principal) {
          case Principal.ServicePrincipal service ->
              permissions.allows(
                  name,
                  Permissions.INVOKE,
                  service.name(),
                  service.sourceArn(),
                  service.sourceAccount());
          case Principal.Root root -> root.account().equals(name.account()) || shared(call, name);
          case Principal.RoleSession role ->
              role.account().equals(name.account()) || shared(call, name);
          case Principal.Anonymous anonymous -> false;
        };
    if (!allowed) {
      throw LambdaErrors.accessDenied(principal.arn(), name.arn());
    }
  }

  private boolean shared(Call call, FunctionName name) {
    var request = AccessRequest.of(call.principal(), Permissions.INVOKE, name.arn());
    return permissions.allows(name, request.with(Permissions.VIA_URL, "false"));
  }

  /// The event as the function gets it: `{}` when there is none. Throws when it is no JSON or too
  /// large.
  static byte[] event(byte @Nullable [] payload, int bytesMax) {
    if (payload == null || payload.length == 0) {
      return EMPTY_EVENT;
    }
    if (payload.length > bytesMax) {
      throw LambdaErrors.payloadTooLarge(bytesMax);
    }
    try {
      Json.parse(new String(payload, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw LambdaErrors.payloadNotJson(
          e.getOriginalMessage()
              + "\n at [Source: (byte[])\""
              + new String(payload, 0, Math.min(payload.length, 200), StandardCharsets.UTF_8)
              + "\"; line: "
              + e.getLocation().getLineNr()
              + ", column: "
              + e.getLocation().getColumnNr()
              + "]");
    }
    return payload;
  }

  /// The client context as the function gets it: JSON. Throws when it is not in Base64.
  static @Nullable String clientContext(@Nullable String given) {
    if (given == null) {
      return null;
    }
    try {
      return new String(Base64.getDecoder().decode(given), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw LambdaErrors.invalid("Client context must be a valid Base64-encoded JSON object.");
    }
  }

  /// What an invocation will run.
  ///
  /// @param name as it was asked for
  /// @param configuration of the version that an alias led to
  /// @param loops whether it may be run in a loop
  record Chosen(
      FunctionName name, Configuration configuration, @Nullable Integer reserved, boolean loops) {}

  /// Chooses the version that the next invocation runs. Throws ResourceNotFoundException.
  Chosen choose(FunctionName name) {
    Catalog.Resolved found = saved(name, catalog.resolve(name));
    return new Chosen(
        name,
        route(name, found),
        found.row().reservedConcurrency(),
        found.row().recursiveLoop() != null);
  }

  /// An event for what was chosen. Throws RecursiveInvocationException.
  ///
  /// @param header of the trace that the event belongs to, null for none
  Invocation invocation(
      Chosen chosen,
      String requestId,
      byte[] event,
      @Nullable String clientContext,
      @Nullable String header,
      boolean tail) {
    String mode = chosen.configuration().settings().tracing();
    String trace = traces.enter(chosen.name(), header, mode, chosen.loops());
    boolean traced = mode.equals("Active");
    return new Invocation(
        requestId, event, chosen.name().arn(), trace, traced, clientContext, tail);
  }

  /// Whether an event with this trace header must not run the function again.
  boolean loops(FunctionName name, @Nullable String header) {
    return Traces.loops(name, header) && catalog.resolve(name).row().recursiveLoop() == null;
  }

  /// Runs the function on this thread. Throws TooManyRequestsException when there is no room.
  ///
  /// @param header of the trace that the event belongs to, null for none
  Answer invoke(
      FunctionName name,
      String requestId,
      byte[] event,
      @Nullable String clientContext,
      @Nullable String header,
      boolean tail) {
    Chosen chosen = choose(name);
    Invocation invocation = invocation(chosen, requestId, event, clientContext, header, tail);
    Outcome outcome = run(chosen, invocation, null);
    return new Answer(outcome, chosen.configuration().version(), invocation.traceId());
  }

  /// Runs what was chosen on this thread. Throws TooManyRequestsException when there is no room.
  ///
  /// @param sink takes the answer while it comes; null for one that is whole in the outcome
  Outcome run(Chosen chosen, Invocation invocation, @Nullable ResponseSink sink) {
    FunctionName name = chosen.name();
    String version = chosen.configuration().version();
    snapStarts.check(name, chosen.configuration());
    try (var _ = executions.enter(name, version, chosen.reserved())) {
      FunctionSpec spec = spec(name, chosen.configuration());
      LogSink log = log(name, chosen.configuration());
      return sink == null
          ? functions.invoke(spec, invocation, log)
          : functions.invokeStreaming(spec, invocation, log, sink);
    } catch (RestoreFailed e) {
      throw LambdaErrors.notRestored(e.timeout());
    } catch (RuntimeUnavailable e) {
      throw e.busy()
          ? LambdaErrors.concurrencyExceeded()
          : LambdaErrors.invalidRuntime(String.valueOf(e.getMessage()));
    }
  }

  // Takes in what was saved in the folder of the function's code since.
  private Catalog.Resolved saved(FunctionName name, Catalog.Resolved found) {
    String folder = found.configuration().code().folder();
    if (folder == null || !watched.changed(folder)) {
      return found;
    }
    catalog.updateCode(
        roles.asService(name.account(), name.region(), name.functionArn()),
        new UpdateFunctionCodeRequest()
            .functionName(name.name())
            .s3Bucket(WatchedFolders.BUCKET)
            .s3Key(folder));
    return catalog.resolve(name);
  }

  /// Starts a process for a function that was just made or changed.
  void prepare(FunctionName name) {
    functions.prepare(spec(name, catalog.resolve(name).configuration()));
  }

  /// Makes the snapshot of a version with SnapStart.
  CompletableFuture<Optional<String>> snapshot(FunctionName version) {
    Configuration configuration = catalog.resolve(version).configuration();
    return functions.snapshot(spec(version, configuration), log(version, configuration));
  }

  private LogSink log(FunctionName name, Configuration of) {
    return logs.of(name.account(), name.region(), of.settings().logging().group());
  }

  /// Keeps this many environments of a version initialised from now on, 0 for none.
  void provision(FunctionName version, int environments) {
    if (environments == 0) {
      FunctionSpec known = specs.get(version.arn());
      if (known != null) {
        functions.provision(
            known, 0, logs.of(version.account(), version.region(), known.logGroup()));
      }
      return;
    }
    Configuration configuration = catalog.resolve(version).configuration();
    functions.provision(spec(version, configuration), environments, log(version, configuration));
  }

  /// How far the provisioned environments of a version are, null when none were ordered.
  @Nullable ProvisionedStatus provisioned(FunctionName version) {
    return functions.provisioned(
        version.account(), version.region(), version.name(), String.valueOf(version.qualifier()));
  }

  // An alias sends a share of its invocations to other versions.
  private Configuration route(FunctionName name, Catalog.Resolved found) {
    AliasRow alias = found.alias();
    if (alias == null || alias.weights().isEmpty()) {
      return found.configuration();
    }
    double dice = ids.below(1_000_000) / 1e6;
    for (Map.Entry<String, Double> weight : alias.weights().entrySet()) {
      dice -= weight.getValue();
      if (dice < 0) {
        var other = new FunctionName(name.account(), name.region(), name.name(), weight.getKey());
        return catalog.resolve(other).configuration();
      }
    }
    return found.configuration();
  }

  private FunctionSpec spec(FunctionName name, Configuration of) {
    String key = name.functionArn() + ":" + of.version();
    FunctionSpec known = specs.get(key);
    if (known != null && known.revision().equals(of.revisionId())) {
      return known;
    }
    var settings = of.settings();
    CodeStore code = functions.code();
    List<String> layers = settings.layers().stream().map(LayerReference::hash).toList();
    var spec =
        new FunctionSpec(
            name.account(),
            name.region(),
            of.name(),
            of.version(),
            of.revisionId(),
            settings.runtime(),
            settings.handler(),
            settings.environment() == null ? Map.of() : settings.environment(),
            settings.memoryMegabytes(),
            settings.timeoutSeconds(),
            settings.storageMegabytes(),
            of.code().hash(),
            code.merge(layers),
            settings.logging().group(),
            settings.logging().format().equals("JSON"),
            settings.logging().applicationLevel(),
            settings.logging().systemLevel(),
            SnapStarts.applies(of),
            endpoint.get(),
            () -> roles.session(name, settings.role()).credentials());
    specs.put(key, spec);
    return spec;
  }
}

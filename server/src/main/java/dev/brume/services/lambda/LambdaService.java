package dev.brume.services.lambda;

import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.functions.Functions;
import dev.brume.functions.Outcome;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The operations of Lambda.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>
public final class LambdaService implements LambdaApi, Targets.Receiver, AutoCloseable {
  private static final String MAPPING = ":event-source-mapping:";
  private final Ids ids;
  private final Catalog catalog;
  private final Permissions permissions;
  private final Options options;
  private final Layers layers;
  private final Invoker invoker;
  private final AsyncInvokes asynchronous;
  private final Mappings mappings;
  private final FunctionLogs logs;

  /// @param endpoint where functions reach Brume, e.g. `http://127.0.0.1:4566`
  /// @param watched functions may take their code from folders below this one, null for none
  public LambdaService(
      Kv kv,
      Clock clock,
      Timers timers,
      Targets targets,
      Operations operations,
      Ids ids,
      Functions functions,
      @Nullable Path watched,
      Supplier<String> endpoint) {
    this.ids = ids;
    var roles = new Roles(clock, ids, operations, endpoint);
    var folders = new WatchedFolders(watched);
    catalog = new Catalog(kv, ids, functions, operations, roles, folders);
    permissions = new Permissions(kv, ids, catalog);
    options = new Options(kv, ids, catalog);
    layers = new Layers(kv, catalog);
    logs = new FunctionLogs(clock, operations, roles);
    invoker = new Invoker(ids, functions, catalog, folders, permissions, roles, logs, endpoint);
    asynchronous = new AsyncInvokes(kv, clock, timers, targets, catalog, options, invoker);
    mappings = new Mappings(kv, clock, ids, catalog, roles, invoker, operations);
    targets.receive("lambda", this);
  }

  /// Starts to feed functions from their queues. Called once every service is there.
  public void start() {
    mappings.start();
  }

  @Override
  public void close() {
    mappings.close();
    logs.close();
  }

  /// Waits until what functions have printed so far is in CloudWatch Logs.
  public void flushLogs() throws InterruptedException {
    logs.flush();
  }

  @Override
  public InvocationResponse invoke(Call call, InvocationRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    Catalog.Resolved found = catalog.resolve(name);
    invoker.authorize(call, name);
    String type = in.invocationType() == null ? "RequestResponse" : in.invocationType();
    String context = clientContext(in.clientContext());
    switch (type) {
      case "DryRun" -> {
        return new InvocationResponse().statusCode(204);
      }
      case "Event" -> {
        byte[] event = Invoker.event(in.payload(), LambdaLimits.ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
        asynchronous.accept(name, call.requestId(), event, context);
        return new InvocationResponse().statusCode(202);
      }
      case "RequestResponse" -> {
        byte[] event = Invoker.event(in.payload(), LambdaLimits.SYNCHRONOUS_PAYLOAD_BYTES_MAX);
        boolean tail = "Tail".equals(in.logType());
        var answer = invoker.invoke(name, call.requestId(), event, context, null, tail);
        Outcome outcome = answer.outcome();
        var out =
            new InvocationResponse()
                .statusCode(200)
                .executedVersion(answer.version())
                .payload(outcome.payload());
        if (outcome instanceof Outcome.Failed) {
          out.functionError("Unhandled");
        }
        if (tail) {
          out.logResult(Base64.getEncoder().encodeToString(outcome.report().logTail()));
        }
        return out;
      }
      default ->
          throw LambdaErrors.invalid(
              "Unknown invocation type " + type + " of " + found.configuration().name());
    }
  }

  @Override
  public InvokeAsyncResponse invokeAsync(Call call, InvokeAsyncRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    catalog.resolve(name);
    invoker.authorize(call, name);
    try (var body = in.invokeArgs().stream()) {
      byte[] event =
          Invoker.event(body.readAllBytes(), LambdaLimits.ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
      asynchronous.accept(name, call.requestId(), event, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new InvokeAsyncResponse().status(202);
  }

  /// An event of another service: taken as an asynchronous invocation if the function's policy lets
  /// the sender in.
  @Override
  public void deliver(Event event) throws Targets.DeliveryFailed {
    String[] parts = event.targetArn().split(":");
    if (parts.length < 7) {
      throw new Targets.DeliveryFailed(
          "InvalidParameterValueException", "No function: " + event.targetArn(), false);
    }
    var name = new FunctionName(parts[4], parts[3], parts[6], parts.length > 7 ? parts[7] : null);
    try {
      catalog.resolve(name);
      boolean own = event.source().equals("lambda.amazonaws.com");
      if (!own
          && !permissions.allows(
              name,
              "lambda:InvokeFunction",
              event.source(),
              event.sourceArn(),
              event.sourceAccount())) {
        throw LambdaErrors.accessDenied(event.source(), name.arn());
      }
      byte[] payload = Invoker.event(event.payload(), LambdaLimits.ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
      asynchronous.accept(name, ids.uuid(), payload, null);
    } catch (ServiceError e) {
      throw new Targets.DeliveryFailed(e.code(), String.valueOf(e.getMessage()), false);
    }
  }

  private static @Nullable String clientContext(@Nullable String given) {
    if (given == null) {
      return null;
    }
    try {
      return new String(Base64.getDecoder().decode(given), java.nio.charset.StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw LambdaErrors.invalid("Client context must be a valid Base64-encoded JSON object.");
    }
  }

  @Override
  public FunctionConfiguration createFunction(Call call, CreateFunctionRequest in) {
    var made = catalog.create(call, in);
    invoker.prepare(FunctionName.of(call, in.functionName(), null));
    return made;
  }

  @Override
  public FunctionConfiguration updateFunctionCode(Call call, UpdateFunctionCodeRequest in) {
    var changed = catalog.updateCode(call, in);
    invoker.prepare(FunctionName.of(call, in.functionName(), null));
    return changed;
  }

  @Override
  public FunctionConfiguration updateFunctionConfiguration(
      Call call, UpdateFunctionConfigurationRequest in) {
    return catalog.updateConfiguration(call, in);
  }

  @Override
  public DeleteFunctionResponse deleteFunction(Call call, DeleteFunctionRequest in) {
    catalog.delete(call, in);
    permissions.forget(FunctionName.of(call, in.functionName(), null));
    return new DeleteFunctionResponse();
  }

  @Override
  public GetFunctionResponse getFunction(Call call, GetFunctionRequest in) {
    return catalog.get(call, in, location(call));
  }

  @Override
  public FunctionConfiguration getFunctionConfiguration(
      Call call, GetFunctionConfigurationRequest in) {
    return catalog.configuration(call, in);
  }

  @Override
  public ListFunctionsResponse listFunctions(Call call, ListFunctionsRequest in) {
    return catalog.list(call, in);
  }

  @Override
  public ListVersionsByFunctionResponse listVersionsByFunction(
      Call call, ListVersionsByFunctionRequest in) {
    return catalog.versions(call, in);
  }

  @Override
  public FunctionConfiguration publishVersion(Call call, PublishVersionRequest in) {
    return catalog.publish(call, in);
  }

  private static String location(Call call) {
    return call.endpoint() + CodeDoor.PATH;
  }

  @Override
  public AliasConfiguration createAlias(Call call, CreateAliasRequest in) {
    return options.createAlias(call, in);
  }

  @Override
  public AliasConfiguration updateAlias(Call call, UpdateAliasRequest in) {
    return options.updateAlias(call, in);
  }

  @Override
  public AliasConfiguration getAlias(Call call, GetAliasRequest in) {
    return options.getAlias(call, in);
  }

  @Override
  public ListAliasesResponse listAliases(Call call, ListAliasesRequest in) {
    return options.listAliases(call, in);
  }

  @Override
  public DeleteAliasResponse deleteAlias(Call call, DeleteAliasRequest in) {
    options.deleteAlias(call, in);
    return new DeleteAliasResponse();
  }

  @Override
  public AddPermissionResponse addPermission(Call call, AddPermissionRequest in) {
    return permissions.add(call, in);
  }

  @Override
  public RemovePermissionResponse removePermission(Call call, RemovePermissionRequest in) {
    permissions.remove(call, in);
    return new RemovePermissionResponse();
  }

  @Override
  public GetPolicyResponse getPolicy(Call call, GetPolicyRequest in) {
    return permissions.get(call, in);
  }

  @Override
  public Concurrency putFunctionConcurrency(Call call, PutFunctionConcurrencyRequest in) {
    return options.putConcurrency(call, in);
  }

  @Override
  public GetFunctionConcurrencyResponse getFunctionConcurrency(
      Call call, GetFunctionConcurrencyRequest in) {
    return options.getConcurrency(call, in);
  }

  @Override
  public DeleteFunctionConcurrencyResponse deleteFunctionConcurrency(
      Call call, DeleteFunctionConcurrencyRequest in) {
    options.deleteConcurrency(call, in);
    return new DeleteFunctionConcurrencyResponse();
  }

  @Override
  public GetAccountSettingsResponse getAccountSettings(Call call, GetAccountSettingsRequest in) {
    return options.accountSettings(call);
  }

  @Override
  public FunctionEventInvokeConfig putFunctionEventInvokeConfig(
      Call call, PutFunctionEventInvokeConfigRequest in) {
    return options.putInvokeConfig(call, in, false);
  }

  @Override
  public FunctionEventInvokeConfig updateFunctionEventInvokeConfig(
      Call call, UpdateFunctionEventInvokeConfigRequest in) {
    var as =
        new PutFunctionEventInvokeConfigRequest()
            .functionName(in.functionName())
            .qualifier(in.qualifier())
            .maximumRetryAttempts(in.maximumRetryAttempts())
            .maximumEventAgeInSeconds(in.maximumEventAgeInSeconds())
            .destinationConfig(in.destinationConfig());
    return options.putInvokeConfig(call, as, true);
  }

  @Override
  public FunctionEventInvokeConfig getFunctionEventInvokeConfig(
      Call call, GetFunctionEventInvokeConfigRequest in) {
    return options.getInvokeConfig(call, in);
  }

  @Override
  public ListFunctionEventInvokeConfigsResponse listFunctionEventInvokeConfigs(
      Call call, ListFunctionEventInvokeConfigsRequest in) {
    return options.listInvokeConfigs(call, in);
  }

  @Override
  public DeleteFunctionEventInvokeConfigResponse deleteFunctionEventInvokeConfig(
      Call call, DeleteFunctionEventInvokeConfigRequest in) {
    options.deleteInvokeConfig(call, in);
    return new DeleteFunctionEventInvokeConfigResponse();
  }

  @Override
  public ListTagsResponse listTags(Call call, ListTagsRequest in) {
    String arn = in.resource();
    int mapping = arn.indexOf(MAPPING);
    return mapping >= 0
        ? new ListTagsResponse()
            .tags(new TreeMap<>(mappings.tags(call, arn.substring(mapping + MAPPING.length()))))
        : options.tags(FunctionName.of(call, arn, null));
  }

  @Override
  public TagResourceResponse tagResource(Call call, TagResourceRequest in) {
    change(call, in.resource(), in.tags(), List.of());
    return new TagResourceResponse();
  }

  @Override
  public UntagResourceResponse untagResource(Call call, UntagResourceRequest in) {
    change(call, in.resource(), Map.of(), in.tagKeys());
    return new UntagResourceResponse();
  }

  private void change(Call call, String arn, Map<String, String> added, List<String> removed) {
    int mapping = arn.indexOf(MAPPING);
    if (mapping >= 0) {
      mappings.tag(call, arn.substring(mapping + MAPPING.length()), added, removed);
    } else {
      options.tag(FunctionName.of(call, arn, null), added, removed);
    }
  }

  @Override
  public GetFunctionCodeSigningConfigResponse getFunctionCodeSigningConfig(
      Call call, GetFunctionCodeSigningConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    catalog.resolve(name);
    return new GetFunctionCodeSigningConfigResponse()
        .codeSigningConfigArn("")
        .functionName(name.name());
  }

  @Override
  public GetRuntimeManagementConfigResponse getRuntimeManagementConfig(
      Call call, GetRuntimeManagementConfigRequest in) {
    FunctionName name = FunctionName.of(call, in.functionName(), in.qualifier());
    catalog.resolve(name);
    return new GetRuntimeManagementConfigResponse()
        .updateRuntimeOn("Auto")
        .functionArn(
            name.functionArn()
                + ":"
                + (name.qualifier() == null ? Configuration.LATEST : name.qualifier()));
  }

  @Override
  public PublishLayerVersionResponse publishLayerVersion(Call call, PublishLayerVersionRequest in) {
    return layers.publish(call, in, location(call));
  }

  @Override
  public GetLayerVersionResponse getLayerVersion(Call call, GetLayerVersionRequest in) {
    return layers.get(call, in.layerName(), in.versionNumber(), location(call));
  }

  @Override
  public GetLayerVersionResponse getLayerVersionByArn(Call call, GetLayerVersionByArnRequest in) {
    String arn = in.arn();
    int colon = arn.lastIndexOf(':');
    return layers.get(
        call, arn.substring(0, colon), Long.parseLong(arn.substring(colon + 1)), location(call));
  }

  @Override
  public ListLayerVersionsResponse listLayerVersions(Call call, ListLayerVersionsRequest in) {
    return layers.versions(call, in);
  }

  @Override
  public ListLayersResponse listLayers(Call call, ListLayersRequest in) {
    return layers.list(call, in);
  }

  @Override
  public DeleteLayerVersionResponse deleteLayerVersion(Call call, DeleteLayerVersionRequest in) {
    layers.delete(call, in);
    return new DeleteLayerVersionResponse();
  }

  @Override
  public EventSourceMappingConfiguration createEventSourceMapping(
      Call call, CreateEventSourceMappingRequest in) {
    return mappings.create(call, in);
  }

  @Override
  public EventSourceMappingConfiguration getEventSourceMapping(
      Call call, GetEventSourceMappingRequest in) {
    return mappings.get(call, in.uuid());
  }

  @Override
  public ListEventSourceMappingsResponse listEventSourceMappings(
      Call call, ListEventSourceMappingsRequest in) {
    return mappings.list(call, in);
  }

  @Override
  public EventSourceMappingConfiguration updateEventSourceMapping(
      Call call, UpdateEventSourceMappingRequest in) {
    return mappings.update(call, in);
  }

  @Override
  public EventSourceMappingConfiguration deleteEventSourceMapping(
      Call call, DeleteEventSourceMappingRequest in) {
    return mappings.delete(call, in.uuid());
  }
}

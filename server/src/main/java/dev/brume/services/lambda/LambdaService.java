package dev.brume.services.lambda;

import dev.brume.auth.AccessRequest;
import dev.brume.auth.Authenticator;
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
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The operations of Lambda.
///
/// <https://docs.aws.amazon.com/lambda/latest/api/API_Operations.html>
public final class LambdaService extends AttachedOperations
    implements Targets.Receiver, AutoCloseable {
  private final Ids ids;
  private final Catalog catalog;
  private final Permissions permissions;
  private final ProvisionedConcurrency provisioned;
  private final SnapStarts snapStarts;
  private final Invoker invoker;
  private final StreamedInvokes streamed;
  private final FunctionUrls urls;
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
    this(
        ids,
        LambdaParts.of(kv, clock, timers, targets, operations, ids, functions, watched, endpoint));
    targets.receive("lambda", this);
  }

  private LambdaService(Ids ids, LambdaParts parts) {
    super(parts);
    this.ids = ids;
    catalog = parts.catalog();
    permissions = parts.permissions();
    provisioned = parts.provisioned();
    snapStarts = parts.snapStarts();
    invoker = parts.invoker();
    streamed = new StreamedInvokes(invoker);
    urls = parts.urls();
    asynchronous = parts.asynchronous();
    mappings = parts.mappings();
    logs = parts.logs();
  }

  /// Where function URLs are served.
  ///
  /// @param identities what a caller may do by policies of their own, or by the function's
  public FunctionUrlDoor urlDoor(
      Authenticator authenticator, BiPredicate<Call, AccessRequest> identities, Clock clock) {
    var access = new UrlAccess(permissions, identities);
    return new FunctionUrlDoor(urls, invoker, access, authenticator, clock, ids);
  }

  /// Starts to feed functions from their queues. Called once every service is there.
  public void start() {
    provisioned.start();
    snapStarts.start();
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
    FunctionName name = FunctionName.anyones(call, in.functionName(), in.qualifier());
    invoker.authorize(call, name);
    Catalog.Resolved found = catalog.resolve(name);
    if (in.tenantId() != null) {
      throw LambdaErrors.noTenancy();
    }
    if (in.durableExecutionName() != null) {
      throw LambdaErrors.invalid("Brume does not support durable executions yet.");
    }
    String type = in.invocationType() == null ? "RequestResponse" : in.invocationType();
    String context = Invoker.clientContext(in.clientContext());
    switch (type) {
      case "DryRun" -> {
        return new InvocationResponse().statusCode(204);
      }
      case "Event" -> {
        byte[] event = Invoker.event(in.payload(), LambdaLimits.ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
        asynchronous.accept(name, call.requestId(), event, context, call.trace());
        return new InvocationResponse().statusCode(202);
      }
      case "RequestResponse" -> {
        byte[] event = Invoker.event(in.payload(), LambdaLimits.SYNCHRONOUS_PAYLOAD_BYTES_MAX);
        boolean tail = "Tail".equals(in.logType());
        var answer = invoker.invoke(name, call.requestId(), event, context, call.trace(), tail);
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
  public InvokeWithResponseStreamResponse invokeWithResponseStream(
      Call call, InvokeWithResponseStreamRequest in) {
    return streamed.invoke(call, in);
  }

  @Override
  public InvokeAsyncResponse invokeAsync(Call call, InvokeAsyncRequest in) {
    FunctionName name = FunctionName.anyones(call, in.functionName(), null);
    catalog.resolve(name);
    invoker.authorize(call, name);
    try (var body = in.invokeArgs().stream()) {
      byte[] event =
          Invoker.event(body.readAllBytes(), LambdaLimits.ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
      asynchronous.accept(name, call.requestId(), event, null, call.trace());
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
      if (!permissions.allows(
          name,
          "lambda:InvokeFunction",
          event.source(),
          event.sourceArn(),
          event.sourceAccount())) {
        throw LambdaErrors.accessDenied(event.source(), name.arn());
      }
      byte[] payload = Invoker.event(event.payload(), LambdaLimits.ASYNCHRONOUS_PAYLOAD_BYTES_MAX);
      String trace = event.system().get("AWSTraceHeader");
      asynchronous.accept(name, ids.uuid(), payload, null, trace);
    } catch (ServiceError e) {
      throw new Targets.DeliveryFailed(e.code(), String.valueOf(e.getMessage()), false);
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
    FunctionName name = FunctionName.of(call, in.functionName(), null);
    permissions.forget(name);
    provisioned.order(name);
    return new DeleteFunctionResponse();
  }

  @Override
  public GetFunctionResponse getFunction(Call call, GetFunctionRequest in) {
    return catalog.get(call, in, CodeDoor.location(call));
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

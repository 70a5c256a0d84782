package dev.brume.services.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.Event;
import dev.brume.events.Targets;
import dev.brume.functions.Outcome;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import dev.brume.services.lambda.LambdaStore.InvokeConfigRow;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events for functions that nobody waits for: durable, tried up to three times, and at last sent
/// to where the function's failures go.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html>
final class AsyncInvokes implements Timers.Handler {
  private static final String KIND = "lambda.async";
  private static final Row<Pending> ROW = Row.of(Pending.class);
  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Targets targets;
  private final Catalog catalog;
  private final Options options;
  private final Invoker invoker;

  AsyncInvokes(
      Kv kv,
      Clock clock,
      Timers timers,
      Targets targets,
      Catalog catalog,
      Options options,
      Invoker invoker) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.targets = targets;
    this.catalog = catalog;
    this.options = options;
    this.invoker = invoker;
    timers.handle(KIND, this);
  }

  /// One event on its way.
  ///
  /// @param failures of the function so far
  /// @param waits for room so far
  record Pending(
      String requestId,
      String account,
      String region,
      String name,
      @Nullable String qualifier,
      byte[] event,
      @Nullable String clientContext,
      @Nullable String traceId,
      long createdMillis,
      int failures,
      int waits) {
    FunctionName function() {
      return new FunctionName(account, region, name, qualifier);
    }

    Pending failed() {
      return new Pending(
          requestId,
          account,
          region,
          name,
          qualifier,
          event,
          clientContext,
          traceId,
          createdMillis,
          failures + 1,
          waits);
    }

    Pending waited() {
      return new Pending(
          requestId,
          account,
          region,
          name,
          qualifier,
          event,
          clientContext,
          traceId,
          createdMillis,
          failures,
          waits + 1);
    }

    String id() {
      return requestId + "/" + failures + "/" + waits;
    }
  }

  /// Takes an event durably.
  void accept(FunctionName name, String requestId, byte[] event, @Nullable String clientContext) {
    Instant now = clock.instant();
    var pending =
        new Pending(
            requestId,
            name.account(),
            name.region(),
            name.name(),
            name.qualifier(),
            event,
            clientContext,
            null,
            now.toEpochMilli(),
            0,
            0);
    kv.tx(
        tx -> {
          timers.schedule(tx, KIND, pending.id(), now, ROW.write(pending));
          return 0;
        });
  }

  @Override
  public void fire(String id, Instant due, byte[] payload) {
    Pending pending = ROW.read(payload);
    FunctionName name = pending.function();
    InvokeConfigRow config = options.invokeConfig(name);
    Duration age = Duration.ofMillis(clock.millis() - pending.createdMillis());
    if (age.compareTo(ageMax(config)) > 0) {
      finish(id, pending, config, null, "EventAgeExceeded");
      return;
    }
    Invoker.Answer answer;
    try {
      answer =
          invoker.invoke(
              name,
              pending.requestId(),
              pending.event(),
              pending.clientContext(),
              pending.traceId(),
              false);
    } catch (ServiceError e) {
      refused(id, pending, config, e);
      return;
    }
    switch (answer.outcome()) {
      case Outcome.Success ok -> finish(id, pending, config, answer, "Success");
      case Outcome.Failed failed -> failed(id, pending, config, answer);
    }
  }

  private void failed(
      String id, Pending pending, @Nullable InvokeConfigRow config, Invoker.Answer answer) {
    Integer set = config == null ? null : config.retries();
    int retries = set == null ? LambdaLimits.RETRIES_DEFAULT : set;
    if (pending.failures() >= retries) {
      finish(id, pending.failed(), config, answer, "RetriesExhausted");
      return;
    }
    Duration wait = pending.failures() == 0 ? LambdaLimits.FIRST_RETRY : LambdaLimits.SECOND_RETRY;
    again(id, pending.failed(), wait);
  }

  // No room: tried again, with longer and longer waits, for as long as the event may live.
  private void refused(
      String id, Pending pending, @Nullable InvokeConfigRow config, ServiceError error) {
    if (error.code().equals("ResourceNotFoundException")) {
      kv.tx(
          tx -> {
            timers.cancel(tx, KIND, id);
            return 0;
          });
      return;
    }
    int doubled = Math.min(pending.waits(), 9);
    Duration wait = LambdaLimits.THROTTLED_WAIT.multipliedBy(1L << doubled);
    boolean long_ = wait.compareTo(LambdaLimits.THROTTLED_WAIT_MAX) > 0;
    again(id, pending.waited(), long_ ? LambdaLimits.THROTTLED_WAIT_MAX : wait);
  }

  private void again(String id, Pending pending, Duration wait) {
    Instant due = clock.instant().plus(wait);
    kv.tx(
        tx -> {
          timers.cancel(tx, KIND, id);
          timers.schedule(tx, KIND, pending.id(), due, ROW.write(pending));
          return 0;
        });
  }

  private static Duration ageMax(@Nullable InvokeConfigRow config) {
    Integer set = config == null ? null : config.ageSeconds();
    return set == null ? LambdaLimits.EVENT_AGE_MAX : Duration.ofSeconds(set);
  }

  private void finish(
      String id,
      Pending pending,
      @Nullable InvokeConfigRow config,
      Invoker.@Nullable Answer answer,
      String condition) {
    boolean success = condition.equals("Success");
    String destination = config == null ? null : success ? config.onSuccess() : config.onFailure();
    String deadLetters = success ? null : deadLetterArn(pending.function());
    String record = destination == null ? "" : record(pending, answer, condition);
    kv.tx(
        tx -> {
          timers.cancel(tx, KIND, id);
          if (destination != null) {
            send(tx, pending, destination, record.getBytes(StandardCharsets.UTF_8), Map.of());
          }
          if (deadLetters != null) {
            send(tx, pending, deadLetters, pending.event(), errorAttributes(pending, answer));
          }
          return 0;
        });
  }

  private @Nullable String deadLetterArn(FunctionName name) {
    try {
      return catalog.resolve(name).configuration().settings().deadLetterArn();
    } catch (ServiceError e) {
      // Deleted meanwhile: its events go with it.
      return null;
    }
  }

  private void send(
      Tx tx,
      Pending pending,
      String target,
      byte[] payload,
      Map<String, Event.Attribute> attributes) {
    targets.send(
        tx,
        new Event(
            pending.requestId() + "/" + target,
            target,
            "lambda.amazonaws.com",
            pending.function().arn(),
            pending.account(),
            payload,
            null,
            attributes,
            Map.of(),
            Event.Retry.PATIENT,
            null,
            clock.millis()));
  }

  private static Map<String, Event.Attribute> errorAttributes(
      Pending pending, Invoker.@Nullable Answer answer) {
    String message = answer == null ? "EventAgeExceeded" : errorMessage(answer.outcome());
    return Map.of(
        "RequestID", new Event.Attribute("String", pending.requestId(), null),
        "ErrorCode", new Event.Attribute("Number", "200", null),
        "ErrorMessage", new Event.Attribute("String", message, null));
  }

  private static String errorMessage(Outcome outcome) {
    JsonNode payload = json(outcome.payload());
    String text = payload.path("errorMessage").asText("");
    String message = text.isEmpty() ? payload.toString() : text;
    return message.length() > 1024 ? message.substring(0, 1024) : message;
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  private String record(Pending pending, Invoker.@Nullable Answer answer, String condition) {
    ObjectNode record = Json.object();
    record.put("version", "1.0");
    record.put("timestamp", clock.instant().toString());
    FunctionName name = pending.function();
    ObjectNode request = record.putObject("requestContext");
    request.put("requestId", pending.requestId());
    request.put(
        "functionArn",
        name.qualifier() == null ? name.arn() + ":" + Configuration.LATEST : name.arn());
    request.put("condition", condition);
    request.put(
        "approximateInvokeCount",
        condition.equals("Success") ? pending.failures() + 1 : pending.failures());
    record.set("requestPayload", json(pending.event()));
    if (answer != null) {
      ObjectNode response = record.putObject("responseContext");
      response.put("statusCode", 200);
      response.put("executedVersion", answer.version());
      if (answer.outcome() instanceof Outcome.Failed) {
        response.put("functionError", "Unhandled");
      }
      record.set("responsePayload", json(answer.outcome().payload()));
    }
    return Json.write(record);
  }

  private static JsonNode json(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      return Json.parse(text);
    } catch (JsonProcessingException e) {
      // A handler's own bytes: shown as text.
      return Json.object().textNode(text);
    }
  }
}

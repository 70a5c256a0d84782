package dev.brume.services.lambda;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.events.Event;
import dev.brume.functions.Outcome;
import dev.brume.json.Json;
import dev.brume.model.ServiceError;
import dev.brume.services.lambda.LambdaStore.InvokeConfigRow;
import dev.brume.store.Kv;
import dev.brume.store.Row;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Events for functions that nobody waits for: durable, tried up to three times, and at last sent
/// to where the function's failures go.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-async.html>
final class AsyncInvokes implements Timers.Handler {
  private static final String KIND = "lambda.async";
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);
  private static final Refusal THROTTLED = new Refusal(429, "Rate Exceeded.");
  private static final Refusal NO_CONCURRENCY =
      new Refusal(
          429,
          "Function not invoked. Function is configured with zero reserved concurrent"
              + " executions");
  private static final Row<Pending> ROW = Row.of(Pending.class);
  private final Kv kv;
  private final Clock clock;
  private final Timers timers;
  private final Destinations destinations;
  private final Catalog catalog;
  private final InvokeConfigs configs;
  private final Invoker invoker;

  AsyncInvokes(
      Kv kv,
      Clock clock,
      Timers timers,
      Destinations destinations,
      Catalog catalog,
      InvokeConfigs configs,
      Invoker invoker) {
    this.kv = kv;
    this.clock = clock;
    this.timers = timers;
    this.destinations = destinations;
    this.catalog = catalog;
    this.configs = configs;
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
  void accept(
      FunctionName name,
      String requestId,
      byte[] event,
      @Nullable String clientContext,
      @Nullable String trace) {
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
            trace,
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
    InvokeConfigRow config = configs.of(name);
    if (tooOld(pending, config, Duration.ZERO)) {
      finish(id, pending, config, End.of("EventAgeExceeded", THROTTLED));
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
      case Outcome.Success ok -> finish(id, pending, config, End.of("Success", answer));
      case Outcome.Failed failed -> failed(id, pending, config, answer);
    }
  }

  private void failed(
      String id, Pending pending, @Nullable InvokeConfigRow config, Invoker.Answer answer) {
    Integer set = config == null ? null : config.retries();
    int retries = set == null ? LambdaLimits.RETRIES_DEFAULT : set;
    if (pending.failures() >= retries) {
      finish(id, pending.failed(), config, End.of("RetriesExhausted", answer));
      return;
    }
    Duration wait = pending.failures() == 0 ? LambdaLimits.FIRST_RETRY : LambdaLimits.SECOND_RETRY;
    if (tooOld(pending, config, wait)) {
      finish(id, pending.failed(), config, End.of("EventAgeExceeded", answer));
      return;
    }
    again(id, pending.failed(), wait);
  }

  // No room: tried again, with longer and longer waits, for as long as the event may live. What
  // will never have room, and what goes round in circles, is given up at once.
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
    if (error.code().equals("RecursiveInvocationException")) {
      String text = String.valueOf(error.getMessage());
      finish(id, pending, config, End.of("RetriesExhausted", new Refusal(400, text)));
      return;
    }
    Integer reserved = catalog.resolve(pending.function()).row().reservedConcurrency();
    if (reserved != null && reserved == 0) {
      finish(id, pending, config, End.of("ZeroReservedConcurrency", NO_CONCURRENCY));
      return;
    }
    int doubled = Math.min(pending.waits(), 9);
    Duration wait = LambdaLimits.THROTTLED_WAIT.multipliedBy(1L << doubled);
    if (wait.compareTo(LambdaLimits.THROTTLED_WAIT_MAX) > 0) {
      wait = LambdaLimits.THROTTLED_WAIT_MAX;
    }
    if (tooOld(pending, config, wait)) {
      finish(id, pending, config, End.of("EventAgeExceeded", THROTTLED));
      return;
    }
    again(id, pending.waited(), wait);
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

  // Whether an event will be older than it may be by the time of its next try.
  private boolean tooOld(Pending pending, @Nullable InvokeConfigRow config, Duration wait) {
    Integer set = config == null ? null : config.ageSeconds();
    Duration most = set == null ? LambdaLimits.EVENT_AGE_MAX : Duration.ofSeconds(set);
    Duration age = Duration.ofMillis(clock.millis() - pending.createdMillis());
    return age.plus(wait).compareTo(most) > 0;
  }

  /// Why a function was not run.
  ///
  /// @param status of HTTP
  private record Refusal(int status, String message) {}

  /// How an event ended.
  ///
  /// @param condition in AWS's words
  /// @param answer of the last run, null when the function was not run
  /// @param refusal why not, null when it was
  private record End(String condition, Invoker.@Nullable Answer answer, @Nullable Refusal refusal) {
    static End of(String condition, Invoker.Answer answer) {
      return new End(condition, answer, null);
    }

    static End of(String condition, Refusal refusal) {
      return new End(condition, null, refusal);
    }

    boolean success() {
      return condition.equals("Success");
    }
  }

  private void finish(String id, Pending pending, @Nullable InvokeConfigRow config, End end) {
    boolean success = end.success();
    String destination = config == null ? null : success ? config.onSuccess() : config.onFailure();
    String deadLetters = success ? null : deadLetterArn(pending.function());
    byte[] record =
        destination == null ? new byte[0] : record(pending, end).getBytes(StandardCharsets.UTF_8);
    Invoker.Answer answer = end.answer();
    String trace = answer == null ? pending.traceId() : answer.trace();
    FunctionName name = pending.function();
    kv.tx(
        tx -> {
          timers.cancel(tx, KIND, id);
          if (destination != null) {
            var parcel = new Destinations.Parcel(record, success, Map.of(), trace);
            destinations.send(tx, name, pending.requestId(), destination, parcel);
          }
          if (deadLetters != null) {
            var parcel =
                new Destinations.Parcel(
                    pending.event(), success, errorAttributes(pending, end), trace);
            destinations.send(tx, name, pending.requestId(), deadLetters, parcel);
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

  private static Map<String, Event.Attribute> errorAttributes(Pending pending, End end) {
    Invoker.Answer answer = end.answer();
    Refusal refusal = end.refusal();
    String message =
        answer != null ? errorMessage(answer.outcome()) : refusal == null ? "" : refusal.message();
    String status = Integer.toString(refusal == null ? 200 : refusal.status());
    return Map.of(
        "RequestID", new Event.Attribute("String", pending.requestId(), null),
        "ErrorCode", new Event.Attribute("Number", status, null),
        "ErrorMessage", new Event.Attribute("String", message, null));
  }

  private static String errorMessage(Outcome outcome) {
    JsonNode payload = json(outcome.payload());
    String text = payload.path("errorMessage").asText("");
    String message = text.isEmpty() ? payload.toString() : text;
    return message.length() > 1024 ? message.substring(0, 1024) : message;
  }

  // https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
  private String record(Pending pending, End end) {
    ObjectNode record = Json.object();
    record.put("version", "1.0");
    record.put("timestamp", TIME.format(clock.instant()));
    FunctionName name = pending.function();
    ObjectNode request = record.putObject("requestContext");
    request.put("requestId", pending.requestId());
    request.put(
        "functionArn",
        name.qualifier() == null ? name.arn() + ":" + Configuration.LATEST : name.arn());
    request.put("condition", end.condition());
    request.put(
        "approximateInvokeCount", end.success() ? pending.failures() + 1 : pending.failures());
    record.set("requestPayload", json(pending.event()));
    Invoker.Answer answer = end.answer();
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

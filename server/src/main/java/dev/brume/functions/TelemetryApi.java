package dev.brume.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.brume.json.Json;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The two APIs by which extensions subscribe to what the platform, functions and extensions say.
/// The older one, of logs, has fewer events, and other forms of some.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-api.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-logs-api.html>
enum TelemetryApi {
  TELEMETRY(
      "/2022-07-01/telemetry",
      "Telemetry",
      "ValidationError",
      1000,
      null,
      Set.of("2022-07-01", "2022-12-13", "2025-01-29")),
  LOGS(
      "/2020-08-15/logs",
      "Logs",
      "Logs.ValidationError",
      10_000,
      "2020-08-15",
      Set.of("2020-08-15", TelemetryApi.WITH_RUNTIME_DONE));

  private static final String WITH_RUNTIME_DONE = "2021-03-18";
  private static final String SUBSCRIPTION = "platform.logsSubscription";
  private final String path;
  private final String title;
  private final String validationError;
  private final int items;
  private final @Nullable String usualSchema;
  private final Set<String> schemas;

  TelemetryApi(
      String path,
      String title,
      String validationError,
      int items,
      @Nullable String usualSchema,
      Set<String> schemas) {
    this.path = path;
    this.title = title;
    this.validationError = validationError;
    this.items = items;
    this.usualSchema = usualSchema;
    this.schemas = schemas;
  }

  /// The one that a request goes to; null for none.
  static @Nullable TelemetryApi of(String path) {
    for (TelemetryApi one : values()) {
      if (path.equals(one.path) || path.equals(one.path + "/")) {
        return one;
      }
    }
    return null;
  }

  String title() {
    return title;
  }

  /// How many events a batch has at most, if the extension does not say.
  int items() {
    return items;
  }

  /// The version of the events' forms that is asked for; null, and a word about it, when there is
  /// no such version.
  @Nullable String schema(JsonNode request, List<String> wrong) {
    JsonNode asked = request.path("schemaVersion");
    String schema = asked.isMissingNode() ? usualSchema : asked.asText();
    if (schema == null || !schemas.contains(schema)) {
      wrong.add(
          "schemaVersion must be one of " + String.join(", ", schemas.stream().sorted().toList()));
      return null;
    }
    return schema;
  }

  ApiAnswer invalid(List<String> wrong) {
    return ApiAnswer.error(400, validationError, String.join("; ", wrong));
  }

  /// The answer to who comes after the initialisation.
  ApiAnswer late() {
    return ApiAnswer.error(
        403, title + ".SubscriptionClosed", title + " API subscription is closed already");
  }

  /// What the platform says when an extension has subscribed.
  PlatformEvent subscribed(String extension, List<String> types) {
    return switch (this) {
      case TELEMETRY ->
          PlatformEvent.subscription(
              "platform.telemetrySubscription", "TELEMETRY", extension, types);
      case LOGS -> PlatformEvent.subscription(SUBSCRIPTION, "LOGS", extension, types);
    };
  }

  /// How subscribers hear of what the platform says.
  List<PlatformEvent> forms(PlatformEvent event, String schema) {
    return switch (this) {
      case TELEMETRY -> event.type().equals(SUBSCRIPTION) ? List.of() : List.of(event);
      case LOGS -> logs(event, schema);
    };
  }

  private static List<PlatformEvent> logs(PlatformEvent event, String schema) {
    JsonNode body = event.body();
    ObjectNode request = Json.object().put("requestId", body.path("requestId").asText());
    return switch (event.type()) {
      case "platform.start" -> List.of(event.with(event.type(), request));
      case "platform.runtimeDone" -> {
        PlatformEvent end = event.with("platform.end", request);
        String status = body.path("status").asText();
        ObjectNode done = request.deepCopy();
        done.put("status", status.equals("error") ? "failure" : status);
        yield schema.equals(WITH_RUNTIME_DONE)
            ? List.of(event.with(event.type(), done), end)
            : List.of(end);
      }
      case "platform.report" -> {
        request.set("metrics", body.path("metrics"));
        if (body.has("tracing")) {
          request.set("tracing", body.path("tracing"));
        }
        yield List.of(event.with(event.type(), request));
      }
      case "platform.fault" ->
          List.of(event.with(event.type(), new TextNode(body.path("message").asText())));
      case "platform.extension", SUBSCRIPTION -> List.of(event);
      default -> List.of();
    };
  }
}

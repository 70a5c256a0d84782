package dev.brume.functions;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Something that the platform, not the function, has to say of an environment. It is a line of the
/// function's log, as text or as JSON, and an event of the Telemetry API.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html>,
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
///
/// @param type e.g. `platform.start`
/// @param text the line where logs are text, null where it has none
record PlatformEvent(String type, Level level, JsonNode body, @Nullable String text) {
  /// How much a system log level leaves out.
  enum Level {
    DEBUG,
    INFO,
    WARN
  }

  /// How an invocation, or an initialisation, ended.
  ///
  /// @param errorType null when it went well
  record Result(String status, @Nullable String errorType) {
    static final Result SUCCESS = new Result("success", null);

    static Result error(String errorType) {
      return new Result("error", errorType);
    }

    static Result timeout() {
      return new Result("timeout", null);
    }

    private boolean good() {
      return status.equals("success");
    }

    private ObjectNode into(ObjectNode record) {
      record.put("status", status);
      if (errorType != null) {
        record.put("errorType", errorType);
      }
      return record;
    }
  }

  /// @param initialisation `on-demand`, `provisioned-concurrency` or `snap-start`
  /// @param runtime family and version, e.g. `nodejs:20.20.2`
  static PlatformEvent initStart(FunctionSpec spec, String initialisation, String runtime) {
    ObjectNode record = Json.object();
    record.put("initializationType", initialisation);
    record.put("phase", "init");
    record.put("functionName", spec.name());
    record.put("functionVersion", spec.version());
    record.put("runtimeVersion", runtime);
    return new PlatformEvent(
        "platform.initStart", Level.INFO, record, "INIT_START Runtime Version: " + runtime + "\n");
  }

  static PlatformEvent initRuntimeDone(String initialisation, Result result) {
    ObjectNode record = Json.object();
    record.put("initializationType", initialisation);
    record.put("phase", "init");
    Level level = result.good() ? Level.DEBUG : Level.WARN;
    return new PlatformEvent("platform.initRuntimeDone", level, result.into(record), null);
  }

  /// As text there is one only when it failed, or made a snapshot.
  ///
  /// @param millis negative when not known
  static PlatformEvent initReport(String initialisation, Result result, double millis) {
    ObjectNode record = Json.object();
    record.put("initializationType", initialisation);
    record.put("phase", "init");
    record.putObject("metrics").put("durationMs", rounded(millis));
    Level level =
        result.good()
            ? initialisation.equals(Starter.ON_DEMAND) ? Level.DEBUG : Level.INFO
            : Level.WARN;
    String text = String.format(Locale.ROOT, "INIT_REPORT Init Duration: %.2f ms", millis);
    if (!result.good()) {
      text += "\tPhase: init\tStatus: " + result.status() + "\tError Type: " + result.errorType();
    }
    boolean silent = result.good() && !initialisation.equals(Starter.SNAP_START);
    return new PlatformEvent(
        "platform.initReport", level, result.into(record), silent ? null : text + "\n");
  }

  /// https://docs.aws.amazon.com/lambda/latest/dg/snapstart-monitoring.html
  ///
  /// @param runtime family and version
  static PlatformEvent restoreStart(FunctionSpec spec, String runtime) {
    ObjectNode record = Json.object();
    record.put("functionName", spec.name());
    record.put("functionVersion", spec.version());
    record.put("runtimeVersion", runtime);
    return new PlatformEvent(
        "platform.restoreStart",
        Level.INFO,
        record,
        "RESTORE_START Runtime Version: " + runtime + "\n");
  }

  static PlatformEvent restoreRuntimeDone(Result result) {
    Level level = result.good() ? Level.DEBUG : Level.WARN;
    return new PlatformEvent(
        "platform.restoreRuntimeDone", level, result.into(Json.object()), null);
  }

  static PlatformEvent restoreReport(Result result, double millis) {
    ObjectNode record = result.into(Json.object());
    record.putObject("metrics").put("durationMs", rounded(millis));
    var text = new StringBuilder(80);
    text.append(String.format(Locale.ROOT, "RESTORE_REPORT Restore Duration: %.2f ms", millis));
    if (!result.good()) {
      text.append("\tStatus: ").append(result.status());
    }
    if (result.errorType() != null) {
      text.append("\tError Type: ").append(result.errorType());
    }
    return new PlatformEvent(
        "platform.restoreReport",
        result.good() ? Level.INFO : Level.WARN,
        record,
        text.append('\n').toString());
  }

  static PlatformEvent extension(String name, String state, List<String> events) {
    ObjectNode record = Json.object();
    record.put("name", name);
    record.put("state", state);
    events.forEach(record.putArray("events")::add);
    String list = String.join(", ", events);
    String text = "EXTENSION\tName: " + name + "\tState: " + state + "\tEvents: [" + list + "]\n";
    Level level = state.equals("Ready") ? Level.INFO : Level.WARN;
    return new PlatformEvent("platform.extension", level, record, text);
  }

  /// @param title of the line
  static PlatformEvent subscription(String type, String title, String name, List<String> types) {
    ObjectNode record = Json.object();
    record.put("name", name);
    record.put("state", "Subscribed");
    types.forEach(record.putArray("types")::add);
    String list = String.join(", ", types);
    return new PlatformEvent(
        type,
        Level.INFO,
        record,
        title + "\tName: " + name + "\tState: Subscribed\tTypes: [" + list + "]\n");
  }

  static PlatformEvent logsDropped(long records, long bytes, String reason) {
    ObjectNode record = Json.object();
    record.put("droppedRecords", records);
    record.put("droppedBytes", bytes);
    record.put("reason", reason);
    return new PlatformEvent("platform.logsDropped", Level.WARN, record, null);
  }

  static PlatformEvent start(Invocation invocation, String version) {
    ObjectNode record = Json.object();
    record.put("requestId", invocation.requestId());
    record.put("version", version);
    traced(record, invocation);
    return new PlatformEvent(
        "platform.start",
        Level.INFO,
        record,
        "START RequestId: " + invocation.requestId() + " Version: " + version + "\n");
  }

  /// @param producedBytes of the answer, negative when there is none
  static PlatformEvent runtimeDone(
      Invocation invocation, Result result, double millis, long producedBytes) {
    ObjectNode record = result.into(Json.object().put("requestId", invocation.requestId()));
    ObjectNode metrics = record.putObject("metrics").put("durationMs", rounded(millis));
    if (producedBytes >= 0) {
      metrics.put("producedBytes", producedBytes);
    }
    traced(record, invocation);
    return new PlatformEvent(
        "platform.runtimeDone",
        result.good() ? Level.DEBUG : Level.WARN,
        record,
        "END RequestId: " + invocation.requestId() + "\n");
  }

  /// What ended the environment, in words.
  ///
  /// @param errorType named where it was not the time
  static PlatformEvent fault(
      Invocation invocation, String what, boolean timeout, String errorType) {
    String id = invocation.requestId();
    String text =
        timeout
            ? String.format(Locale.ROOT, "%s %s %s\n\n", Telemetry.now(), id, what)
            : String.format(Locale.ROOT, "RequestId: %s Error: %s\n%s\n", id, what, errorType);
    return new PlatformEvent(
        "platform.fault", Level.WARN, Json.object().put("message", text.strip()), text);
  }

  /// What went before an event.
  ///
  /// @param initMillis negative when the environment was there
  /// @param restoreMillis negative when it was not restored from a snapshot
  record Start(double initMillis, double restoreMillis) {
    static final Start WARM = new Start(-1, -1);

    static Start cold(double initMillis) {
      return new Start(initMillis, -1);
    }

    static Start restored(double restoreMillis) {
      return new Start(-1, restoreMillis);
    }
  }

  static PlatformEvent report(
      Invocation invocation,
      FunctionSpec spec,
      Result result,
      double millis,
      Start start,
      int memoryMegabytes) {
    double initMillis = start.initMillis();
    double restoreMillis = start.restoreMillis();
    long billed = (long) Math.ceil(millis + Math.max(0, initMillis) + Math.max(0, restoreMillis));
    int memory = Math.min(memoryMegabytes, spec.memoryMegabytes());
    ObjectNode record = result.into(Json.object().put("requestId", invocation.requestId()));
    ObjectNode metrics = record.putObject("metrics");
    metrics.put("durationMs", rounded(millis));
    metrics.put("billedDurationMs", billed);
    metrics.put("memorySizeMB", spec.memoryMegabytes());
    metrics.put("maxMemoryUsedMB", memory);
    if (initMillis >= 0) {
      metrics.put("initDurationMs", rounded(initMillis));
    }
    if (restoreMillis >= 0) {
      metrics.put("restoreDurationMs", rounded(restoreMillis));
    }
    traced(record, invocation);
    var text = new StringBuilder("REPORT RequestId: ").append(invocation.requestId());
    text.append(
        String.format(
            Locale.ROOT,
            "\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d"
                + " MB\t",
            millis,
            billed,
            spec.memoryMegabytes(),
            memory));
    if (initMillis >= 0) {
      text.append(String.format(Locale.ROOT, "Init Duration: %.2f ms\t", initMillis));
    }
    if (restoreMillis >= 0) {
      text.append(
          String.format(
              Locale.ROOT,
              "Restore Duration: %.2f ms\tBilled Restore Duration: %d ms\t",
              restoreMillis,
              (long) Math.ceil(restoreMillis)));
    }
    if (!result.good()) {
      text.append("Status: ").append(result.status()).append('\t');
    }
    if (result.errorType() != null) {
      text.append("Error Type: ").append(result.errorType()).append('\t');
    }
    text.append('\n').append(xray(invocation));
    Level level = result.good() ? Level.INFO : Level.WARN;
    return new PlatformEvent("platform.report", level, record, text.toString());
  }

  // The line below a report, where X-Ray would have the trace.
  private static String xray(Invocation invocation) {
    String header = invocation.traceId();
    if (header == null || !invocation.traced() || !part(header, "Sampled").equals("1")) {
      return "";
    }
    return "XRAY TraceId: "
        + part(header, "Root")
        + "\tSegmentId: "
        + part(header, "Parent")
        + "\tSampled: true\t\n";
  }

  private static String part(String header, String name) {
    for (String part : header.split(";")) {
      if (part.startsWith(name + "=")) {
        return part.substring(name.length() + 1);
      }
    }
    return "";
  }

  private static void traced(ObjectNode record, Invocation invocation) {
    if (invocation.traceId() != null && invocation.traced()) {
      ObjectNode tracing = record.putObject("tracing");
      tracing.put("type", "X-Amzn-Trace-Id");
      tracing.put("value", invocation.traceId());
    }
  }

  private static double rounded(double millis) {
    return Math.round(millis * 1000) / 1000.0;
  }

  /// The same in another form.
  PlatformEvent with(String otherType, JsonNode otherBody) {
    return new PlatformEvent(otherType, level, otherBody, text);
  }

  /// The event as one line of JSON.
  ///
  /// @param time ISO 8601
  String json(String time) {
    ObjectNode event = Json.object();
    event.put("time", time);
    event.put("type", type);
    event.set("record", body);
    return Json.write(event);
  }
}

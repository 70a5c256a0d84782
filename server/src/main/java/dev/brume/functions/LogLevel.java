package dev.brume.functions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// How detailed a line is that a function prints by itself, past its runtime's logger. With the log
/// format JSON what is below the application log level does not reach the log.
///
/// A line that is a JSON object has the level that it names if it says its time too; all else is
/// `INFO`. The line stays as it is: the time that Lambda adds is the one that its event has.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html>
enum LogLevel {
  TRACE,
  DEBUG,
  INFO,
  WARN,
  ERROR,
  FATAL;

  // As runtimes and their usual loggers call it.
  private static final List<String> TIMES = List.of("timestamp", "time", "@timestamp");
  private static final Pattern RFC_3339 =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt ]\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:[Zz]|[+-]\\d\\d:\\d\\d)");

  static LogLevel of(String line) {
    if (!line.startsWith("{")) {
      return INFO;
    }
    try {
      JsonNode record = Json.parse(line);
      boolean timed =
          TIMES.stream().anyMatch(key -> RFC_3339.matcher(record.path(key).asText()).matches());
      return timed ? named(record.path("level").asText()) : INFO;
    } catch (JsonProcessingException e) {
      return INFO;
    }
  }

  private static LogLevel named(String level) {
    return switch (level.toUpperCase(Locale.ROOT)) {
      case "TRACE" -> TRACE;
      case "DEBUG" -> DEBUG;
      // Python's names.
      case "WARN", "WARNING" -> WARN;
      case "ERROR" -> ERROR;
      case "FATAL", "CRITICAL" -> FATAL;
      default -> INFO;
    };
  }
}

package dev.brume.functions;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The platform's own lines in a function's log, and the headers that come with an event.
/// https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html
final class LogLines {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private LogLines() {}

  static String start(String requestId, String version) {
    return "START RequestId: " + requestId + " Version: " + version + "\n";
  }

  static List<String> end(
      Invocation invocation,
      FunctionSpec spec,
      double millis,
      double initMillis,
      int memoryMegabytes,
      String status,
      String errorType) {
    var report = new StringBuilder();
    report.append("REPORT RequestId: ").append(invocation.requestId());
    report.append(
        String.format(
            Locale.ROOT,
            "\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\tMax Memory Used: %d MB\t",
            millis,
            (long) Math.ceil(millis + Math.max(0, initMillis)),
            spec.memoryMegabytes(),
            Math.min(memoryMegabytes, spec.memoryMegabytes())));
    if (initMillis >= 0) {
      report.append(String.format(Locale.ROOT, "Init Duration: %.2f ms\t", initMillis));
    }
    if (!status.isEmpty()) {
      report.append("Status: ").append(status).append('\t');
    }
    if (status.equals("error")) {
      report.append("Error Type: ").append(errorType).append('\t');
    }
    return List.of(
        "END RequestId: " + invocation.requestId() + "\n", report.append('\n').toString());
  }

  static List<String> died(
      Invocation invocation,
      FunctionSpec spec,
      Instant now,
      String what,
      boolean timeout,
      double millis,
      int memoryMegabytes,
      String status,
      String errorType) {
    var lines = new ArrayList<String>();
    List<String> end = end(invocation, spec, millis, -1, memoryMegabytes, status, errorType);
    if (timeout) {
      lines.add(TIME.format(now) + " " + invocation.requestId() + " " + what + "\n\n");
      lines.addAll(end);
    } else {
      lines.add(
          "RequestId: " + invocation.requestId() + " Error: " + what + "\n" + errorType + "\n");
      lines.addAll(end);
    }
    return lines;
  }

  static String initReport(double millis, String status, String errorType) {
    return String.format(
        Locale.ROOT,
        "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: %s\tError Type: %s\n",
        millis,
        status,
        errorType);
  }

  /// The head of the response that carries an event to the runtime.
  static String eventHead(Invocation invocation, long deadlineMillis) {
    var head = new StringBuilder(256);
    head.append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    header(head, "Lambda-Runtime-Aws-Request-Id", invocation.requestId());
    header(head, "Lambda-Runtime-Deadline-Ms", Long.toString(deadlineMillis));
    header(head, "Lambda-Runtime-Invoked-Function-Arn", invocation.functionArn());
    if (invocation.traceId() != null) {
      header(head, "Lambda-Runtime-Trace-Id", invocation.traceId());
    }
    if (invocation.clientContext() != null) {
      header(head, "Lambda-Runtime-Client-Context", invocation.clientContext());
    }
    return head.toString();
  }

  private static void header(StringBuilder head, String name, String value) {
    head.append(name).append(": ");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      head.append(c < ' ' || c > '~' ? ' ' : c);
    }
    head.append("\r\n");
  }
}

package dev.brume.functions;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// What extensions hear of.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html>
final class ExtensionEvents {
  static final String INVOKE = "INVOKE";
  static final String SHUTDOWN = "SHUTDOWN";

  private ExtensionEvents() {}

  /// An event for the function as extensions see it.
  static String invoke(Invocation invocation, long deadlineMillis) {
    ObjectNode event = Json.object();
    event.put("eventType", INVOKE);
    event.put("deadlineMs", deadlineMillis);
    event.put("requestId", invocation.requestId());
    event.put("invokedFunctionArn", invocation.functionArn());
    if (invocation.traceId() != null) {
      event.putObject("tracing").put("type", "X-Amzn-Trace-Id").put("value", invocation.traceId());
    }
    return Json.write(event);
  }

  /// The end of the environment.
  ///
  /// @param reason `SPINDOWN`, `TIMEOUT` or `FAILURE`
  static String shutdown(String reason, long deadlineMillis) {
    ObjectNode event = Json.object();
    event.put("eventType", SHUTDOWN);
    event.put("shutdownReason", reason);
    event.put("deadlineMs", deadlineMillis);
    return Json.write(event);
  }

  /// What an extension wants to hear of. Throws IllegalArgumentException for what there is not.
  static List<String> wanted(byte[] body, boolean external) throws JsonProcessingException {
    var events = new ArrayList<String>();
    JsonNode document =
        body.length == 0 ? Json.object() : Json.parse(new String(body, StandardCharsets.UTF_8));
    for (JsonNode event : document.path("events")) {
      String name = event.asText();
      boolean known = name.equals(INVOKE) || name.equals(SHUTDOWN);
      if (!known) {
        throw new IllegalArgumentException(name + ": ErrorInvalidEventType");
      }
      if (name.equals(SHUTDOWN) && !external) {
        throw new IllegalArgumentException(
            name + ": ShutdownEventNotSupportedForInternalExtension");
      }
      events.add(name);
    }
    return List.copyOf(events);
  }
}

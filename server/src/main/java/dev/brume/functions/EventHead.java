package dev.brume.functions;

/// The head of the response that carries an event to a runtime.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
final class EventHead {
  private static final String REQUEST_ID = "Lambda-Runtime-Aws-Request-Id";

  private EventHead() {}

  static String of(Invocation invocation, long deadlineMillis) {
    var head = new StringBuilder(256);
    head.append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    header(head, REQUEST_ID, invocation.requestId());
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

  /// The request id in such a head.
  static String requestIdOf(String eventHead) {
    int from = eventHead.indexOf(REQUEST_ID + ": ") + REQUEST_ID.length() + 2;
    return eventHead.substring(from, eventHead.indexOf('\r', from));
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

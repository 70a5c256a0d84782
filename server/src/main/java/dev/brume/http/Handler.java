package dev.brume.http;

/// What a [Listener] does with a request: answers it, on the request's own virtual thread. An
/// exception that reaches the listener drops the connection, or is answered by a bare 500.
public interface Handler {
  void handle(Exchange exchange) throws Exception;
}

package dev.brume.functions;

import org.jspecify.annotations.Nullable;

/// One event for a function.
///
/// @param requestId a UUID
/// @param payload the event, JSON in UTF-8
/// @param functionArn as it was invoked, with the qualifier if there was one
/// @param traceId X-Ray's header, e.g. `Root=1-…;Parent=…;Sampled=0`; null if none. `Parent` is the
///   segment of the function
/// @param traced whether the function's tracing is active: the platform then names the trace
/// @param clientContext decoded JSON, null if none
/// @param tail whether the outcome carries the end of the log
public record Invocation(
    String requestId,
    byte[] payload,
    String functionArn,
    @Nullable String traceId,
    boolean traced,
    @Nullable String clientContext,
    boolean tail) {}

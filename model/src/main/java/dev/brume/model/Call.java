package dev.brume.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// The circumstances of one operation: first parameter everywhere, instead of any thread-bound
/// state.
///
/// @param account 12 digits
/// @param region e.g. `us-east-1`
/// @param principal who calls
/// @param requestId the id that the answer carries
/// @param now when the request came in, on the virtual clock
/// @param endpoint where the caller reached Brume, e.g. `http://127.0.0.1:4566`, without a trailing
///   slash
/// @param trace X-Ray's header `X-Amzn-Trace-Id` as it came, null without one: what the call causes carries it on
public record Call(String account, String region, Principal principal, String requestId, Instant now, String endpoint, @Nullable String trace) {
  public Call(String account, String region, Principal principal, String requestId, Instant now, String endpoint) {
    this(account, region, principal, requestId, now, endpoint, null);
  }

  public Call as(Principal other) {
    return new Call(account, region, other, requestId, now, endpoint, trace);
  }

  public Call in(String otherAccount, String otherRegion) {
    return new Call(otherAccount, otherRegion, principal, requestId, now, endpoint, trace);
  }

  public Call traced(@Nullable String header) {
    return new Call(account, region, principal, requestId, now, endpoint, header);
  }

  /// `arn:aws:<service>:<region>:<account>:<resource>`.
  public String arn(String service, String resource) {
    return "arn:aws:" + service + ":" + region + ":" + account + ":" + resource;
  }

  /// The answer to an operation that the model has and Brume does not. A 4xx, because clients retry
  /// a 5xx seven times.
  public static ServiceError notImplemented(String serviceId, String operation) {
    return new ServiceError("NotImplemented", "Brume does not implement " + serviceId + " " + operation + " yet", 400);
  }
}

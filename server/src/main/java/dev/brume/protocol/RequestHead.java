package dev.brume.protocol;

import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import org.jspecify.annotations.Nullable;

/// The parts of a request that tell which operation it is.
///
/// @param method upper case
/// @param host the `Host` header, with or without port
/// @param rawPath percent-encoded, as it came
/// @param rawQuery percent-encoded, null without one
/// @param signingName the service of the credential scope (header or presigned URL); null for
///   unsigned requests and those signed with SigV2
public record RequestHead(
    String method,
    String host,
    String rawPath,
    @Nullable String rawQuery,
    Headers headers,
    @Nullable String signingName) {

  public static RequestHead of(Exchange exchange, @Nullable String signingName) {
    return new RequestHead(
        exchange.method(),
        exchange.host(),
        exchange.rawPath(),
        exchange.rawQuery(),
        exchange.headers(),
        signingName);
  }

  /// Whether the operation's name is in a form body, so that the body must be read before
  /// [Router#route].
  public boolean hasForm() {
    String contentType = headers.get("Content-Type");
    return method.equals("POST")
        && contentType != null
        && contentType.regionMatches(true, 0, FORM, 0, FORM.length())
        && !"s3".equals(signingName)
        && !"lambda".equals(signingName)
        && headers.get("X-Amz-Target") == null;
  }

  private static final String FORM = "application/x-www-form-urlencoded";
}

package dev.brume.services.lambda;

import dev.brume.http.Headers;
import dev.brume.model.lambda.Cors;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What a function URL lets the pages of other origins do: [CORS of function
/// URLs](https://docs.aws.amazon.com/lambda/latest/dg/urls-configuration.html#urls-cors).
///
/// @param methods upper case or `*`
/// @param maxAgeSeconds for which browsers may remember the answer to a preflight request
record UrlCors(
    @Nullable Boolean credentials,
    @Nullable List<String> headers,
    @Nullable List<String> methods,
    @Nullable List<String> origins,
    @Nullable List<String> exposed,
    @Nullable Integer maxAgeSeconds) {
  private static final String ALL = "*";
  private static final String VARY = "Vary";

  /// Null for a configuration that says nothing, which takes one away.
  static @Nullable UrlCors of(@Nullable Cors given) {
    if (given == null) {
      return null;
    }
    var cors =
        new UrlCors(
            given.allowCredentials(),
            given.hasAllowHeaders() ? List.copyOf(given.allowHeaders()) : null,
            given.hasAllowMethods() ? List.copyOf(given.allowMethods()) : null,
            given.hasAllowOrigins() ? List.copyOf(given.allowOrigins()) : null,
            given.hasExposeHeaders() ? List.copyOf(given.exposeHeaders()) : null,
            given.maxAge());
    return cors.equals(new UrlCors(null, null, null, null, null, null)) ? null : cors;
  }

  Cors shape() {
    return new Cors()
        .allowCredentials(credentials)
        .allowHeaders(headers)
        .allowMethods(methods)
        .allowOrigins(origins)
        .exposeHeaders(exposed)
        .maxAge(maxAgeSeconds);
  }

  /// Whether a browser asks what its page may do, instead of doing it.
  static boolean isPreflight(String method, Headers request) {
    return method.equals("OPTIONS")
        && request.has("Origin")
        && request.has("Access-Control-Request-Method");
  }

  /// The answer to that; without headers when the page may not.
  Headers preflight(Headers request) {
    var answer = new Headers();
    String origin = request.get("Origin");
    String method = request.get("Access-Control-Request-Method");
    if (origin == null || method == null || !allows(origins, origin) || !allows(methods, method)) {
      return answer;
    }
    allow(origin, answer);
    answer.add("Access-Control-Allow-Methods", method);
    String asked = request.get("Access-Control-Request-Headers");
    if (headers != null && !headers.isEmpty() && asked != null) {
      boolean all = headers.contains(ALL);
      answer.add("Access-Control-Allow-Headers", all ? asked : String.join(",", headers));
    }
    if (maxAgeSeconds != null) {
      answer.add("Access-Control-Max-Age", maxAgeSeconds.toString());
    }
    return answer;
  }

  /// Adds to an answer what its browser has to know; a function's own headers of these names give
  /// way.
  void grant(Headers request, Headers answer) {
    String origin = request.get("Origin");
    if (origin == null || !allows(origins, origin)) {
      return;
    }
    var granted = new Headers();
    allow(origin, granted);
    if (exposed != null && !exposed.isEmpty()) {
      granted.add("Access-Control-Expose-Headers", String.join(",", exposed));
    }
    granted.forEach(
        (name, value) -> {
          if (name.equals(VARY)) {
            answer.add(name, value);
          } else {
            answer.set(name, value);
          }
        });
  }

  private void allow(String origin, Headers answer) {
    boolean withCredentials = Boolean.TRUE.equals(credentials);
    boolean everybody = origins != null && origins.contains(ALL) && !withCredentials;
    answer.add("Access-Control-Allow-Origin", everybody ? ALL : origin);
    if (!everybody) {
      answer.add(VARY, "Origin");
    }
    if (withCredentials) {
      answer.add("Access-Control-Allow-Credentials", "true");
    }
  }

  private static boolean allows(@Nullable List<String> allowed, String asked) {
    if (allowed == null) {
      return false;
    }
    for (String one : allowed) {
      if (one.equals(ALL) || one.toLowerCase(Locale.ROOT).equals(asked.toLowerCase(Locale.ROOT))) {
        return true;
      }
    }
    return false;
  }
}

package dev.brume.gateway;

import dev.brume.http.Headers;

/// What a service lets the pages of other origins do with what it has:
/// [CORS](https://developer.mozilla.org/docs/Web/HTTP/Guides/CORS).
public interface BrowserAccess {
  /// Answers a preflight request: the headers of a 200. Throws [ServiceError] when the page may not
  /// do what it asks for.
  ///
  /// @param path percent-encoded; for S3 in path style
  Headers preflight(String path, Headers request);

  /// What the answer to an actual request tells the browser. Never fails: a page that may not read
  /// the answer is kept from it by the browser.
  Grant grant(String path, String method, Headers request);

  /// @param headers of the answer, be it an error or not
  /// @param named the owner of what is asked for gave the page's origin by name, not by wildcard
  record Grant(Headers headers, boolean named) {
    public static Grant none() {
      return new Grant(new Headers(), false);
    }
  }
}

package dev.brume.gateway;

import dev.brume.http.Exchange;
import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Keeps web pages of others away. Any page that a browser shows may send requests to this machine;
/// where a request needs no secret to be trusted, it must not come from a page of elsewhere.
/// Programs do not send the headers that are looked at here.
public final class WebPages {
  private WebPages() {}

  /// Whether a browser sent this for a page that is not of this machine, or under a host name that
  /// only points here.
  public static boolean foreign(Exchange exchange) {
    String origin = exchange.headers().get("Origin");
    String site = exchange.headers().get("Sec-Fetch-Site");
    if (origin == null && site == null) {
      return false;
    }
    if (!local(withoutPort(exchange.host()))) {
      return true;
    }
    if (origin != null) {
      return !local(host(origin));
    }
    if (!"cross-site".equals(site)) {
      return false;
    }
    String referer = exchange.headers().get("Referer");
    return referer == null || !local(host(referer));
  }

  private static @Nullable String host(String url) {
    try {
      return URI.create(url).getHost();
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static String withoutPort(String host) {
    int colon = host.lastIndexOf(':');
    return colon > 0 && host.indexOf(']', colon) < 0 ? host.substring(0, colon) : host;
  }

  private static boolean local(@Nullable String host) {
    if (host == null) {
      return false;
    }
    String name = host.toLowerCase(Locale.ROOT);
    return name.equals("localhost")
        || name.endsWith(".localhost")
        || name.matches("127(\\.\\d{1,3}){3}")
        || name.equals("[::1]");
  }
}

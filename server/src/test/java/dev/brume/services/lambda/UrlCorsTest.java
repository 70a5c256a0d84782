package dev.brume.services.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brume.http.Headers;
import dev.brume.model.lambda.Cors;
import java.util.List;
import org.junit.jupiter.api.Test;

class UrlCorsTest {
  private static final String PAGE = "https://www.example.com";
  private static final UrlCors OPEN =
      new UrlCors(null, List.of("*"), List.of("*"), List.of("*"), null, null);
  private static final UrlCors NARROW =
      new UrlCors(
          true, List.of("X-A", "x-b"), List.of("GET"), List.of(PAGE), List.of("X-Seen"), 60);

  private static Headers preflight(UrlCors cors, String origin, String method) {
    return cors.preflight(
        Headers.of(
            "Origin", origin,
            "Access-Control-Request-Method", method,
            "Access-Control-Request-Headers", "x-a"));
  }

  @Test
  void aPreflightIsAnsweredByTheConfiguration() {
    Headers narrow = preflight(NARROW, PAGE, "GET");
    assertThat(narrow.get("Access-Control-Allow-Origin")).isEqualTo(PAGE);
    assertThat(narrow.get("Access-Control-Allow-Methods")).isEqualTo("GET");
    assertThat(narrow.get("Access-Control-Allow-Headers")).isEqualTo("X-A,x-b");
    assertThat(narrow.get("Access-Control-Allow-Credentials")).isEqualTo("true");
    assertThat(narrow.get("Access-Control-Max-Age")).isEqualTo("60");
    assertThat(narrow.get("Vary")).isEqualTo("Origin");
    Headers open = preflight(OPEN, PAGE, "DELETE");
    assertThat(open.get("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(open.get("Access-Control-Allow-Methods")).isEqualTo("DELETE");
    assertThat(open.get("Access-Control-Allow-Headers")).isEqualTo("x-a");
  }

  @Test
  void othersGetNothing() {
    assertThat(preflight(NARROW, "https://example.com", "GET").size()).isZero();
    assertThat(preflight(NARROW, PAGE, "POST").size()).isZero();
    var answer = new Headers();
    NARROW.grant(Headers.of("Origin", "https://evil.example"), answer);
    NARROW.grant(new Headers(), answer);
    assertThat(answer.size()).isZero();
  }

  @Test
  void theConfigurationWinsOverTheFunction() {
    Headers answer =
        Headers.of("access-control-allow-origin", "https://other", "Vary", "Accept", "X-A", "1");
    NARROW.grant(Headers.of("Origin", PAGE), answer);
    assertThat(answer.all("Access-Control-Allow-Origin")).containsExactly(PAGE);
    assertThat(answer.get("Access-Control-Expose-Headers")).isEqualTo("X-Seen");
    assertThat(answer.all("Vary")).containsExactly("Accept", "Origin");
    assertThat(answer.get("X-A")).isEqualTo("1");
  }

  @Test
  void onlyWhatABrowserAsksFirstIsAPreflight() {
    assertThat(UrlCors.isPreflight("OPTIONS", Headers.of("Origin", PAGE))).isFalse();
    Headers asked = Headers.of("Origin", PAGE, "Access-Control-Request-Method", "GET");
    assertThat(UrlCors.isPreflight("OPTIONS", asked)).isTrue();
    assertThat(UrlCors.isPreflight("GET", asked)).isFalse();
  }

  @Test
  void aConfigurationIsShownAsItWasGiven() {
    assertThat(UrlCors.of(new Cors())).isNull();
    Cors given = new Cors().allowOrigins(List.of("*")).maxAge(5);
    assertThat(UrlCors.of(given).shape()).isEqualTo(given);
  }
}

package dev.brume.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.http.Exchange;
import dev.brume.http.Headers;
import dev.brume.json.Json;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.Supplier;

/// Brume's own pages, under `/_brume/`: health, and the virtual clock.
///
/// `GET /_brume/health`; `GET /_brume/clock`; `POST /_brume/clock` with `{"action": "advance",
/// "seconds": 60}`, `{"action": "freeze"}` or `{"action": "resume"}`.
public final class StatusPages implements FrontDoor {
  private static final int BODY_BYTES_MAX = 4096;
  private static final long ADVANCE_SECONDS_MAX = Duration.ofDays(3660).toSeconds();

  private final Supplier<ObjectNode> health;
  private final Clock clock;
  private final Timers timers;

  /// @param health the health document, asked at every request
  public StatusPages(Supplier<ObjectNode> health, Clock clock, Timers timers) {
    this.health = health;
    this.clock = clock;
    this.timers = timers;
  }

  @Override
  public boolean handle(Exchange exchange) throws IOException {
    if (!exchange.rawPath().startsWith("/_brume/")) {
      return false;
    }
    if (WebPages.foreign(exchange)) {
      answer(exchange, 403, message("refused: sent by a web page of another site"));
      return true;
    }
    String request = exchange.method() + " " + exchange.rawPath();
    switch (request) {
      case "GET /_brume/health", "HEAD /_brume/health" -> answer(exchange, 200, health.get());
      case "GET /_brume/clock" -> answer(exchange, 200, now());
      case "POST /_brume/clock" -> change(exchange);
      default -> answer(exchange, 404, message("no such page: " + request));
    }
    return true;
  }

  private void change(Exchange exchange) throws IOException {
    JsonNode body;
    try {
      byte[] bytes = exchange.body().readNBytes(BODY_BYTES_MAX);
      body = Json.parse(new String(bytes, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      answer(exchange, 400, message("not JSON: " + e.getOriginalMessage()));
      return;
    }
    String action = body.path("action").asText();
    switch (action) {
      case "advance" -> {
        long seconds = body.path("seconds").asLong(-1);
        if (seconds < 0 || seconds > ADVANCE_SECONDS_MAX) {
          answer(exchange, 400, message("seconds must be from 0 to " + ADVANCE_SECONDS_MAX));
          return;
        }
        timers.advance(Duration.ofSeconds(seconds));
        answer(exchange, 200, now());
      }
      case "freeze" -> {
        timers.freeze();
        answer(exchange, 200, now());
      }
      case "resume" -> {
        timers.resume();
        answer(exchange, 200, now());
      }
      default -> answer(exchange, 400, message("action must be advance, freeze or resume"));
    }
  }

  private ObjectNode now() {
    return Json.object().put("now", clock.instant().toString());
  }

  private static ObjectNode message(String text) {
    return Json.object().put("message", text);
  }

  private static void answer(Exchange exchange, int status, ObjectNode document)
      throws IOException {
    byte[] bytes = (Json.write(document) + "\n").getBytes(StandardCharsets.UTF_8);
    exchange.respond(status, Headers.of("Content-Type", "application/json"), bytes);
  }
}

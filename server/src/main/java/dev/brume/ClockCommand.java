package dev.brume;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// `brume clock now | advance <time> | freeze | resume [--endpoint URL]`, against a running server.
final class ClockCommand {
  private static final Pattern PART = Pattern.compile("(\\d{1,9})([smhd])");

  private final String endpoint;

  private ClockCommand(String endpoint) {
    this.endpoint = endpoint;
  }

  /// Runs the command; returns what to print. Throws IllegalArgumentException with a line for the
  /// user.
  static String run(List<String> arguments, @Nullable String endpointVariable) throws IOException {
    var words = new ArrayList<>(arguments);
    String endpoint = endpointVariable == null ? "http://127.0.0.1:4566" : endpointVariable;
    int option = words.indexOf("--endpoint");
    if (option >= 0 && option + 1 < words.size()) {
      endpoint = words.get(option + 1);
      words.subList(option, option + 2).clear();
    }
    var command = new ClockCommand(endpoint);
    return switch (String.join(" ", words)) {
      case "", "now" -> command.send(null);
      case "freeze" -> command.send(Json.object().put("action", "freeze"));
      case "resume" -> command.send(Json.object().put("action", "resume"));
      default -> {
        if (words.size() == 2 && words.getFirst().equals("advance")) {
          long seconds = duration(words.get(1)).toSeconds();
          yield command.send(Json.object().put("action", "advance").put("seconds", seconds));
        }
        throw new IllegalArgumentException(
            "usage: brume clock now | advance <time, e.g. 90s, 15m, 2d> | freeze | resume"
                + " [--endpoint URL]");
      }
    };
  }

  /// E.g. `90s`, `15m`, `1h30m`, `2d`.
  static Duration duration(String text) {
    Matcher part = PART.matcher(text);
    Duration total = Duration.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      long count = Long.parseLong(part.group(1));
      total =
          total.plus(
              switch (part.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                case "h" -> Duration.ofHours(count);
                default -> Duration.ofDays(count);
              });
      end = part.end();
    }
    if (end == 0 || end != text.length()) {
      throw new IllegalArgumentException("not a time: " + text + " (e.g. 90s, 15m, 1h30m, 2d)");
    }
    return total;
  }

  private String send(@Nullable ObjectNode body) throws IOException {
    var connection =
        (HttpURLConnection) URI.create(endpoint + "/_brume/clock").toURL().openConnection();
    if (body != null) {
      connection.setRequestMethod("POST");
      connection.setDoOutput(true);
      connection.setRequestProperty("Content-Type", "application/json");
      connection.getOutputStream().write(Json.write(body).getBytes(StandardCharsets.UTF_8));
    }
    int status = connection.getResponseCode();
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      JsonNode answer = Json.parse(text);
      if (status >= 400) {
        throw new IOException(answer.path("message").asText("status " + status));
      }
      return answer.path("now").asText();
    }
  }
}

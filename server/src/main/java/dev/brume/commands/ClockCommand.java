package dev.brume.commands;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `brume clock now | advance <time> | freeze | resume [--endpoint URL]`.
public final class ClockCommand {
  private ClockCommand() {}

  /// Throws IllegalArgumentException with a line for the user.
  public static int run(List<String> arguments, Map<String, String> environment, PrintStream out)
      throws IOException {
    var words = new ArrayList<>(arguments);
    Remote remote = Remote.of(words, environment);
    out.println(remote.own("/_brume/clock", body(words)).path("now").asText());
    return 0;
  }

  private static @Nullable String body(List<String> words) {
    ObjectNode body = Json.object();
    return switch (String.join(" ", words)) {
      case "", "now" -> null;
      case "freeze", "resume" -> Json.write(body.put("action", words.getFirst()));
      default -> {
        if (words.size() == 2 && words.getFirst().equals("advance")) {
          long seconds = Words.duration(words.get(1)).toSeconds();
          yield Json.write(body.put("action", "advance").put("seconds", seconds));
        }
        throw new IllegalArgumentException(
            "usage: brume clock now | advance <time, e.g. 90s, 15m, 2d> | freeze | resume"
                + " [--endpoint URL]");
      }
    };
  }
}

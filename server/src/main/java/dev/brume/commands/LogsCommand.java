package dev.brume.commands;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `brume logs [-f] [function] [--since 10m] [--endpoint URL]`: what functions wrote, in the order
/// of time; with `-f` it goes on until it is stopped.
public final class LogsCommand {
  private static final String GROUPS = "/aws/lambda/";
  private static final long POLL_MILLIS = 500;
  // Lines may come in late: each poll looks back, and what was shown already is left out.
  private static final long LATE_MILLIS = 5_000;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Remote remote;
  private final PrintStream out;
  private final @Nullable String function;
  private Set<String> shown = new HashSet<>();
  private long fromMillis;

  private record Line(long timestamp, String function, String message, String id) {}

  private LogsCommand(Remote remote, PrintStream out, @Nullable String function, long fromMillis) {
    this.remote = remote;
    this.out = out;
    this.function = function;
    this.fromMillis = fromMillis;
  }

  /// Throws IllegalArgumentException with a line for the user.
  public static int run(List<String> arguments, Map<String, String> environment, PrintStream out)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(arguments);
    Remote remote = Remote.of(words, environment);
    String since = Words.option(words, "--since");
    boolean follow = Words.flag(words, "-f") | Words.flag(words, "--follow");
    if (words.size() > 1) {
      throw new IllegalArgumentException(
          "usage: brume logs [-f] [function] [--since 10m] [--endpoint URL]");
    }
    Instant now = Instant.parse(remote.own("/_brume/clock", null).path("now").asText());
    Instant from = now.minus(Words.duration(since == null ? "10m" : since));
    var command =
        new LogsCommand(
            remote, out, words.isEmpty() ? null : words.getFirst(), from.toEpochMilli());
    command.show();
    while (follow) {
      Thread.sleep(POLL_MILLIS);
      command.show();
    }
    return 0;
  }

  private void show() throws IOException {
    var lines = new ArrayList<Line>();
    for (String group : groups()) {
      read(group, lines);
    }
    lines.sort(Comparator.comparingLong(Line::timestamp));
    var seen = new HashSet<String>();
    for (Line line : lines) {
      seen.add(line.id());
      if (shown.contains(line.id())) {
        continue;
      }
      String name = function == null ? line.function() + "  " : "";
      out.println(
          TIME.format(Instant.ofEpochMilli(line.timestamp()))
              + "  "
              + name
              + line.message().stripTrailing());
    }
    if (!lines.isEmpty()) {
      fromMillis = Math.max(fromMillis, lines.getLast().timestamp() - LATE_MILLIS);
    }
    shown = seen;
  }

  private List<String> groups() throws IOException {
    if (function != null) {
      return List.of(GROUPS + function);
    }
    var names = new ArrayList<String>();
    ObjectNode request = Json.object().put("logGroupNamePrefix", GROUPS);
    while (true) {
      JsonNode page = remote.json("logs", "Logs_20140328.DescribeLogGroups", Json.write(request));
      page.path("logGroups").forEach(group -> names.add(group.path("logGroupName").asText()));
      if (!page.hasNonNull("nextToken")) {
        return names;
      }
      request.put("nextToken", page.get("nextToken").asText());
    }
  }

  private void read(String group, List<Line> lines) throws IOException {
    ObjectNode request = Json.object().put("logGroupName", group).put("startTime", fromMillis);
    while (true) {
      JsonNode page;
      try {
        page = remote.json("logs", "Logs_20140328.FilterLogEvents", Json.write(request));
      } catch (IOException e) {
        if (String.valueOf(e.getMessage()).contains("log group does not exist")) {
          return; // It has not been invoked yet.
        }
        throw e;
      }
      for (JsonNode event : page.path("events")) {
        lines.add(
            new Line(
                event.path("timestamp").asLong(),
                group.substring(GROUPS.length()),
                event.path("message").asText(),
                event.path("eventId").asText()));
      }
      if (!page.hasNonNull("nextToken")) {
        return;
      }
      request.put("nextToken", page.get("nextToken").asText());
    }
  }
}

package dev.brume.commands;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `brume invoke <function> [--event FILE|JSON|-] [--async] [--qualifier Q] [--endpoint URL]`:
/// prints the answer, and the end of the log beside it on the error stream.
public final class InvokeCommand {
  private InvokeCommand() {}

  /// Returns 0, or 1 if the function failed. Throws IllegalArgumentException with a line for the
  /// user.
  public static int run(
      List<String> arguments,
      Map<String, String> environment,
      InputStream in,
      PrintStream out,
      PrintStream err)
      throws IOException {
    var words = new ArrayList<>(arguments);
    Remote remote = Remote.of(words, environment);
    String event = event(Words.option(words, "--event"), in);
    String qualifier = Words.option(words, "--qualifier");
    boolean async = Words.flag(words, "--async");
    if (words.size() != 1) {
      throw new IllegalArgumentException(
          "usage: brume invoke <function> [--event FILE|JSON|-] [--async] [--qualifier Q]"
              + " [--endpoint URL]");
    }
    var headers = new HashMap<>(Map.of("Content-Type", "application/json"));
    headers.put("X-Amz-Invocation-Type", async ? "Event" : "RequestResponse");
    if (!async) {
      headers.put("X-Amz-Log-Type", "Tail");
    }
    String path =
        "/2015-03-31/functions/"
            + URLEncoder.encode(words.getFirst(), StandardCharsets.UTF_8)
            + "/invocations"
            + (qualifier == null ? "" : "?Qualifier=" + qualifier);
    return show(remote.aws("lambda", path, event, headers), out, err);
  }

  private static int show(Remote.Answer answer, PrintStream out, PrintStream err)
      throws IOException {
    if (answer.status() >= 400) {
      Remote.success(answer);
    }
    String log = answer.header("X-Amz-Log-Result");
    if (log != null) {
      err.print(new String(Base64.getDecoder().decode(log), StandardCharsets.UTF_8));
    }
    if (!answer.body().isEmpty()) {
      out.println(pretty(answer.body()));
    }
    return answer.header("X-Amz-Function-Error") == null ? 0 : 1;
  }

  private static String pretty(String body) {
    try {
      JsonNode json = Json.parse(body);
      return json.isContainerNode() ? json.toPrettyString() : body;
    } catch (JsonProcessingException e) {
      return body;
    }
  }

  private static String event(@Nullable String given, InputStream in) throws IOException {
    if (given == null) {
      return "{}";
    }
    if (given.equals("-")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    // What begins like JSON is the event itself; a file of such a name is named ./[…
    return given.matches("(?s)\\s*[{\\[\"].*") ? given : Files.readString(Path.of(given));
  }
}

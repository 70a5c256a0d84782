package dev.brume.services.events;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a target receives: the event, a part of it, a constant, or a template filled from it.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html>
final class TargetInput {
  private static final Pattern PLACEHOLDER = Pattern.compile("<([A-Za-z0-9_.-]+)>");
  private static final Pattern STEP =
      Pattern.compile("\\.([A-Za-z0-9_-]+)|\\['([^']+)'\\]|\\[(\\d+)\\]");

  private TargetInput() {}

  static byte[] of(Rule rule, String ruleArn, Rule.RuleTarget target, JsonNode event) {
    String text;
    if (target.input() != null) {
      text = target.input();
    } else if (target.inputPath() != null) {
      JsonNode part = at(event, target.inputPath());
      text = part == null ? "null" : Json.write(part);
    } else if (target.inputTemplate() != null) {
      text = fill(rule, ruleArn, target, event);
    } else {
      text = Json.write(event);
    }
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String fill(Rule rule, String ruleArn, Rule.RuleTarget target, JsonNode event) {
    String template = String.valueOf(target.inputTemplate());
    Matcher placeholder = PLACEHOLDER.matcher(template);
    var out = new StringBuilder();
    while (placeholder.find()) {
      boolean quoted = insideQuotes(template, placeholder.start());
      JsonNode value = value(placeholder.group(1), rule, ruleArn, target, event);
      String text =
          value == null
              ? ""
              : value.isTextual() && quoted
                  ? escaped(value.asText())
                  : quoted ? escaped(Json.write(value)) : Json.write(value);
      placeholder.appendReplacement(out, Matcher.quoteReplacement(text));
    }
    placeholder.appendTail(out);
    return out.toString();
  }

  private static @Nullable JsonNode value(
      String name, Rule rule, String ruleArn, Rule.RuleTarget target, JsonNode event) {
    return switch (name) {
      case "aws.events.rule-arn" -> Json.array().add(ruleArn).get(0);
      case "aws.events.rule-name" -> Json.array().add(rule.name()).get(0);
      case "aws.events.event.ingestion-time" -> event.get("time");
      case "aws.events.event", "aws.events.event.json" -> event;
      default -> {
        String path = target.inputPaths() == null ? null : target.inputPaths().get(name);
        yield path == null ? null : at(event, path);
      }
    };
  }

  private static boolean insideQuotes(String template, int position) {
    boolean inside = false;
    for (int i = 0; i < position; i++) {
      if (template.charAt(i) == '"' && (i == 0 || template.charAt(i - 1) != '\\')) {
        inside = !inside;
      }
    }
    return inside;
  }

  private static String escaped(String text) {
    String quoted = Json.write(Json.array().add(text).get(0));
    return quoted.substring(1, quoted.length() - 1);
  }

  static boolean isPath(String path) {
    return path.equals("$")
        || path.startsWith("$") && STEP.matcher(path.substring(1)).replaceAll("").isEmpty();
  }

  /// The value at a path such as `$.detail.items[0]`, null if there is none.
  static @Nullable JsonNode at(JsonNode event, String path) {
    JsonNode at = event;
    Matcher step = STEP.matcher(path);
    int end = 1;
    while (step.find(end) && step.start() == end && at != null) {
      at =
          step.group(3) != null
              ? at.get(Integer.parseInt(step.group(3)))
              : at.get(step.group(1) != null ? step.group(1) : step.group(2));
      end = step.end();
    }
    return at;
  }
}

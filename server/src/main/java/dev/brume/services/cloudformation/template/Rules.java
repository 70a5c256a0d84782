package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// The template's `Rules`: assertions about parameters.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html>
public final class Rules {
  private final Template template;
  private final Intrinsics intrinsics;

  private Rules(Template template, Intrinsics intrinsics) {
    this.template = template;
    this.intrinsics = intrinsics;
  }

  /// Throws `ValidationError` with the description of every assertion that does not hold.
  public static void check(Template template, Intrinsics intrinsics) {
    var rules = new Rules(template, intrinsics);
    var failures = new ArrayList<String>();
    template
        .rules()
        .properties()
        .forEach(entry -> rules.check(entry.getKey(), entry.getValue(), failures));
    if (!failures.isEmpty()) {
      throw TemplateErrors.validation(
          "Template error: Rules validation failed: " + String.join("; ", failures));
    }
  }

  private void check(String name, JsonNode rule, List<String> failures) {
    if (rule.has("RuleCondition") && !truth(rule.get("RuleCondition"))) {
      return;
    }
    for (JsonNode assertion : rule.path("Assertions")) {
      if (!truth(assertion.path("Assert"))) {
        String description = assertion.path("AssertDescription").asText("");
        failures.add(description.isEmpty() ? "Rule " + name + " does not hold" : description);
      }
    }
  }

  private boolean truth(JsonNode node) {
    if (!node.isObject() || node.size() != 1) {
      throw TemplateErrors.format("Every rule assertion must be a rule function.");
    }
    Map.Entry<String, JsonNode> only = node.properties().iterator().next();
    JsonNode argument = only.getValue();
    return switch (only.getKey()) {
      case "Fn::Not" -> !truth(argument.path(0));
      case "Fn::And" -> {
        boolean all = true;
        for (JsonNode each : argument) {
          all &= truth(each);
        }
        yield all;
      }
      case "Fn::Or" -> {
        boolean any = false;
        for (JsonNode each : argument) {
          any |= truth(each);
        }
        yield any;
      }
      case "Fn::Contains" -> strings(argument.path(0)).containsAll(strings(argument.path(1)));
      case "Fn::EachMemberEquals" -> {
        List<String> wanted = strings(argument.path(1));
        yield strings(argument.path(0)).stream().allMatch(wanted::contains);
      }
      case "Fn::EachMemberIn" -> strings(argument.path(1)).containsAll(strings(argument.path(0)));
      case "Fn::RefAll", "Fn::ValueOf", "Fn::ValueOfAll" ->
          throw TemplateErrors.validation(
              "Brume does not implement " + only.getKey() + " in Rules yet");
      default -> new Conditions(template, intrinsics).evaluate((ObjectNode) node);
    };
  }

  private List<String> strings(JsonNode node) {
    JsonNode value = intrinsics.resolve(node);
    var out = new ArrayList<String>();
    if (value == null) {
      return out;
    }
    if (value.isArray()) {
      value.forEach(each -> out.add(each.asText()));
    } else {
      out.add(value.asText());
    }
    return out;
  }
}

package dev.brume.services.cloudformation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which resources updates may touch. Without one everything is allowed; with one, only what it
/// allows and does not deny.
/// <https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/protect-stack-resources.html>
final class StackPolicy {
  private static final int BYTES_MAX = 16_384;
  private static final Set<String> ACTIONS =
      Set.of("Update:Modify", "Update:Replace", "Update:Delete", "Update:*");

  private final List<JsonNode> statements;

  private StackPolicy(List<JsonNode> statements) {
    this.statements = statements;
  }

  /// Throws `ValidationError` unless this is a policy; null stands for none.
  static @Nullable StackPolicy parse(@Nullable String text) {
    if (text == null) {
      return null;
    }
    if (text.length() > BYTES_MAX) {
      throw wrong("it is longer than " + BYTES_MAX + " characters");
    }
    JsonNode root;
    try {
      root = Json.parse(text);
    } catch (JsonProcessingException e) {
      throw wrong(e.getOriginalMessage());
    }
    var statements = new ArrayList<JsonNode>();
    for (JsonNode statement : each(root.path("Statement"))) {
      check(statement);
      statements.add(statement);
    }
    if (statements.isEmpty()) {
      throw wrong("it has no Statement");
    }
    return new StackPolicy(statements);
  }

  private static void check(JsonNode statement) {
    if (!Set.of("Allow", "Deny").contains(statement.path("Effect").asText())) {
      throw wrong("Effect must be Allow or Deny");
    }
    if (statement.has("Action") == statement.has("NotAction")) {
      throw wrong("a statement needs Action or NotAction");
    }
    for (String action : texts(statement.path(statement.has("Action") ? "Action" : "NotAction"))) {
      if (!ACTIONS.contains(action)) {
        throw wrong("Unknown action " + action);
      }
    }
    if (statement.has("Resource") == statement.has("NotResource")) {
      throw wrong("a statement needs Resource or NotResource");
    }
    if (!texts(statement.path("Principal")).equals(List.of("*"))) {
      throw wrong("Principal must be \"*\"");
    }
    for (var condition : statement.path("Condition").properties()) {
      boolean type = condition.getValue().size() == 1 && condition.getValue().has("ResourceType");
      if (!Set.of("StringEquals", "StringLike").contains(condition.getKey()) || !type) {
        throw wrong("Unknown condition " + condition);
      }
    }
  }

  private static RuntimeException wrong(String why) {
    return CloudFormationErrors.validation("Error validating stack policy: " + why);
  }

  private static List<JsonNode> each(JsonNode node) {
    var all = new ArrayList<JsonNode>();
    if (node.isArray()) {
      node.forEach(all::add);
    } else if (!node.isMissingNode()) {
      all.add(node);
    }
    return all;
  }

  private static List<String> texts(JsonNode node) {
    return each(node).stream().map(JsonNode::asText).toList();
  }

  /// Why the action may not be done to the resource, null if it may.
  ///
  /// @param action `Update:Modify`, `Update:Replace` or `Update:Delete`
  @Nullable String refusal(String action, String logicalId, String type) {
    int allowed = 0;
    for (int i = 0; i < statements.size(); i++) {
      JsonNode statement = statements.get(i);
      if (!applies(statement, action, logicalId, type)) {
        continue;
      }
      if (statement.path("Effect").asText().equals("Deny")) {
        return reason("Statement [#" + (i + 1) + "] does not allow", action, logicalId);
      }
      allowed++;
    }
    return allowed > 0 ? null : reason("No statement allows", action, logicalId);
  }

  private static String reason(String who, String action, String logicalId) {
    return "Action denied by stack policy: "
        + who
        + " ["
        + action
        + "] for resource [LogicalResourceId/"
        + logicalId
        + "];";
  }

  private static boolean applies(JsonNode statement, String action, String id, String type) {
    boolean acts =
        statement.has("Action")
            ? any(texts(statement.path("Action")), action)
            : !any(texts(statement.path("NotAction")), action);
    String resource = "LogicalResourceId/" + id;
    boolean meant =
        statement.has("Resource")
            ? any(texts(statement.path("Resource")), resource)
            : !any(texts(statement.path("NotResource")), resource);
    return acts && meant && conditions(statement.path("Condition"), type);
  }

  private static boolean conditions(JsonNode conditions, String type) {
    for (var condition : conditions.properties()) {
      List<String> types = texts(condition.getValue().path("ResourceType"));
      boolean holds =
          condition.getKey().equals("StringEquals") ? types.contains(type) : any(types, type);
      if (!holds) {
        return false;
      }
    }
    return true;
  }

  private static boolean any(List<String> patterns, String text) {
    return patterns.stream().anyMatch(pattern -> like(pattern, text));
  }

  private static boolean like(String pattern, String text) {
    String[] parts = pattern.split("\\*", -1);
    var regex = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      regex.append(i > 0 ? ".*" : "").append(Pattern.quote(parts[i]));
    }
    return Pattern.matches(regex.toString(), text);
  }
}

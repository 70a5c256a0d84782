package dev.brume.auth;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A [policy](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html),
/// read: of a role, or of a resource.
public record PolicyDocument(List<Statement> statements) {

  /// @param allow else it denies
  /// @param actions patterns, e.g. `s3:Get*`
  /// @param notActions the statement is for every action but these
  /// @param resources patterns of ARNs; empty in a policy whose statements have none, such as a
  ///   trust policy
  /// @param principals by kind: `AWS`, `Service`, …; null in the policy of a role
  public record Statement(
      boolean allow,
      List<String> actions,
      boolean notActions,
      List<String> resources,
      boolean notResources,
      @Nullable Map<String, List<String>> principals,
      boolean notPrincipals,
      List<Condition> conditions) {}

  /// @param operator e.g. `StringLike`, without set prefix and `IfExists`
  /// @param quantifier `ForAllValues`, `ForAnyValue` or empty
  /// @param ifExists an absent key satisfies it
  public record Condition(
      String operator, String quantifier, boolean ifExists, String key, List<String> values) {}

  /// Reads a document. Throws IllegalArgumentException when it is no policy.
  public static PolicyDocument parse(String json) {
    JsonNode root;
    try {
      root = Json.parse(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
    }
    if (!root.isObject()) {
      throw new IllegalArgumentException("a policy is a JSON object");
    }
    var statements = new ArrayList<Statement>();
    JsonNode given = root.path("Statement");
    if (!given.isContainerNode()) {
      throw new IllegalArgumentException("Policies must contain a Statement");
    }
    if (given.isObject()) {
      statements.add(statement(given));
    }
    if (given.isArray()) {
      given.forEach(node -> statements.add(statement(node)));
    }
    return new PolicyDocument(List.copyOf(statements));
  }

  /// What this policy of a resource says to a request. An account that it names stands for
  /// everybody in it, since who gets here has been allowed by policies of their own.
  public PolicyEvaluator.Decision decide(AccessRequest request) {
    var asked =
        new PolicyEvaluator.Request(request.action(), request.resource(), request.context());
    return PolicyEvaluator.byResource(this, asked, request.principal());
  }

  private static Statement statement(JsonNode node) {
    String effect = node.path("Effect").asText();
    if (!effect.equals("Allow") && !effect.equals("Deny")) {
      throw new IllegalArgumentException("Effect must be Allow or Deny, not " + effect);
    }
    boolean notActions = node.has("NotAction");
    boolean notResources = node.has("NotResource");
    boolean notPrincipals = node.has("NotPrincipal");
    JsonNode principal = node.path(notPrincipals ? "NotPrincipal" : "Principal");
    return new Statement(
        effect.equals("Allow"),
        texts(node.path(notActions ? "NotAction" : "Action")),
        notActions,
        texts(node.path(notResources ? "NotResource" : "Resource")),
        notResources,
        principals(principal),
        notPrincipals,
        conditions(node.path("Condition")));
  }

  private static @Nullable Map<String, List<String>> principals(JsonNode node) {
    if (node.isMissingNode()) {
      return null;
    }
    Map<String, List<String>> principals = new LinkedHashMap<>();
    if (node.isTextual()) {
      principals.put("AWS", List.of(node.asText()));
    } else {
      node.properties().forEach(kind -> principals.put(kind.getKey(), texts(kind.getValue())));
    }
    return principals;
  }

  private static List<Condition> conditions(JsonNode node) {
    var conditions = new ArrayList<Condition>();
    for (var operator : node.properties()) {
      String name = operator.getKey();
      int colon = name.indexOf(':');
      String quantifier = colon < 0 ? "" : name.substring(0, colon);
      String plain = name.substring(colon + 1);
      boolean ifExists = plain.endsWith("IfExists");
      String base = ifExists ? plain.substring(0, plain.length() - 8) : plain;
      if (!Conditions.OPERATORS.contains(base)) {
        throw new IllegalArgumentException("Invalid Condition type : " + name);
      }
      for (var key : operator.getValue().properties()) {
        conditions.add(
            new Condition(base, quantifier, ifExists, key.getKey(), texts(key.getValue())));
      }
    }
    return List.copyOf(conditions);
  }

  private static List<String> texts(JsonNode node) {
    if (node.isMissingNode()) {
      return List.of();
    }
    var texts = new ArrayList<String>();
    if (node.isArray()) {
      node.forEach(value -> texts.add(value.asText()));
    } else {
      texts.add(node.asText());
    }
    return List.copyOf(texts);
  }
}

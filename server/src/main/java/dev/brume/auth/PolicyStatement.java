package dev.brume.auth;

import com.fasterxml.jackson.databind.JsonNode;
import dev.brume.model.Principal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One statement of a policy.
///
/// @param principals by type, e.g. `AWS`; null in identity policies, which are about their holder
record PolicyStatement(
    boolean allows,
    @Nullable Map<String, List<String>> principals,
    boolean exceptPrincipals,
    List<String> actions,
    boolean exceptActions,
    List<String> resources,
    boolean exceptResources,
    List<PolicyCondition> conditions) {

  /// Reads a statement. Throws IllegalArgumentException with what is wrong.
  static PolicyStatement parse(JsonNode node) {
    String effect = node.path("Effect").asText();
    if (!effect.equals("Allow") && !effect.equals("Deny")) {
      throw new IllegalArgumentException("Invalid effect: " + effect);
    }
    boolean exceptPrincipals = node.has("NotPrincipal");
    boolean exceptActions = node.has("NotAction");
    boolean exceptResources = node.has("NotResource");
    JsonNode principal = node.get(exceptPrincipals ? "NotPrincipal" : "Principal");
    return new PolicyStatement(
        effect.equals("Allow"),
        principal == null ? null : principals(principal),
        exceptPrincipals,
        texts(node.path(exceptActions ? "NotAction" : "Action")),
        exceptActions,
        texts(node.path(exceptResources ? "NotResource" : "Resource")),
        exceptResources,
        PolicyCondition.parse(node.path("Condition")));
  }

  private static Map<String, List<String>> principals(JsonNode node) {
    if (node.isTextual()) {
      return Map.of("AWS", List.of(node.asText()));
    }
    var principals = new java.util.LinkedHashMap<String, List<String>>();
    node.properties().forEach(type -> principals.put(type.getKey(), texts(type.getValue())));
    return principals;
  }

  /// A text, or a list of them.
  static List<String> texts(JsonNode node) {
    if (node.isValueNode()) {
      return List.of(node.asText());
    }
    var texts = new ArrayList<String>();
    node.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  boolean applies(AccessRequest request) {
    return forPrincipal(request.principal())
        && exceptActions != actions.stream().anyMatch(each -> action(each, request.action()))
        && forResource(request)
        && conditions.stream().allMatch(condition -> condition.holds(request));
  }

  private static boolean action(String pattern, String action) {
    return Wildcards.match(pattern.toLowerCase(Locale.ROOT), action.toLowerCase(Locale.ROOT));
  }

  private boolean forResource(AccessRequest request) {
    if (resources.isEmpty()) {
      return true;
    }
    boolean any =
        resources.stream()
            .anyMatch(
                each ->
                    Wildcards.match(PolicyCondition.resolve(each, request), request.resource()));
    return exceptResources != any;
  }

  private boolean forPrincipal(Principal principal) {
    Map<String, List<String>> wanted = principals;
    if (wanted == null) {
      return true;
    }
    boolean any =
        switch (principal) {
          case Principal.ServicePrincipal service ->
              wanted.getOrDefault("Service", List.of()).contains(service.name())
                  || wanted.getOrDefault("Service", List.of()).contains("*")
                  || everyone(wanted);
          case Principal.Root root -> everyone(wanted) || account(wanted, root.account());
          case Principal.RoleSession role ->
              everyone(wanted)
                  || account(wanted, role.account())
                  || aws(wanted).contains(role.roleArn())
                  || aws(wanted).contains(role.arn());
          case Principal.Anonymous anonymous -> everyone(wanted);
        };
    return exceptPrincipals != any;
  }

  private static List<String> aws(Map<String, List<String>> wanted) {
    return wanted.getOrDefault("AWS", List.of());
  }

  private static boolean everyone(Map<String, List<String>> wanted) {
    return aws(wanted).contains("*");
  }

  private static boolean account(Map<String, List<String>> wanted, String account) {
    return aws(wanted).contains(account)
        || aws(wanted).contains("arn:aws:iam::" + account + ":root");
  }
}

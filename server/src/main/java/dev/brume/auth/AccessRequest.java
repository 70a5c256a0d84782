package dev.brume.auth;

import dev.brume.model.Principal;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// What somebody wants to do, as policies see it.
///
/// @param action e.g. `sqs:SendMessage`
/// @param resource an ARN, `*` when the action has none
/// @param context values of condition keys by lower-case name, e.g. `aws:sourcearn`
public record AccessRequest(
    Principal principal, String action, String resource, Map<String, List<String>> context) {
  /// A request with the condition keys that follow from who asks.
  public static AccessRequest of(Principal principal, String action, String resource) {
    var context = new HashMap<String, List<String>>();
    switch (principal) {
      case Principal.ServicePrincipal service -> {
        context.put("aws:sourcearn", List.of(service.sourceArn()));
        context.put("aws:sourceaccount", List.of(service.sourceAccount()));
        context.put("aws:principalisawsservice", List.of("true"));
        context.put("aws:principalservicename", List.of(service.name()));
      }
      case Principal.Root root -> {
        context.put("aws:principalaccount", List.of(root.account()));
        context.put("aws:sourceowner", List.of(root.account()));
        context.put("aws:principalarn", List.of(root.arn()));
        context.put("aws:principaltype", List.of("Account"));
        context.put("aws:userid", List.of(root.account()));
        context.put("aws:principalisawsservice", List.of("false"));
      }
      case Principal.RoleSession role -> {
        context.put("aws:principalaccount", List.of(role.account()));
        context.put("aws:sourceowner", List.of(role.account()));
        context.put("aws:principalarn", List.of(role.roleArn()));
        context.put("aws:principaltype", List.of("AssumedRole"));
        context.put("aws:userid", List.of(role.roleId() + ":" + role.sessionName()));
        context.put("aws:principalisawsservice", List.of("false"));
      }
      case Principal.Anonymous anonymous -> context.put("aws:principaltype", List.of("Anonymous"));
    }
    return new AccessRequest(principal, action, resource, context);
  }

  /// This request with another condition key.
  public AccessRequest with(String key, String value) {
    var more = new HashMap<>(context);
    more.put(key.toLowerCase(Locale.ROOT), List.of(value));
    return new AccessRequest(principal, action, resource, more);
  }
}

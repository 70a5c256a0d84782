package dev.brume.auth;

import dev.brume.auth.PolicyDocument.Statement;
import dev.brume.model.Principal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Decides by policies: a statement that denies wins over all that allow. Pure.
public final class PolicyEvaluator {
  private PolicyEvaluator() {}

  /// What the policies say.
  public enum Decision {
    ALLOWED,
    /// A statement denies it.
    DENIED,
    /// No statement is about it.
    UNDECIDED
  }

  /// What is asked.
  ///
  /// @param action e.g. `sqs:SendMessage`
  /// @param resource an ARN; null when it is not known: then an allowing statement for any resource
  ///   will do, and a denying one counts only if it is for every resource
  /// @param context condition keys in lower case, e.g. `aws:sourceip`, and their values
  public record Request(
      String action, @Nullable String resource, Map<String, List<String>> context) {}

  /// Decides by the policies of a role.
  public static Decision byIdentity(List<PolicyDocument> documents, Request request) {
    return decide(documents, request, null, false);
  }

  /// Decides by the policies of a resource, or of a role's trust.
  public static Decision byResource(
      List<PolicyDocument> documents, Request request, Principal principal) {
    return decide(documents, request, principal, false);
  }

  /// Decides by the policy of a resource for a caller whose own policies allow it already: a
  /// statement that names an account is about everybody in it.
  static Decision byResource(PolicyDocument document, Request request, Principal principal) {
    return decide(List.of(document), request, principal, true);
  }

  private static Decision decide(
      List<PolicyDocument> documents,
      Request request,
      @Nullable Principal principal,
      boolean accounts) {
    Decision decision = Decision.UNDECIDED;
    for (PolicyDocument document : documents) {
      for (Statement statement : document.statements()) {
        if (!applies(statement, request, principal, accounts)) {
          continue;
        }
        if (!statement.allow()) {
          return Decision.DENIED;
        }
        decision = Decision.ALLOWED;
      }
    }
    return decision;
  }

  private static boolean applies(
      Statement statement, Request request, @Nullable Principal principal, boolean accounts) {
    return (principal == null || names(statement, principal, accounts))
        && actions(statement, request)
        && resources(statement, request)
        && Conditions.hold(statement.conditions(), request.context());
  }

  private static boolean actions(Statement statement, Request request) {
    boolean any = false;
    for (String pattern : statement.actions()) {
      any |= Glob.matchesIgnoringCase(pattern, request.action());
    }
    return any != statement.notActions();
  }

  private static boolean resources(Statement statement, Request request) {
    String resource = request.resource();
    if (statement.resources().isEmpty()) {
      return true;
    }
    if (resource == null) {
      return statement.allow() || !statement.notResources() && statement.resources().contains("*");
    }
    boolean any = false;
    for (String pattern : statement.resources()) {
      String resolved = Glob.resolve(pattern, request.context());
      any |= resolved != null && Glob.matches(resolved, resource);
    }
    return any != statement.notResources();
  }

  private static boolean names(Statement statement, Principal principal, boolean accounts) {
    Map<String, List<String>> principals = statement.principals();
    if (principals == null) {
      return false;
    }
    boolean any = false;
    for (Map.Entry<String, List<String>> kind : principals.entrySet()) {
      for (String name : kind.getValue()) {
        any |= is(kind.getKey(), name, principal, accounts);
      }
    }
    return any != statement.notPrincipals();
  }

  private static boolean is(String kind, String name, Principal principal, boolean accounts) {
    return switch (principal) {
      case Principal.Anonymous anonymous -> kind.equals("AWS") && name.equals("*");
      case Principal.ServicePrincipal service ->
          kind.equals("Service") && name.equals(service.name())
              || kind.equals("AWS") && name.equals("*");
      case Principal.Root root ->
          kind.equals("AWS")
              && (name.equals("*") || name.equals(root.arn()) || name.equals(root.account()));
      case Principal.RoleSession role ->
          kind.equals("AWS")
              && (name.equals("*")
                  || name.equals(role.roleArn())
                  || name.equals(role.arn())
                  || accounts && isAccount(name, role.account()));
    };
  }

  private static boolean isAccount(String name, String account) {
    return name.equals(account) || name.equals("arn:aws:iam::" + account + ":root");
  }
}

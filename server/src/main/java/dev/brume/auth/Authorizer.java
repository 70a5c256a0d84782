package dev.brume.auth;

import dev.brume.auth.Demands.Demand;
import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.model.Call;
import dev.brume.model.Operation;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModel.Protocol;
import dev.brume.model.Struct;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Holds sessions of roles to what the role's policies allow.
///
/// The owner of an account may do everything. Services that act on their own and anonymous callers
/// are the business of the resource's policy, which its service asks.
public final class Authorizer {
  private static final int PARSED_MAX = 2000;
  // What every signed caller may do.
  private static final Set<String> FREE = Set.of("sts:GetCallerIdentity", "sts:GetSessionToken");

  private final RolePolicies roles;
  private final ResourcePolicies resources;
  private final Map<String, PolicyDocument> parsed = new ConcurrentHashMap<>();

  /// The policies of resources, which may allow what a role's own policies do not.
  public interface ResourcePolicies {
    /// The policy of the resource with this ARN, null without one.
    @Nullable String policy(Call call, String resourceArn);
  }

  public Authorizer(RolePolicies roles, ResourcePolicies resources) {
    this.roles = roles;
    this.resources = resources;
  }

  /// Throws [ServiceError] with AWS's text when the caller may not do this.
  public void check(Call call, ServiceModel model, Operation operation, Struct input) {
    switch (call.principal()) {
      case Principal.RoleSession role -> check(call, role, model, operation, input);
      case Principal.Root root -> {}
      case Principal.ServicePrincipal service -> {}
      case Principal.Anonymous anonymous -> {}
    }
  }

  /// Whether the caller may do what no operation of a model stands for.
  ///
  /// @param call its principal is the request's
  public boolean allows(Call call, AccessRequest request) {
    if (!(request.principal() instanceof Principal.RoleSession role)) {
      return true;
    }
    Map<String, List<String>> context = context(call, role);
    context.putAll(request.context());
    context.put("aws:resourceaccount", List.of(owner(call, request.resource())));
    var asked = new PolicyEvaluator.Request(request.action(), request.resource(), context);
    return refusal(call, role, documents(role), boundary(role), asked) == null;
  }

  private List<PolicyDocument> documents(Principal.RoleSession role) {
    List<String> texts = roles.identityPolicies(role.account(), role.roleName());
    return parse(texts == null ? List.of() : texts);
  }

  private @Nullable List<PolicyDocument> boundary(Principal.RoleSession role) {
    String text = roles.permissionsBoundary(role.account(), role.roleName());
    return text == null ? null : parse(List.of(text));
  }

  private void check(
      Call call,
      Principal.RoleSession role,
      ServiceModel model,
      Operation operation,
      Struct input) {
    List<PolicyDocument> documents = documents(role);
    List<PolicyDocument> boundary = boundary(role);
    Map<String, List<String>> context = context(call, role);
    addOperation(model, input, context);
    for (Demand demand : Demands.of(call, model, operation, input)) {
      if (FREE.contains(demand.action())) {
        continue;
      }
      context.put("aws:resourceaccount", List.of(owner(call, demand.resource())));
      var request = new PolicyEvaluator.Request(demand.action(), demand.resource(), context);
      String reason = refusal(call, role, documents, boundary, request);
      if (reason != null) {
        throw denied(role, model, demand, reason);
      }
    }
  }

  private static void addOperation(
      ServiceModel model, Struct input, Map<String, List<String>> context) {
    String prefix = Demands.text(input, "Prefix");
    if (prefix != null) {
      context.put("s3:prefix", List.of(prefix));
    }
    if (model.name().equals("lambda")) {
      context.put("lambda:invokedviafunctionurl", List.of("false"));
      String ofUrl = Demands.text(input, "AuthType");
      String authType = ofUrl == null ? Demands.text(input, "FunctionUrlAuthType") : ofUrl;
      if (authType != null) {
        context.put("lambda:functionurlauthtype", List.of(authType));
      }
    }
  }

  // Buckets have no account in their ARN: those that a call reaches are of its own account.
  private static String owner(Call call, @Nullable String resource) {
    String[] parts = resource == null ? new String[0] : resource.split(":", 6);
    return parts.length == 6 && !parts[4].isEmpty() ? parts[4] : call.account();
  }

  // Why not, in AWS's words; null when it is allowed.
  private @Nullable String refusal(
      Call call,
      Principal.RoleSession role,
      List<PolicyDocument> documents,
      @Nullable List<PolicyDocument> boundary,
      PolicyEvaluator.Request request) {
    Decision own = PolicyEvaluator.byIdentity(documents, request);
    if (own == Decision.DENIED) {
      return "with an explicit deny in an identity-based policy";
    }
    if (boundary != null) {
      Decision bound = PolicyEvaluator.byIdentity(boundary, request);
      if (bound == Decision.DENIED) {
        return "with an explicit deny in a permissions boundary";
      }
      if (bound == Decision.UNDECIDED && own == Decision.ALLOWED) {
        return "because no permissions boundary allows the " + request.action() + " action";
      }
    }
    if (own == Decision.ALLOWED || byResource(call, role, request) == Decision.ALLOWED) {
      return null;
    }
    return "because no identity-based policy allows the " + request.action() + " action";
  }

  private Decision byResource(
      Call call, Principal.RoleSession role, PolicyEvaluator.Request request) {
    String resource = request.resource();
    String policy = resource == null ? null : resources.policy(call, resource);
    return policy == null
        ? Decision.UNDECIDED
        : PolicyEvaluator.byResource(parse(List.of(policy)), request, role);
  }

  private List<PolicyDocument> parse(List<String> texts) {
    var documents = new ArrayList<PolicyDocument>();
    for (String text : texts) {
      if (parsed.size() > PARSED_MAX) {
        parsed.clear();
      }
      documents.add(parsed.computeIfAbsent(text, PolicyDocument::parse));
    }
    return documents;
  }

  private static Map<String, List<String>> context(Call call, Principal.RoleSession role) {
    Map<String, List<String>> context = new HashMap<>();
    context.put("aws:principalarn", List.of(role.roleArn()));
    context.put("aws:principalaccount", List.of(role.account()));
    context.put("aws:principaltype", List.of("AssumedRole"));
    context.put("aws:userid", List.of(role.roleId() + ":" + role.sessionName()));
    context.put("aws:requestedregion", List.of(call.region()));
    context.put("aws:currenttime", List.of(call.now().toString()));
    context.put("aws:epochtime", List.of(Long.toString(call.now().getEpochSecond())));
    // What does not leave the machine cannot be overheard.
    boolean secure =
        call.endpoint().startsWith("https:")
            || call.endpoint().startsWith("http://127.")
            || call.endpoint().startsWith("http://localhost");
    context.put("aws:securetransport", List.of(Boolean.toString(secure)));
    return context;
  }

  private static ServiceError denied(
      Principal.RoleSession role, ServiceModel model, Demand demand, String reason) {
    String text =
        "User: "
            + role.arn()
            + " is not authorized to perform: "
            + (model.name().equals("sqs")
                ? demand.action().toLowerCase(Locale.ROOT)
                : demand.action())
            + (demand.resource() == null ? "" : " on resource: " + demand.resource())
            + " "
            + reason;
    if (model.name().equals("sns")) {
      return new ServiceError("AuthorizationError", text, 403);
    }
    List<Protocol> protocols = model.identity().protocols();
    if (protocols.contains(Protocol.REST_XML)
        || protocols.contains(Protocol.AWS_QUERY) && protocols.size() == 1) {
      return new ServiceError("AccessDenied", text, 403);
    }
    return new ServiceError(
        "AccessDeniedException", text, protocols.contains(Protocol.REST_JSON_1) ? 403 : 400);
  }
}

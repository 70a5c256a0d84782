package dev.brume.services.sts;

import dev.brume.auth.Credentials;
import dev.brume.auth.PolicyDocument;
import dev.brume.auth.PolicyEvaluator;
import dev.brume.auth.PolicyEvaluator.Decision;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.iam.GetRoleRequest;
import dev.brume.model.iam.IamClient;
import dev.brume.model.iam.NoSuchEntityException;
import dev.brume.model.iam.Role;
import dev.brume.model.sts.*;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// AWS STS's operations.
public final class StsService implements StsApi {
  private static final Pattern ROLE_ARN =
      Pattern.compile("arn:aws:iam::(\\d{12}):role/(?:.*/)?([\\w+=,.@-]+)");
  private final Credentials credentials;
  private final IamClient iam;

  public StsService(Credentials credentials, Operations operations) {
    this.credentials = credentials;
    this.iam = new IamClient(operations);
  }

  @Override
  public GetCallerIdentityResponse getCallerIdentity(Call call, GetCallerIdentityRequest in) {
    String userId =
        switch (call.principal()) {
          case Principal.RoleSession session -> session.roleId() + ":" + session.sessionName();
          case Principal.Root root -> root.account();
          case Principal.ServicePrincipal service -> service.name();
          case Principal.Anonymous _ -> "anonymous";
        };
    return new GetCallerIdentityResponse()
        .account(call.account())
        .arn(call.principal().arn())
        .userId(userId);
  }

  @Override
  public AssumeRoleResponse assumeRole(Call call, AssumeRoleRequest in) {
    refuse(in);
    Matcher arn = ROLE_ARN.matcher(in.roleArn());
    if (!arn.matches()) {
      throw StsErrors.invalidArn(in.roleArn());
    }
    Role role = role(call, in.roleArn(), arn.group(1), arn.group(2));
    checkTrust(call, in, role);
    int seconds =
        in.durationSeconds() == null ? StsLimits.SESSION_SECONDS_DEFAULT : in.durationSeconds();
    if (role.maxSessionDuration() != null && seconds > role.maxSessionDuration()) {
      throw StsErrors.tooLong();
    }
    var session =
        new Principal.RoleSession(
            arn.group(1), role.roleName(), role.arn(), role.roleId(), in.roleSessionName());
    return new AssumeRoleResponse()
        .credentials(shown(credentials.issue(session, Duration.ofSeconds(seconds))))
        .assumedRoleUser(
            new AssumedRoleUser()
                .arn(session.arn())
                .assumedRoleId(role.roleId() + ":" + in.roleSessionName()));
  }

  // The role's trust policy must name the caller; where it names the account as a whole, the
  // caller's own policies have allowed it already.
  private static void checkTrust(Call call, AssumeRoleRequest in, Role role) {
    String encoded = String.valueOf(role.assumeRolePolicyDocument());
    List<PolicyDocument> trust =
        List.of(PolicyDocument.parse(URLDecoder.decode(encoded, StandardCharsets.UTF_8)));
    var request = new PolicyEvaluator.Request("sts:AssumeRole", null, context(call, in));
    Decision decision = PolicyEvaluator.byResource(trust, request, call.principal());
    if (decision == Decision.UNDECIDED
        && call.principal() instanceof Principal.RoleSession session) {
      decision = PolicyEvaluator.byResource(trust, request, new Principal.Root(session.account()));
    }
    if (decision != Decision.ALLOWED) {
      throw StsErrors.notAuthorized(call.principal().arn(), in.roleArn());
    }
  }

  private static Map<String, List<String>> context(Call call, AssumeRoleRequest in) {
    Map<String, List<String>> context = new HashMap<>();
    context.put("aws:currenttime", List.of(call.now().toString()));
    context.put("sts:rolesessionname", List.of(String.valueOf(in.roleSessionName())));
    if (in.externalId() != null) {
      context.put("sts:externalid", List.of(in.externalId()));
    }
    switch (call.principal()) {
      case Principal.Root root -> context.put("aws:principalarn", List.of(root.arn()));
      case Principal.RoleSession role -> {
        context.put("aws:principalarn", List.of(role.roleArn()));
        context.put("aws:principalaccount", List.of(role.account()));
      }
      case Principal.ServicePrincipal service -> {
        context.put("aws:sourcearn", List.of(service.sourceArn()));
        context.put("aws:sourceaccount", List.of(service.sourceAccount()));
      }
      case Principal.Anonymous _ -> {}
    }
    return context;
  }

  private static void refuse(AssumeRoleRequest in) {
    if (in.policy() != null || in.hasPolicyArns()) {
      throw StsErrors.unsupported(in.policy() != null ? "Policy" : "PolicyArns");
    }
    if (in.serialNumber() != null || in.tokenCode() != null) {
      throw StsErrors.unsupported("SerialNumber");
    }
  }

  // A role that does not exist is answered as one that may not be assumed, as AWS does.
  private Role role(Call call, String roleArn, String account, String name) {
    try {
      var service = new Principal.ServicePrincipal("sts.amazonaws.com", roleArn, account);
      Role role =
          iam.getRole(
                  call.in(account, call.region()).as(service), new GetRoleRequest().roleName(name))
              .role();
      if (!role.arn().equals(roleArn)) {
        throw StsErrors.notAuthorized(call.principal().arn(), roleArn);
      }
      return role;
    } catch (NoSuchEntityException e) {
      throw StsErrors.notAuthorized(call.principal().arn(), roleArn);
    }
  }

  @Override
  public GetSessionTokenResponse getSessionToken(Call call, GetSessionTokenRequest in) {
    if (in.serialNumber() != null || in.tokenCode() != null) {
      throw StsErrors.unsupported("SerialNumber");
    }
    int seconds =
        in.durationSeconds() == null
            ? StsLimits.SESSION_TOKEN_SECONDS_DEFAULT
            : in.durationSeconds();
    return switch (call.principal()) {
      case Principal.Root root ->
          new GetSessionTokenResponse()
              .credentials(shown(credentials.issue(root, Duration.ofSeconds(seconds))));
      case Principal.RoleSession _, Principal.ServicePrincipal _, Principal.Anonymous _ ->
          throw new dev.brume.model.ServiceError(
              "AccessDenied", "Cannot call GetSessionToken with session credentials", 403);
    };
  }

  @Override
  public GetAccessKeyInfoResponse getAccessKeyInfo(Call call, GetAccessKeyInfoRequest in) {
    Credentials.Credential issued = credentials.find(in.accessKeyId());
    String account = call.account();
    if (issued != null) {
      account =
          switch (issued.principal()) {
            case Principal.RoleSession session -> session.account();
            case Principal.Root root -> root.account();
            case Principal.ServicePrincipal service -> service.sourceAccount();
            case Principal.Anonymous _ -> call.account();
          };
    }
    return new GetAccessKeyInfoResponse().account(account);
  }

  private static dev.brume.model.sts.Credentials shown(Credentials.Credential issued) {
    return new dev.brume.model.sts.Credentials()
        .accessKeyId(issued.accessKeyId())
        .secretAccessKey(issued.secretAccessKey())
        .sessionToken(issued.sessionToken())
        .expiration(issued.expiration());
  }
}

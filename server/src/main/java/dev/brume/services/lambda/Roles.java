package dev.brume.services.lambda;

import dev.brume.functions.Credentials;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.sts.AssumeRoleRequest;
import dev.brume.model.sts.StsClient;
import dev.brume.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;

/// Functions' roles: assumed by the service for the functions' environments and pollers.
final class Roles {
  private static final String SERVICE = "lambda.amazonaws.com";
  private static final int SESSION_SECONDS = 3600;
  private final Clock clock;
  private final Ids ids;
  private final StsClient sts;
  private final Supplier<String> endpoint;

  Roles(Clock clock, Ids ids, Operations operations, Supplier<String> endpoint) {
    this.clock = clock;
    this.ids = ids;
    this.sts = new StsClient(operations);
    this.endpoint = endpoint;
  }

  /// A call of the service itself on behalf of a function.
  Call asService(String account, String region, String functionArn) {
    return new Call(
        account,
        region,
        new Principal.ServicePrincipal(SERVICE, functionArn, account),
        ids.uuid(),
        clock.instant(),
        endpoint.get());
  }

  /// Throws Lambda's error when the role cannot be assumed by Lambda.
  void check(Call call, FunctionName name, String role) {
    try {
      assume(name.account(), name.region(), name.functionArn(), name.name(), role);
    } catch (ServiceError e) {
      throw LambdaErrors.roleNotAssumable();
    }
  }

  /// A role's session: its credentials, and who its calls are from.
  ///
  /// @param endNanos when it ends, on the machine's clock
  record Session(Credentials credentials, Principal principal, long endNanos) {}

  Session assume(
      String account, String region, String functionArn, String functionName, String role) {
    var answer =
        sts.assumeRole(
            asService(account, region, functionArn),
            new AssumeRoleRequest()
                .roleArn(role)
                .roleSessionName(sessionName(functionName))
                .durationSeconds(SESSION_SECONDS));
    var given = answer.credentials();
    var user = answer.assumedRoleUser();
    if (given == null || user == null) {
      throw new IllegalStateException("AssumeRole answered without credentials");
    }
    String roleName = role.substring(role.lastIndexOf('/') + 1);
    String userId = user.assumedRoleId();
    int colon = userId.indexOf(':');
    return new Session(
        new Credentials(
            given.accessKeyId(), given.secretAccessKey(), given.sessionToken(), given.expiration()),
        new Principal.RoleSession(
            account,
            roleName,
            role,
            colon < 0 ? userId : userId.substring(0, colon),
            sessionName(functionName)),
        clock.nanoTime() + Duration.ofSeconds(SESSION_SECONDS).toNanos());
  }

  /// A call of a function under its role.
  Call asRole(FunctionName function, String role) {
    String arn = function.functionArn();
    Session session = assume(function.account(), function.region(), arn, function.name(), role);
    return asService(function.account(), function.region(), arn).as(session.principal());
  }

  // Sessions are named after their function; STS takes no name of one character.
  private static String sessionName(String functionName) {
    return functionName.length() > 1 ? functionName : functionName + "-";
  }
}

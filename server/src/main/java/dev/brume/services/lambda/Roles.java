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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// Functions' roles: assumed by the service for the functions' environments and pollers.
final class Roles {
  private static final String SERVICE = "lambda.amazonaws.com";
  private static final int SESSION_SECONDS = 3600;
  private static final Duration SESSION_LEFT = Duration.ofSeconds(SESSION_SECONDS).minusMinutes(5);
  private static final int SESSIONS_MAX = 1000;
  private final Clock clock;
  private final Ids ids;
  private final StsClient sts;
  private final Supplier<String> endpoint;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

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
      begin(name, role);
    } catch (ServiceError e) {
      throw LambdaErrors.roleNotAssumable();
    }
  }

  /// A role's session: its credentials, and who its calls are from.
  ///
  /// @param endNanos when it ends, on the machine's clock
  record Session(Credentials credentials, Principal principal, long endNanos) {}

  /// A session of a function's role for what the function does; one that began within the last
  /// minutes does for several of its environments, as a cold start is not to wait for another.
  Session session(FunctionName function, String role) {
    Session known = sessions.get(key(function, role));
    long left = known == null ? 0 : known.endNanos() - clock.nanoTime();
    return known != null && left > SESSION_LEFT.toNanos() ? known : begin(function, role);
  }

  private Session begin(FunctionName function, String role) {
    Session session =
        assume(
            function.account(), function.region(), function.functionArn(), function.name(), role);
    if (sessions.size() >= SESSIONS_MAX) {
      sessions.clear();
    }
    sessions.put(key(function, role), session);
    return session;
  }

  private static String key(FunctionName function, String role) {
    return function.functionArn() + " " + role;
  }

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
    return asService(function.account(), function.region(), arn)
        .as(session(function, role).principal());
  }

  // Sessions are named after their function; STS takes no name of one character.
  private static String sessionName(String functionName) {
    return functionName.length() > 1 ? functionName : functionName + "-";
  }
}

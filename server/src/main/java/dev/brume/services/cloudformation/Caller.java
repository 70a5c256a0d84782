package dev.brume.services.cloudformation;

import dev.brume.model.Principal;
import org.jspecify.annotations.Nullable;

/// On whose behalf a stack operation runs, as it is stored.
///
/// @param kind `root`, `role`, `service` or `nobody`
/// @param name the role's, or the service's
/// @param arn the role's, or the source's
record Caller(
    String kind,
    String account,
    @Nullable String name,
    @Nullable String arn,
    @Nullable String id,
    @Nullable String session) {

  static Caller of(Principal principal, String account) {
    return switch (principal) {
      case Principal.Root root -> new Caller("root", root.account(), null, null, null, null);
      case Principal.RoleSession role ->
          new Caller(
              "role",
              role.account(),
              role.roleName(),
              role.roleArn(),
              role.roleId(),
              role.sessionName());
      case Principal.ServicePrincipal service ->
          new Caller(
              "service", service.sourceAccount(), service.name(), service.sourceArn(), null, null);
      case Principal.Anonymous _ -> new Caller("nobody", account, null, null, null, null);
    };
  }

  Principal principal() {
    return switch (kind) {
      case "root" -> new Principal.Root(account);
      case "role" ->
          new Principal.RoleSession(account, text(name), text(arn), text(id), text(session));
      case "service" -> new Principal.ServicePrincipal(text(name), text(arn), account);
      default -> new Principal.Anonymous();
    };
  }

  private static String text(@Nullable String value) {
    return value == null ? "" : value;
  }
}

package dev.brume.services.athena;

import dev.brume.model.Call;
import dev.brume.model.Principal;

/// Principals as rows and back.
final class Callers {
  private Callers() {}

  static Execution.Caller row(Call call) {
    return switch (call.principal()) {
      case Principal.Root(String account) -> row("root", account, "", "", "", "", call);
      case Principal.RoleSession it ->
          row(
              "role",
              it.account(),
              it.roleName(),
              it.roleArn(),
              it.roleId(),
              it.sessionName(),
              call);
      case Principal.ServicePrincipal it ->
          row("service", it.sourceAccount(), it.name(), it.sourceArn(), "", "", call);
      case Principal.Anonymous _ -> row("anonymous", "", "", "", "", "", call);
    };
  }

  private static Execution.Caller row(
      String kind, String account, String name, String arn, String id, String session, Call call) {
    return new Execution.Caller(kind, account, name, arn, id, session, call.endpoint());
  }

  static Principal principal(Execution.Caller it) {
    return switch (it.kind()) {
      case "root" -> new Principal.Root(it.account());
      case "role" ->
          new Principal.RoleSession(it.account(), it.name(), it.arn(), it.roleId(), it.session());
      case "service" -> new Principal.ServicePrincipal(it.name(), it.arn(), it.account());
      default -> new Principal.Anonymous();
    };
  }
}

package dev.brume.model;

/// Who makes a call.
public sealed interface Principal {
  /// The principal's ARN as policies and GetCallerIdentity name it; a service's host name for
  /// services, `*` for nobody.
  String arn();

  /// The owner of the account: any access key that Brume did not issue itself.
  record Root(String account) implements Principal {
    @Override
    public String arn() {
      return "arn:aws:iam::" + account + ":root";
    }
  }

  /// A session of an assumed role.
  ///
  /// @param roleId e.g. `AROA…`
  record RoleSession(String account, String roleName, String roleArn, String roleId, String sessionName) implements Principal {
    @Override
    public String arn() {
      return "arn:aws:sts::" + account + ":assumed-role/" + roleName + "/" + sessionName;
    }
  }

  /// An AWS service that acts on its own, e.g. `events.amazonaws.com` for `sourceArn` (the rule).
  record ServicePrincipal(String name, String sourceArn, String sourceAccount) implements Principal {
    @Override
    public String arn() {
      return name;
    }
  }

  /// An unsigned request.
  record Anonymous() implements Principal {
    @Override
    public String arn() {
      return "*";
    }
  }
}

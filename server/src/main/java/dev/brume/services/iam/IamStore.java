package dev.brume.services.iam;

import dev.brume.store.Key;
import dev.brume.store.Reader;
import dev.brume.store.Row;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows: roles and policies by account and name; IAM has no regions.
final class IamStore {
  private static final Row<RoleRow> ROLE = Row.of(RoleRow.class);
  private static final Row<PolicyRow> POLICY = Row.of(PolicyRow.class);

  private static Key roles(String account) {
    return Key.of("iam", account, "role");
  }

  private static Key policies(String account) {
    return Key.of("iam", account, "policy");
  }

  @Nullable RoleRow role(Reader reader, String account, String name) {
    byte[] row = reader.get(roles(account).then(name));
    return row == null ? null : ROLE.read(row);
  }

  RoleRow needed(Reader reader, String account, String name) {
    RoleRow role = role(reader, account, name);
    if (role == null) {
      throw IamErrors.noRole(name);
    }
    return role;
  }

  void put(Tx tx, String account, RoleRow role) {
    tx.put(roles(account).then(role.name()), ROLE.write(role));
  }

  void deleteRole(Tx tx, String account, String name) {
    tx.delete(roles(account).then(name));
  }

  List<RoleRow> roles(Reader reader, String account) {
    var roles = new ArrayList<RoleRow>();
    reader.scan(roles(account), (_, value) -> roles.add(ROLE.read(value)));
    return roles;
  }

  @Nullable PolicyRow policy(Reader reader, String account, String arn) {
    String name = arn.substring(arn.lastIndexOf('/') + 1);
    byte[] row = reader.get(policies(account).then(name));
    PolicyRow policy = row == null ? null : POLICY.read(row);
    return policy != null && policy.arn(account).equals(arn) ? policy : null;
  }

  boolean hasPolicyNamed(Reader reader, String account, String name) {
    return reader.get(policies(account).then(name)) != null;
  }

  PolicyRow neededPolicy(Reader reader, String account, String arn) {
    PolicyRow policy = policy(reader, account, arn);
    if (policy == null) {
      throw IamErrors.noPolicy(arn);
    }
    return policy;
  }

  void put(Tx tx, String account, PolicyRow policy) {
    tx.put(policies(account).then(policy.name()), POLICY.write(policy));
  }

  void deletePolicy(Tx tx, String account, String name) {
    tx.delete(policies(account).then(name));
  }

  List<PolicyRow> policies(Reader reader, String account) {
    var policies = new ArrayList<PolicyRow>();
    reader.scan(policies(account), (_, value) -> policies.add(POLICY.read(value)));
    return policies;
  }

  /// The document behind an ARN, of AWS's own or of the account's policies; null if there is none.
  @Nullable String document(Reader reader, String account, String arn) {
    if (AwsManagedPolicies.isAws(arn)) {
      return AwsManagedPolicies.document(arn);
    }
    PolicyRow policy = policy(reader, account, arn);
    return policy == null ? null : policy.document();
  }
}

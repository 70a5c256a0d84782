package dev.brume.auth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What authorization asks of IAM. The IAM service implements it.
public interface RolePolicies {
  /// The policy documents (JSON) that a role's sessions act under: inline ones and those of its
  /// attached managed policies; null when there is no such role (any more).
  @Nullable List<String> identityPolicies(String account, String roleName);

  /// The document of the role's permissions boundary, null without one.
  default @Nullable String permissionsBoundary(String account, String roleName) {
    return null;
  }
}

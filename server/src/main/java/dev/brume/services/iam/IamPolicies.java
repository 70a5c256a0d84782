package dev.brume.services.iam;

import dev.brume.auth.RolePolicies;
import dev.brume.store.Kv;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What authorization asks of IAM.
public final class IamPolicies implements RolePolicies {
  private final Kv kv;
  private final IamStore store = new IamStore();

  public IamPolicies(Kv kv) {
    this.kv = kv;
  }

  @Override
  public @Nullable List<String> identityPolicies(String account, String roleName) {
    // An empty list stands for an absent role inside the closure, whose result is not nullable.
    return kv.<java.util.Optional<List<String>>>read(
            reader -> {
              RoleRow role = store.role(reader, account, roleName);
              if (role == null) {
                return java.util.Optional.empty();
              }
              var documents = new ArrayList<>(role.inline().values());
              for (String arn : role.attached()) {
                String document = store.document(reader, account, arn);
                if (document != null) {
                  documents.add(document);
                }
              }
              return java.util.Optional.of(documents);
            })
        .orElse(null);
  }

  @Override
  public @Nullable String permissionsBoundary(String account, String roleName) {
    return kv.<java.util.Optional<String>>read(
            reader -> {
              RoleRow role = store.role(reader, account, roleName);
              return role == null || role.boundary() == null
                  ? java.util.Optional.empty()
                  : java.util.Optional.ofNullable(store.document(reader, account, role.boundary()));
            })
        .orElse(null);
  }
}

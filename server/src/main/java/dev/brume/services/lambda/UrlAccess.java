package dev.brume.services.lambda;

import dev.brume.auth.AccessRequest;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import java.util.function.BiPredicate;

/// Who may use a function URL: everybody whom the function's policy lets in; callers of the
/// function's account may have the permission by policies of their own instead, others need both.
/// Each needs `lambda:InvokeFunctionUrl` and `lambda:InvokeFunction`.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html>
final class UrlAccess {
  private final Permissions permissions;
  private final BiPredicate<Call, AccessRequest> identities;

  /// @param identities what callers may do by policies of their own, or by the resource's
  UrlAccess(Permissions permissions, BiPredicate<Call, AccessRequest> identities) {
    this.permissions = permissions;
    this.identities = identities;
  }

  /// @param call its principal is anonymous for a URL that asks nobody who they are
  boolean allows(Call call, FunctionUrls.Found url) {
    FunctionName name = url.name();
    var open = AccessRequest.of(call.principal(), Permissions.INVOKE_URL, name.arn());
    var run = AccessRequest.of(call.principal(), Permissions.INVOKE, name.arn());
    return allows(call, name, open.with("lambda:FunctionUrlAuthType", url.row().authType()))
        && allows(call, name, run.with(Permissions.VIA_URL, "true"));
  }

  private boolean allows(Call call, FunctionName name, AccessRequest request) {
    Principal principal = call.principal();
    boolean own = name.account().equals(UrlEvent.account(principal));
    boolean known = !(principal instanceof Principal.Anonymous);
    return (own || permissions.allows(name, request)) && (!known || identities.test(call, request));
  }
}

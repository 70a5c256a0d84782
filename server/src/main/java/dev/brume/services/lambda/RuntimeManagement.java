package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.lambda.*;
import org.jspecify.annotations.Nullable;

/// When a function's runtime is updated. Brume runs functions on the interpreters of its machine:
/// whoever updates those replaces the old build, and the insides of environments and the SDKs come
/// with Brume itself. So it can neither hold updates back nor keep a version of a runtime, and a
/// function that was pinned to one would end with it: only `Auto` is true here, everything else is
/// refused.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-update.html>
final class RuntimeManagement {
  private static final String AUTO = "Auto";
  private final Catalog catalog;

  RuntimeManagement(Catalog catalog) {
    this.catalog = catalog;
  }

  PutRuntimeManagementConfigResponse put(Call call, PutRuntimeManagementConfigRequest in) {
    String arn = version(call, in.functionName(), in.qualifier());
    boolean manual = in.updateRuntimeOn().equals("Manual");
    if (manual && in.runtimeVersionArn() == null) {
      throw LambdaErrors.invalid(
          "You must specify the ARN of a runtime version when UpdateRuntimeOn is Manual.");
    }
    if (!manual && in.runtimeVersionArn() != null) {
      throw LambdaErrors.invalid(
          "You can specify the ARN of a runtime version only when UpdateRuntimeOn is Manual.");
    }
    if (!in.updateRuntimeOn().equals(AUTO)) {
      throw LambdaErrors.invalid(
          "Brume runs functions on the interpreters of its machine and cannot hold back their"
              + " updates: UpdateRuntimeOn must be Auto, not "
              + in.updateRuntimeOn()
              + ".");
    }
    return new PutRuntimeManagementConfigResponse().updateRuntimeOn(AUTO).functionArn(arn);
  }

  GetRuntimeManagementConfigResponse get(Call call, GetRuntimeManagementConfigRequest in) {
    String arn = version(call, in.functionName(), in.qualifier());
    return new GetRuntimeManagementConfigResponse().updateRuntimeOn(AUTO).functionArn(arn);
  }

  private String version(Call call, String function, @Nullable String qualifier) {
    FunctionName name = FunctionName.of(call, function, qualifier);
    catalog.resolve(name);
    return name.qualifier() == null ? name.at(Configuration.LATEST).arn() : name.arn();
  }
}

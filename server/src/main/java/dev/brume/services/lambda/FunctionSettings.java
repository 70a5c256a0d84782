package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.number;
import static dev.brume.services.lambda.LambdaResources.text;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;

/// The properties of `AWS::Lambda::Function` that are set by operations of their own.
final class FunctionSettings {
  private FunctionSettings() {}

  /// Sets what the template says, and unsets what it no longer says.
  static void apply(LambdaClient lambda, ResourceRequest request, String name, ObjectNode old) {
    ObjectNode in = request.properties();
    Integer reserved = number(in, "ReservedConcurrentExecutions");
    if (reserved != null) {
      lambda.putFunctionConcurrency(
          request.call(),
          new PutFunctionConcurrencyRequest()
              .functionName(name)
              .reservedConcurrentExecutions(reserved));
    } else if (old.hasNonNull("ReservedConcurrentExecutions")) {
      lambda.deleteFunctionConcurrency(
          request.call(), new DeleteFunctionConcurrencyRequest().functionName(name));
    }
    String loop = text(in, "RecursiveLoop");
    if (loop != null || old.hasNonNull("RecursiveLoop")) {
      lambda.putFunctionRecursionConfig(
          request.call(),
          new PutFunctionRecursionConfigRequest()
              .functionName(name)
              .recursiveLoop(loop == null ? "Terminate" : loop));
    }
    if (in.has("RuntimeManagementConfig") || old.has("RuntimeManagementConfig")) {
      JsonNode config = in.path("RuntimeManagementConfig");
      String on = text(config, "UpdateRuntimeOn");
      lambda.putRuntimeManagementConfig(
          request.call(),
          new PutRuntimeManagementConfigRequest()
              .functionName(name)
              .updateRuntimeOn(on == null ? "Auto" : on)
              .runtimeVersionArn(text(config, "RuntimeVersionArn")));
    }
  }

  /// Sets the code signing configuration, before new code comes.
  static void sign(LambdaClient lambda, ResourceRequest request, String name, ObjectNode old) {
    String wanted = text(request.properties(), "CodeSigningConfigArn");
    String before = text(old, "CodeSigningConfigArn");
    if (wanted != null && !wanted.equals(before)) {
      lambda.putFunctionCodeSigningConfig(
          request.call(),
          new PutFunctionCodeSigningConfigRequest()
              .functionName(name)
              .codeSigningConfigArn(wanted));
    } else if (wanted == null && before != null) {
      lambda.deleteFunctionCodeSigningConfig(
          request.call(), new DeleteFunctionCodeSigningConfigRequest().functionName(name));
    }
  }
}

package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.number;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;

/// The property `ProvisionedConcurrencyConfig` of versions and aliases: the resource is there when
/// its environments are.
final class ProvisionedProperty {
  static final String NAME = "ProvisionedConcurrencyConfig";
  private final LambdaClient lambda;

  ProvisionedProperty(LambdaClient lambda) {
    this.lambda = lambda;
  }

  /// Sets what the template says, or what it no longer says, and waits until it is so.
  void apply(ResourceRequest request, String function, String qualifier, ObjectNode old) {
    Integer wanted = number(request.properties().path(NAME), "ProvisionedConcurrentExecutions");
    if (wanted != null) {
      lambda.putProvisionedConcurrencyConfig(
          request.call(),
          new PutProvisionedConcurrencyConfigRequest()
              .functionName(function)
              .qualifier(qualifier)
              .provisionedConcurrentExecutions(wanted));
      await(request, function, qualifier);
    } else if (old.has(NAME)) {
      lambda.deleteProvisionedConcurrencyConfig(
          request.call(),
          new DeleteProvisionedConcurrencyConfigRequest()
              .functionName(function)
              .qualifier(qualifier));
    }
  }

  private void await(ResourceRequest request, String function, String qualifier) {
    var get =
        new GetProvisionedConcurrencyConfigRequest().functionName(function).qualifier(qualifier);
    Stabilization.await(
        () -> {
          var now = lambda.getProvisionedConcurrencyConfig(request.call(), get);
          if ("FAILED".equals(now.status())) {
            throw notStabilized(String.valueOf(now.statusReason()));
          }
          return "READY".equals(now.status());
        },
        ProvisionedProperty::notStabilized);
  }

  private static ServiceError notStabilized(String why) {
    return new ServiceError(
        "NotStabilized",
        "Provisioned Concurrency configuration failed to be applied. Reason: " + why,
        400);
  }
}

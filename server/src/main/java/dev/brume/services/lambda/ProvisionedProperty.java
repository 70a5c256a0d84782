package dev.brume.services.lambda;

import static dev.brume.services.lambda.LambdaResources.number;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;
import dev.brume.resources.ResourceRequest;
import java.util.concurrent.TimeUnit;

/// The property `ProvisionedConcurrencyConfig` of versions and aliases: the resource is there when
/// its environments are.
final class ProvisionedProperty {
  static final String NAME = "ProvisionedConcurrencyConfig";
  private static final int POLLS_MAX = 9000;
  private static final long POLL_MILLIS = 100;
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
    for (int i = 0; i < POLLS_MAX; i++) {
      var now = lambda.getProvisionedConcurrencyConfig(request.call(), get);
      if ("READY".equals(now.status())) {
        return;
      }
      if ("FAILED".equals(now.status())) {
        throw notStabilized("Reason: " + now.statusReason());
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw notStabilized("Interrupted");
      }
    }
    throw notStabilized("Reason: it took too long");
  }

  private static ServiceError notStabilized(String why) {
    return new ServiceError(
        "NotStabilized", "Provisioned Concurrency configuration failed to be applied. " + why, 400);
  }
}

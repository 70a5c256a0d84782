package dev.brume.gateway;

import dev.brume.model.Call;
import dev.brume.model.Operation;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;

/// Decides whether a caller may do what it asks for. Throws [dev.brume.model.ServiceError] with
/// AWS's text when not.
public interface Authorization {
  void check(Call call, ServiceModel model, Operation operation, Struct input);
}

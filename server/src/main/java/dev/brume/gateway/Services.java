package dev.brume.gateway;

import dev.brume.model.Call;
import dev.brume.model.Operation;
import dev.brume.model.Operations;
import dev.brume.model.Service;
import dev.brume.model.ServiceModel;
import dev.brume.model.ServiceModels;
import dev.brume.model.Struct;
import dev.brume.protocol.Validation;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The services by name, and the part of a request's path that inside calls share with calls from
/// outside: validate, authorize, call.
public final class Services implements Operations {
  private final Map<String, Service> services = new ConcurrentHashMap<>();
  private final Authorization authorization;

  public Services(Authorization authorization) {
    this.authorization = authorization;
  }

  /// Adds a service; called once for each while wiring.
  public void add(Service service) {
    String name = service.identity().name();
    if (services.putIfAbsent(name, service) != null) {
      throw new IllegalStateException("two services named " + name);
    }
  }

  /// The names of the services that are there.
  public Collection<String> names() {
    return services.keySet().stream().sorted().toList();
  }

  /// The service of this name, null if Brume has none.
  public @Nullable Service find(String name) {
    return services.get(name);
  }

  @Override
  public Struct call(Call call, String serviceName, String operationName, Struct input) {
    ServiceModel model = ServiceModels.get(serviceName);
    Operation operation = model.operation(operationName);
    if (operation == null) {
      throw new IllegalArgumentException(serviceName + " has no operation " + operationName);
    }
    return run(call, model, operation, input);
  }

  /// Runs a decoded operation. Throws [ServiceError] for every answer that is not a success.
  Struct run(Call call, ServiceModel model, Operation operation, Struct input) {
    Service service = services.get(model.name());
    if (service == null) {
      throw Call.notImplemented(model.identity().serviceId(), operation.name());
    }
    Validation.check(model, operation, input);
    authorization.check(call, model, operation, input);
    return service.call(operation.index(), call, input);
  }
}

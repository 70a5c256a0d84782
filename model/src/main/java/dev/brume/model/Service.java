package dev.brume.model;

/// A service: its model and a way to run one of its operations. Implemented by the generated
/// `XxxApi` interfaces.
public interface Service {
  ServiceModel model();

  /// Runs the operation with this index. Throws [ServiceError] for every answer that is not a
  /// success.
  Struct call(int operation, Call call, Struct input);
}

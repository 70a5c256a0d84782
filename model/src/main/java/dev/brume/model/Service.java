package dev.brume.model;

/// A service: its model and a way to run one of its operations. Implemented by the generated
/// `XxxApi` interfaces.
public interface Service {
  /// What it is called; reads no model.
  ServiceModel.Identity identity();

  /// Read on first use, which takes milliseconds.
  ServiceModel model();

  /// Runs the operation with this index. Throws [ServiceError] for every answer that is not a
  /// success.
  Struct call(int operation, Call call, Struct input);
}

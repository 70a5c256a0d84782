package dev.brume.model;

/// How one service reaches another without knowing it: the same path as a request from outside, so
/// that permissions and limits hold inside too.
/// The generated `XxxClient` classes wrap this in typed methods.
public interface Operations {
  /// Runs `operation` of `service` (our name for it, e.g. `sqs`) and returns its output. Throws
  /// [ServiceError].
  Struct call(Call call, String service, String operation, Struct input);
}

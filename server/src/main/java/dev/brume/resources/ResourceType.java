package dev.brume.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;

/// One CloudFormation resource type, e.g. `AWS::SQS::Queue`. Properties arrive with every intrinsic
/// function resolved, checked against the published resource specification (types, required,
/// unknown names), scalars in the type that the specification gives.
/// Implementations call their service's operations through [dev.brume.model.Operations] with the
/// request's call, so that the deployer's permissions hold.
/// Every method may be repeated after a crash with the same request: creating what this same
/// request already created is a success.
public interface ResourceType {
  /// E.g. `AWS::SQS::Queue`.
  String name();

  /// Names of the properties (top level) that this type supports; any other property of the
  /// specification fails the change set by name.
  java.util.Set<String> properties();

  /// Makes the resource and returns when it is usable. Throws [dev.brume.model.ServiceError] with
  /// the reason that the stack event shows.
  ResourceState create(ResourceRequest request);

  /// Changes the resource in place: only properties that need no replacement differ.
  ResourceState update(ResourceRequest request, String physicalId, ObjectNode oldProperties);

  /// Removes the resource; one that is gone already is a success.
  void delete(ResourceRequest request, String physicalId);
}

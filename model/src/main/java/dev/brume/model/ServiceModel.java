package dev.brume.model;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A service's model: its identity on the wire, its operations and its shapes.
public final class ServiceModel {
  /// The wire protocols that a service answers.
  public enum Protocol {
    AWS_JSON_1_0,
    AWS_JSON_1_1,
    AWS_QUERY,
    REST_JSON_1,
    REST_XML,
    RPC_V2_CBOR
  }

  /// What tells services apart before any model is read.
  ///
  /// @param name the folder and package name here, e.g. `apigateway`, `sqs`, `events`, `logs`
  /// @param serviceId AWS's service id, e.g. `SQS`, `API Gateway`
  /// @param signingName the service of the credential scope, e.g. `apigateway`
  /// @param targetPrefix of `X-Amz-Target`, e.g. `AmazonSQS`; null for services without
  /// @param apiVersion e.g. `2012-11-05`
  /// @param xmlNamespace of XML answers, null for JSON services
  /// @param queryCompatible errors carry `x-amzn-query-error`
  /// @param protocols the accepted ones, the preferred first
  public record Identity(
      String name,
      String serviceId,
      String signingName,
      @Nullable String targetPrefix,
      String apiVersion,
      @Nullable String xmlNamespace,
      boolean queryCompatible,
      List<Protocol> protocols) {}

  private final Identity identity;
  private final List<Operation> operations;
  private final Map<String, Operation> operationsByName = new HashMap<>();
  private final Map<String, Shape> shapes;

  public ServiceModel(Identity identity, List<Operation> operations, Map<String, Shape> shapes) {
    this.identity = identity;
    this.operations = List.copyOf(operations);
    this.shapes = Map.copyOf(shapes);
    for (Operation operation : operations) {
      operationsByName.put(operation.name(), operation);
    }
  }

  public Identity identity() {
    return identity;
  }

  /// The folder and package name here, e.g. `sqs`.
  public String name() {
    return identity.name();
  }

  public List<Operation> operations() {
    return operations;
  }

  public @Nullable Operation operation(String operationName) {
    return operationsByName.get(operationName);
  }

  public Map<String, Shape> shapes() {
    return shapes;
  }

  /// The shape of this name; the model must have it.
  public Shape shape(String shapeName) {
    Shape shape = shapes.get(shapeName);
    if (shape == null) {
      throw new IllegalArgumentException(identity.name() + " has no shape " + shapeName);
    }
    return shape;
  }
}

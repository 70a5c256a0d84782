package dev.brume.services.athena;

import dev.brume.model.ServiceError;
import dev.brume.model.athena.*;

/// Every error that Athena answers.
final class AthenaErrors {
  private AthenaErrors() {}

  static ServiceError invalid(String message) {
    return new InvalidRequestException(message).athenaErrorCode("INVALID_INPUT");
  }

  static ServiceError malformed(String message) {
    return new InvalidRequestException(message).athenaErrorCode("MALFORMED_QUERY");
  }

  static ServiceError noExecution(String id) {
    return invalid("QueryExecution " + id + " was not found");
  }

  static ServiceError noWorkGroup(String name) {
    return invalid("WorkGroup " + name + " is not found.");
  }

  static ServiceError noNamedQuery(String id) {
    return invalid("NamedQuery " + id + " was not found");
  }

  static ServiceError noStatement(String name) {
    return new ResourceNotFoundException("PreparedStatement " + name + " was not found");
  }

  static ServiceError noOutputLocation() {
    return invalid(
        "No output location provided. An output location is required either through the Workgroup"
            + " result configuration setting or as an API input.");
  }

  static ServiceError metadata(String message) {
    return new MetadataException(message);
  }
}

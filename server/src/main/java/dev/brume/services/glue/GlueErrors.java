package dev.brume.services.glue;

import dev.brume.model.ServiceError;
import dev.brume.model.glue.*;

/// Every error that the catalog answers.
final class GlueErrors {
  private GlueErrors() {}

  static ServiceError noDatabase(String name) {
    return new EntityNotFoundException("Database " + name + " not found.");
  }

  static ServiceError noTable(String name) {
    return new EntityNotFoundException("Table " + name + " not found.");
  }

  static ServiceError noPartition() {
    return new EntityNotFoundException("Cannot find partition.");
  }

  static ServiceError noVersion(String id) {
    return new EntityNotFoundException("Table version " + id + " not found.");
  }

  static ServiceError noResource(String arn) {
    return new EntityNotFoundException("Entity not found: " + arn);
  }

  static ServiceError databaseExists() {
    return new AlreadyExistsException("Database already exists.");
  }

  static ServiceError tableExists() {
    return new AlreadyExistsException("Table already exists.");
  }

  static ServiceError partitionExists() {
    return new AlreadyExistsException("Partition already exists.");
  }

  static ServiceError invalid(String message) {
    return new InvalidInputException(message);
  }

  static ServiceError valuesDoNotMatch() {
    return new InvalidInputException(
        "The number of partition keys do not match the number of partition values");
  }

  static ServiceError notSupported(String what) {
    return new OperationNotSupportedException("Brume does not implement " + what + " yet");
  }

  /// An error as an element of a batch's answer.
  static ErrorDetail detail(ServiceError error) {
    return new ErrorDetail()
        .errorCode(error.code())
        .errorMessage(String.valueOf(error.getMessage()));
  }
}

package dev.brume.services.ssm;

import dev.brume.model.ServiceError;
import dev.brume.model.ssm.HierarchyLevelLimitExceededException;
import dev.brume.model.ssm.InvalidNextToken;
import dev.brume.model.ssm.InvalidResourceId;
import dev.brume.model.ssm.ParameterAlreadyExists;
import dev.brume.model.ssm.ParameterNotFound;
import dev.brume.model.ssm.ParameterPatternMismatchException;
import dev.brume.model.ssm.ParameterVersionNotFound;

/// Every error that the Parameter Store answers here, with AWS's texts.
final class SsmErrors {
  private SsmErrors() {}

  static ServiceError notFound(String name) {
    return new ParameterNotFound(name.isEmpty() ? null : "Parameter " + name + " not found.");
  }

  static ServiceError noVersion(String name, String version) {
    return new ParameterVersionNotFound(
        "Systems Manager could not find version "
            + version
            + " of "
            + name
            + ". Verify the version and try again.");
  }

  static ServiceError exists() {
    return new ParameterAlreadyExists(
        "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.");
  }

  static ServiceError patternMismatch(String pattern) {
    return new ParameterPatternMismatchException(
        "Parameter value, cannot be validated against allowedPattern: " + pattern);
  }

  static ServiceError tooDeep() {
    return new HierarchyLevelLimitExceededException(
        "A hierarchy can have a maximum of " + SsmLimits.LEVELS_MAX + " levels.");
  }

  static ServiceError validation(String message) {
    return new ServiceError("ValidationException", message, 400);
  }

  static ServiceError invalidToken() {
    return new InvalidNextToken("The specified token isn't valid.");
  }

  static ServiceError invalidResource(String id) {
    return new InvalidResourceId("The resource ID \"" + id + "\" is not valid.");
  }

  static ServiceError unsupported(String parameter) {
    return validation(
        "Brume does not implement the parameter " + parameter + " of Systems Manager yet");
  }
}

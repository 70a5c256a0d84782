package dev.brume.services.sts;

import dev.brume.model.ServiceError;

/// Every error that STS answers here, with AWS's texts.
final class StsErrors {
  private StsErrors() {}

  static ServiceError notAuthorized(String caller, String roleArn) {
    return new ServiceError(
        "AccessDenied",
        "User: " + caller + " is not authorized to perform: sts:AssumeRole on resource: " + roleArn,
        403);
  }

  static ServiceError invalidArn(String arn) {
    return new ServiceError("ValidationError", arn + " is invalid", 400);
  }

  static ServiceError tooLong() {
    return new ServiceError(
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        400);
  }

  static ServiceError unsupported(String parameter) {
    return new ServiceError(
        "ValidationError",
        "Brume does not implement the parameter " + parameter + " of STS yet",
        400);
  }
}

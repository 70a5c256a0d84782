package dev.brume.services.logs;

import dev.brume.model.ServiceError;
import dev.brume.model.logs.InvalidParameterException;
import dev.brume.model.logs.ResourceAlreadyExistsException;
import dev.brume.model.logs.ResourceNotFoundException;
import dev.brume.model.logs.TooManyTagsException;

/// Every error that CloudWatch Logs answers here, with AWS's texts.
final class LogsErrors {
  private LogsErrors() {}

  static ServiceError noGroup() {
    return new ResourceNotFoundException("The specified log group does not exist.");
  }

  static ServiceError noStream() {
    return new ResourceNotFoundException("The specified log stream does not exist.");
  }

  static ServiceError noResource() {
    return new ResourceNotFoundException("The specified resource does not exist.");
  }

  static ServiceError groupExists() {
    return new ResourceAlreadyExistsException("The specified log group already exists");
  }

  static ServiceError streamExists() {
    return new ResourceAlreadyExistsException("The specified log stream already exists");
  }

  static ServiceError invalid(String message) {
    return new InvalidParameterException(message);
  }

  static ServiceError notYet(String what) {
    return new InvalidParameterException("Brume does not implement " + what + " yet");
  }

  static ServiceError badToken() {
    return new InvalidParameterException("The specified nextToken is invalid.");
  }

  static ServiceError badPattern() {
    return new InvalidParameterException("Invalid filter pattern");
  }

  static ServiceError notChronological() {
    return new InvalidParameterException(
        "Log events in a single PutLogEvents request must be in chronological order.");
  }

  static ServiceError spansTooLong() {
    return new InvalidParameterException(
        "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.");
  }

  static ServiceError uploadTooLarge(long bytes) {
    return new InvalidParameterException(
        "Upload too large: " + bytes + " bytes exceeds limit of " + LogsLimits.BATCH_BYTES_MAX);
  }

  static ServiceError badRetention() {
    return new InvalidParameterException(
        "Invalid retention value. Allowed values are " + LogsLimits.RETENTION_DAYS);
  }

  static ServiceError tooManyTags() {
    return new TooManyTagsException(
        "The maximum number of tags per resource is " + LogsLimits.TAGS_MAX + ".");
  }
}

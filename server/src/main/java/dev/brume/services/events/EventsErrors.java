package dev.brume.services.events;

import dev.brume.model.ServiceError;
import dev.brume.model.events.InvalidEventPatternException;
import dev.brume.model.events.LimitExceededException;
import dev.brume.model.events.ResourceAlreadyExistsException;
import dev.brume.model.events.ResourceNotFoundException;

/// Every error that EventBridge answers here, with AWS's texts.
final class EventsErrors {
  private EventsErrors() {}

  static ServiceError validation(String message) {
    return new ServiceError("ValidationException", message, 400);
  }

  static ServiceError noBus(String name) {
    return new ResourceNotFoundException("Event bus " + name + " does not exist.");
  }

  static ServiceError busExists(String name) {
    return new ResourceAlreadyExistsException("Event bus " + name + " already exists.");
  }

  static ServiceError noRule(String rule, String bus) {
    return new ResourceNotFoundException(
        "Rule " + rule + " does not exist on EventBus " + bus + ".");
  }

  static ServiceError badSchedule() {
    return validation("Parameter ScheduleExpression is not valid.");
  }

  static ServiceError badPattern(String reason) {
    return new InvalidEventPatternException("Event pattern is not valid. Reason: " + reason);
  }

  static ServiceError hasTargets() {
    return validation("Rule can't be deleted since it has targets.");
  }

  static ServiceError tooManyTargets() {
    return new LimitExceededException("The requested resource exceeds the maximum number allowed.");
  }

  static ServiceError noResource(String arn) {
    return new ResourceNotFoundException("Resource " + arn + " does not exist.");
  }
}

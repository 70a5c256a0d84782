package dev.brume.services.cloudformation;

import dev.brume.model.ServiceError;
import dev.brume.model.cloudformation.AlreadyExistsException;
import dev.brume.model.cloudformation.ChangeSetNotFoundException;
import dev.brume.model.cloudformation.InsufficientCapabilitiesException;
import dev.brume.model.cloudformation.InvalidChangeSetStatusException;
import java.util.Collection;

/// Every error of the service, with AWS's code and text.
final class CloudFormationErrors {
  static final String NO_CHANGES =
      "The submitted information didn't contain changes. Submit different information to create a"
          + " change set.";

  private CloudFormationErrors() {}

  static ServiceError validation(String message) {
    return new ServiceError("ValidationError", message, 400);
  }

  static ServiceError noStack(String asked) {
    return validation("Stack with id " + asked + " does not exist");
  }

  static ServiceError noStackNamed(String asked) {
    return validation("Stack [" + asked + "] does not exist");
  }

  static ServiceError stackExists(String name) {
    return new AlreadyExistsException("Stack [" + name + "] already exists");
  }

  static ServiceError noChangeSet(String asked) {
    return new ChangeSetNotFoundException("ChangeSet [" + asked + "] does not exist");
  }

  static ServiceError changeSetExists(String name) {
    return new AlreadyExistsException("ChangeSet " + name + " already exists");
  }

  static ServiceError changeSetStatus(String arn, String status) {
    return new InvalidChangeSetStatusException(
        "ChangeSet [" + arn + "] cannot be executed in its current status of [" + status + "]");
  }

  static ServiceError noUpdates() {
    return validation("No updates are to be performed.");
  }

  static ServiceError wrongState(String arn, String status, String action) {
    return validation(
        "Stack:" + arn + " is in " + status + " state and can not be " + action + ".");
  }

  static ServiceError capabilities(Collection<String> missing) {
    return new InsufficientCapabilitiesException("Requires capabilities : " + missing);
  }

  static ServiceError protectedStack(String name) {
    return validation(
        "Stack [" + name + "] cannot be deleted while TerminationProtection is enabled");
  }

  static ServiceError exportInUse(String export, String verb, String stacks) {
    return validation("Export " + export + " cannot be " + verb + " as it is in use by " + stacks);
  }

  static ServiceError exportTaken(String export, String stack) {
    return validation("Export with name " + export + " is already exported by stack " + stack);
  }

  static ServiceError noExport(String name) {
    return validation("No export named " + name + " found.");
  }

  static ServiceError noResource(String logicalId, String stack) {
    return validation("Resource " + logicalId + " does not exist for stack " + stack);
  }

  static ServiceError noAttribute(String logicalId, String attribute) {
    return validation(
        "Template error: resource "
            + logicalId
            + " does not support attribute type "
            + attribute
            + " in Fn::GetAtt");
  }

  static ServiceError onlyAfterFailure(StackRow stack, String parameter) {
    return validation(
        "Invalid operation on stack ["
            + stack.arn()
            + "]. "
            + parameter
            + " is only for stacks in the DELETE_FAILED state; this one is in "
            + stack.status()
            + ".");
  }

  static ServiceError notToSkip(String logicalId) {
    return validation(
        "Resource " + logicalId + " is not in the UPDATE_FAILED state and cannot be skipped");
  }

  static ServiceError role(String arn) {
    return validation("Role " + arn + " is invalid or cannot be assumed");
  }

  static ServiceError unknownTypes(Collection<String> types) {
    return validation("Template format error: Unrecognized resource types: " + types);
  }

  static ServiceError typesNotDone(Collection<String> types) {
    return validation("Brume does not implement these resource types yet: " + types);
  }

  static ServiceError notDone(String what) {
    return validation("Brume does not implement " + what + " yet");
  }
}

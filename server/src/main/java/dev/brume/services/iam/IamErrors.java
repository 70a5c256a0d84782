package dev.brume.services.iam;

import dev.brume.model.ServiceError;
import dev.brume.model.iam.DeleteConflictException;
import dev.brume.model.iam.EntityAlreadyExistsException;
import dev.brume.model.iam.InvalidInputException;
import dev.brume.model.iam.LimitExceededException;
import dev.brume.model.iam.MalformedPolicyDocumentException;
import dev.brume.model.iam.NoSuchEntityException;

/// Every error that IAM answers here, with AWS's texts.
final class IamErrors {
  private IamErrors() {}

  static ServiceError noRole(String name) {
    return new NoSuchEntityException("The role with name " + name + " cannot be found.");
  }

  static ServiceError roleExists(String name) {
    return new EntityAlreadyExistsException("Role with name " + name + " already exists.");
  }

  static ServiceError noRolePolicy(String name) {
    return new NoSuchEntityException("The role policy with name " + name + " cannot be found.");
  }

  static ServiceError noPolicy(String arn) {
    return new NoSuchEntityException("Policy " + arn + " does not exist or is not attachable.");
  }

  static ServiceError policyExists(String name) {
    return new EntityAlreadyExistsException(
        "A policy called " + name + " already exists. Duplicate names are not allowed.");
  }

  static ServiceError notAttached(String arn) {
    return new NoSuchEntityException("Policy " + arn + " was not found.");
  }

  static ServiceError noVersion(String arn, String version) {
    return new NoSuchEntityException(
        "Policy " + arn + " version " + version + " does not exist or is not attachable.");
  }

  static ServiceError mustDetach() {
    return new DeleteConflictException("Cannot delete entity, must detach all policies first.");
  }

  static ServiceError mustDeletePolicies() {
    return new DeleteConflictException("Cannot delete entity, must delete policies first.");
  }

  static ServiceError policyAttached() {
    return new DeleteConflictException("Cannot delete a policy attached to entities.");
  }

  static ServiceError defaultVersion() {
    return new DeleteConflictException("Cannot delete the default version of a policy.");
  }

  static ServiceError hasVersions() {
    return new DeleteConflictException(
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.");
  }

  static ServiceError limit(String message) {
    return new LimitExceededException(message);
  }

  static ServiceError malformed(String message) {
    return new MalformedPolicyDocumentException(message);
  }

  static ServiceError invalid(String message) {
    return new InvalidInputException(message);
  }

  static ServiceError awsManaged() {
    return new ServiceError(
        "AccessDenied", "The policy is managed by AWS and cannot be changed.", 403);
  }
}

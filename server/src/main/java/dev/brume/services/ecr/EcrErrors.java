package dev.brume.services.ecr;

import dev.brume.model.ServiceError;
import dev.brume.model.ecr.ImageNotFoundException;
import dev.brume.model.ecr.InvalidParameterException;
import dev.brume.model.ecr.LifecyclePolicyNotFoundException;
import dev.brume.model.ecr.RepositoryAlreadyExistsException;
import dev.brume.model.ecr.RepositoryNotFoundException;
import dev.brume.model.ecr.RepositoryPolicyNotFoundException;

/// Every error that ECR answers here, with AWS's texts.
final class EcrErrors {
  private EcrErrors() {}

  static ServiceError noRepository(String name, String registry) {
    return new RepositoryNotFoundException(
        "The repository with name '"
            + name
            + "' does not exist in the registry with id '"
            + registry
            + "'");
  }

  static ServiceError exists(String name, String registry) {
    return new RepositoryAlreadyExistsException(
        "The repository with name '"
            + name
            + "' already exists in the registry with id '"
            + registry
            + "'");
  }

  static ServiceError noLifecyclePolicy(String name, String registry) {
    return new LifecyclePolicyNotFoundException(
        "Lifecycle policy does not exist for the repository with name '"
            + name
            + "' in the registry with id '"
            + registry
            + "'");
  }

  static ServiceError noPolicy(String name, String registry) {
    return new RepositoryPolicyNotFoundException(
        "Repository policy does not exist for the repository with name '"
            + name
            + "' in the registry with id '"
            + registry
            + "'");
  }

  static ServiceError noImage(String name, String registry, String image) {
    return new ImageNotFoundException(
        "The image with imageId "
            + image
            + " does not exist within the repository with name '"
            + name
            + "' in the registry with id '"
            + registry
            + "'");
  }

  static ServiceError invalid(String message) {
    return new InvalidParameterException("Invalid parameter: " + message);
  }
}

package dev.brume.services.apigateway;

import dev.brume.model.apigateway.BadRequestException;
import dev.brume.model.apigateway.ConflictException;
import dev.brume.model.apigateway.LimitExceededException;
import dev.brume.model.apigateway.NotFoundException;

/// The errors of the management API, with AWS's texts.
final class ApiGatewayErrors {
  private ApiGatewayErrors() {}

  static NotFoundException noApi(String account, String apiId) {
    return new NotFoundException("Invalid API identifier specified " + account + ":" + apiId);
  }

  static NotFoundException noResource() {
    return new NotFoundException("Invalid Resource identifier specified");
  }

  static NotFoundException noMethod() {
    return new NotFoundException("Invalid Method identifier specified");
  }

  static NotFoundException noIntegration() {
    return new NotFoundException("Invalid Integration identifier specified");
  }

  static NotFoundException noResponse() {
    return new NotFoundException("Invalid Response status code specified");
  }

  static NotFoundException noStage() {
    return new NotFoundException("Invalid stage identifier specified");
  }

  static NotFoundException noDeployment() {
    return new NotFoundException("Invalid Deployment identifier specified");
  }

  static NotFoundException noValidator() {
    return new NotFoundException("Invalid Request Validator identifier specified");
  }

  static NotFoundException noModel(String name) {
    return new NotFoundException("Invalid model identifier specified: " + name);
  }

  static ConflictException sameResource(String pathPart) {
    return new ConflictException(
        "Another resource with the same parent already has this name: " + pathPart);
  }

  static ConflictException sameMethod() {
    return new ConflictException("Method already exists for this resource");
  }

  static ConflictException sameResponse() {
    return new ConflictException("Response already exists for this resource");
  }

  static ConflictException sameStage() {
    return new ConflictException("Stage already exists");
  }

  static BadRequestException badPathPart() {
    return new BadRequestException(
        "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly"
            + " braces at the beginning and the end.");
  }

  static BadRequestException belowGreedy(String parentPath) {
    return new BadRequestException(
        "Cannot create a child of a resource with a greedy path variable: " + parentPath);
  }

  static BadRequestException secondVariable(String sibling) {
    return new BadRequestException(
        "A sibling ("
            + sibling
            + ") of this resource already has a variable path part -- only one"
            + " is allowed");
  }

  static BadRequestException rootDeleted() {
    return new BadRequestException("Root resource cannot be deleted");
  }

  static BadRequestException noMethods() {
    return new BadRequestException("The REST API doesn't contain any methods");
  }

  static BadRequestException methodWithoutIntegration() {
    return new BadRequestException("No integration defined for method");
  }

  static BadRequestException deploymentInUse() {
    return new BadRequestException(
        "Active stages pointing to this deployment must be moved or deleted");
  }

  static BadRequestException badUri(String uri) {
    return new BadRequestException("Invalid ARN specified in the request: " + uri);
  }

  static BadRequestException invalid(String message) {
    return new BadRequestException(message);
  }

  static BadRequestException badPatch(String op, String path) {
    return new BadRequestException(
        "Invalid patch operation specified. Brume does not support '" + op + "' on path " + path);
  }

  /// A feature that AWS has and Brume has not.
  static BadRequestException notThere(String what) {
    return new BadRequestException("Brume does not implement " + what + " yet");
  }

  static LimitExceededException tooMany(String what) {
    return new LimitExceededException(
        "Maximum number of " + what + " for this API has been reached");
  }
}

package dev.brume.services.lambda;

import dev.brume.model.ServiceError;
import dev.brume.model.lambda.*;

/// Every error of Lambda, with AWS's texts.
final class LambdaErrors {
  private static final String USER = "User";

  private LambdaErrors() {}

  static ServiceError functionNotFound(String arn) {
    return new ResourceNotFoundException("Function not found: " + arn).type(USER);
  }

  static ServiceError aliasNotFound(String arn) {
    return new ResourceNotFoundException("Cannot find alias arn: " + arn).type(USER);
  }

  static ServiceError resourceNotFound() {
    return new ResourceNotFoundException("The resource you requested does not exist.").type(USER);
  }

  static ServiceError statementNotFound(String id) {
    return new ResourceNotFoundException("Statement " + id + " is not found in resource policy.")
        .type(USER);
  }

  static ServiceError noFunctionForInvokeConfig() {
    return new ResourceNotFoundException("The function doesn't exist.").type(USER);
  }

  static ServiceError noFunction() {
    return new ResourceNotFoundException("Function does not exist").type(USER);
  }

  static ServiceError urlExists(String arn) {
    return new ResourceConflictException(
            "Failed to create function url config for [functionArn = "
                + arn
                + "]. Error message:  FunctionUrlConfig exists for this Lambda function")
        .type(USER);
  }

  static ServiceError noUrlOfVersion(String qualifier) {
    return new ServiceError(
        "ValidationException",
        "1 validation error detected: Value '"
            + qualifier
            + "' at 'qualifier' failed to satisfy constraint: Member must satisfy regular"
            + " expression pattern: ((?!^\\d+$)^[0-9a-zA-Z-_]+$)",
        400);
  }

  static ServiceError noInvokeConfig(String arn) {
    return new ResourceNotFoundException(
            "The function " + arn + " doesn't have an EventInvokeConfig")
        .type(USER);
  }

  static ServiceError notProvisionable() {
    return invalid(
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions.");
  }

  static ServiceError provisionedByAlias() {
    return new ResourceConflictException("Version is pointed by a Provisioned Concurrency alias")
        .type(USER);
  }

  static ServiceError provisionedVersion() {
    return new ResourceConflictException(
            "Alias can't be used for Provisioned Concurrency configuration on an already"
                + " Provisioned version")
        .type(USER);
  }

  static ServiceError noProvisionedConcurrency() {
    return new ProvisionedConcurrencyConfigNotFoundException(
            "No Provisioned Concurrency Config found for this function")
        .type(USER);
  }

  static ServiceError noSigningConfig(String arn) {
    return new ResourceNotFoundException(
            "The Lambda code signing configuration " + arn + " can not be found.")
        .type(USER);
  }

  static ServiceError signingConfigNotFound(String arn) {
    return new CodeSigningConfigNotFoundException(
            "The code signing configuration cannot be found. Check that the provided configuration"
                + " is not deleted: "
                + arn
                + ".")
        .type(USER);
  }

  static ServiceError signingConfigInUse(String arn) {
    return new ResourceConflictException(
            "The code signing configuration "
                + arn
                + " cannot be deleted because it is used by at least one function.")
        .type(USER);
  }

  static ServiceError notSigned(String function) {
    return new CodeVerificationFailedException(
            "Lambda cannot deploy the function. The function or layer might be signed using a"
                + " signature that the client is not configured to accept. Check the provided"
                + " signature for "
                + function
                + ".")
        .type(USER);
  }

  /// Of a function that is to have the layer.
  static ServiceError layerVersionMissing(String arn) {
    return invalid("Layer version " + arn + " does not exist.");
  }

  static ServiceError layerVersionNotFound(String arn) {
    return new ResourceNotFoundException("Layer version " + arn + " does not exist.").type(USER);
  }

  static ServiceError noPolicy() {
    return new ResourceNotFoundException("No policy is associated with the given resource.")
        .type(USER);
  }

  static ServiceError layerRevision() {
    return new PreconditionFailedException(
            "The Revision Id provided does not match the latest Revision Id. Call the"
                + " GetLayerPolicy API to retrieve the latest Revision Id")
        .type(USER);
  }

  static ServiceError policyTooLong(int bytes) {
    return new PolicyLengthExceededException(
            "The final policy size ("
                + bytes
                + ") is bigger than the limit ("
                + LambdaLimits.POLICY_BYTES_MAX
                + ").")
        .type(USER);
  }

  static ServiceError layerDenied(String principal, String arn) {
    return denied(principal, "lambda:GetLayerVersion", arn);
  }

  static ServiceError functionExists(String name) {
    return new ResourceConflictException("Function already exist: " + name).type(USER);
  }

  static ServiceError aliasExists(String arn) {
    return new ResourceConflictException("Alias already exists: " + arn).type(USER);
  }

  static ServiceError versionInUse(String aliases) {
    return new ResourceConflictException(
            "Version can not be deleted because it is referenced by the following aliases: ["
                + aliases
                + "]")
        .type(USER);
  }

  static ServiceError state(String state) {
    return new ResourceConflictException(
            "The operation cannot be performed at this time. The function is currently in the"
                + " following state: "
                + state)
        .type(USER);
  }

  static ServiceError notRestored(boolean timeout) {
    return timeout
        ? new SnapStartTimeoutException(
                "Lambda couldn't restore the snapshot within the timeout limit.")
            .type(USER)
        : new SnapStartException(
                "The afterRestore() runtime hook encountered an error. For more information, check"
                    + " the Amazon CloudWatch logs.")
            .type(USER);
  }

  static ServiceError statementExists(String id) {
    return new ResourceConflictException(
            "The statement id ("
                + id
                + ") provided already exists. Please provide a new statement id, or remove the"
                + " existing statement.")
        .type(USER);
  }

  static ServiceError mappingExists(String source, String name, String uuid) {
    return new ResourceConflictException(
            "An event source mapping with SQS arn (\" "
                + source
                + " \") and function (\" "
                + name
                + " \") already exists. Please update or delete the existing mapping with UUID "
                + uuid)
        .type(USER);
  }

  static ServiceError invalid(String message) {
    return new InvalidParameterValueException(message).type(USER);
  }

  static ServiceError noTenancy() {
    return invalid("The invoked function is not enabled with tenancy configuration.");
  }

  /// Of a value that is more than it may be.
  static ServiceError constraint(int value, String member, int most) {
    return new ServiceError(
        "ValidationException",
        "1 validation error detected: Value '"
            + value
            + "' at '"
            + member
            + "' failed to satisfy constraint: Member must have value less than or equal to "
            + most,
        400);
  }

  static ServiceError roleNotAssumable() {
    return invalid("The role defined for the function cannot be assumed by Lambda.");
  }

  static ServiceError runtimeAndHandler() {
    return invalid(
        "Runtime and Handler are mandatory parameters for functions created with deployment"
            + " packages.");
  }

  static ServiceError codeTooLarge() {
    return new CodeStorageExceededException("Code storage limit exceeded.").type(USER);
  }

  /// Of a zip in a request, whose text in Base64 is what Lambda measures.
  static ServiceError zipTooLarge(String operation) {
    return new ServiceError(
        "RequestEntityTooLargeException",
        "Request must be smaller than "
            + LambdaLimits.REQUEST_BYTES_MAX
            + " bytes for the "
            + operation
            + " operation",
        413);
  }

  static ServiceError payloadTooLarge(int bytes) {
    return new RequestTooLargeException(
            "Request must be smaller than " + bytes + " bytes for the InvokeFunction operation")
        .type(USER);
  }

  static ServiceError payloadNotJson(String why) {
    return new InvalidRequestContentException(
            "Could not parse request body into json: Could not parse payload into json: " + why)
        .type(USER);
  }

  static ServiceError revision() {
    return new PreconditionFailedException(
            "The Revision Id provided does not match the latest Revision Id. Call the"
                + " GetFunction/GetAlias API to retrieve the latest Revision Id")
        .type(USER);
  }

  static ServiceError reservedConcurrencyExceeded() {
    return new TooManyRequestsException("Rate Exceeded.")
        .reason("ReservedFunctionConcurrentInvocationLimitExceeded")
        .type(USER);
  }

  static ServiceError concurrencyExceeded() {
    return new TooManyRequestsException("Rate Exceeded.")
        .reason("ConcurrentInvocationLimitExceeded")
        .type(USER);
  }

  static ServiceError recursion() {
    return new RecursiveInvocationException(
            "Lambda has detected your function being invoked in a recursive loop with other AWS"
                + " resources and stopped your function's invocation.")
        .type(USER);
  }

  static ServiceError invalidRuntime(String message) {
    return new InvalidRuntimeException(message).type(USER);
  }

  static ServiceError otherAccount(String principal, String arn) {
    return new ServiceError(
        "AccessDeniedException",
        "User: "
            + principal
            + " is not authorized to perform this operation on resource: "
            + arn
            + " because no resource-based policy allows it",
        403);
  }

  static ServiceError otherRegion(String region, String here) {
    return new ResourceNotFoundException(
            "Functions from '" + region + "' are not reachable in this region ('" + here + "')")
        .type(USER);
  }

  static ServiceError nameTooLong(String name) {
    return new ServiceError(
        "ValidationException",
        "1 validation error detected: Value '"
            + name
            + "' at 'functionName' failed to satisfy constraint: Member must have length less than"
            + " or equal to "
            + LambdaLimits.NAME_LENGTH_MAX,
        400);
  }

  static ServiceError accessDenied(String principal, String arn) {
    return denied(principal, "lambda:InvokeFunction", arn);
  }

  private static ServiceError denied(String principal, String action, String arn) {
    return new ServiceError(
        "AccessDeniedException",
        "User: "
            + principal
            + " is not authorized to perform: "
            + action
            + " on resource: "
            + arn
            + " because no resource-based policy allows the "
            + action
            + " action",
        403);
  }
}

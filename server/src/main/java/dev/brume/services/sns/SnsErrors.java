package dev.brume.services.sns;

import dev.brume.model.ServiceError;
import dev.brume.model.sns.AuthorizationErrorException;
import dev.brume.model.sns.BatchEntryIdsNotDistinctException;
import dev.brume.model.sns.BatchRequestTooLongException;
import dev.brume.model.sns.EmptyBatchRequestException;
import dev.brume.model.sns.InvalidBatchEntryIdException;
import dev.brume.model.sns.InvalidParameterException;
import dev.brume.model.sns.InvalidParameterValueException;
import dev.brume.model.sns.NotFoundException;
import dev.brume.model.sns.ResourceNotFoundException;
import dev.brume.model.sns.TagLimitExceededException;
import dev.brume.model.sns.TooManyEntriesInBatchRequestException;

/// Every error of the service, with AWS's code and text.
final class SnsErrors {
  private SnsErrors() {}

  static ServiceError noTopic() {
    return new NotFoundException("Topic does not exist");
  }

  static ServiceError noSubscription() {
    return new NotFoundException("Subscription does not exist");
  }

  static ServiceError noResource() {
    return new ResourceNotFoundException("Resource does not exist");
  }

  static ServiceError invalid(String what) {
    return new InvalidParameterException("Invalid parameter: " + what);
  }

  static ServiceError invalid(String what, String reason) {
    return invalid(what + " Reason: " + reason);
  }

  static ServiceError attributeValue(String text) {
    return new InvalidParameterValueException(text);
  }

  static ServiceError notAuthorized(String principal, String action, String resource) {
    return new AuthorizationErrorException(
        "User: "
            + principal
            + " is not authorized to perform: "
            + action
            + " on resource: "
            + resource
            + " because no resource-based policy allows the "
            + action
            + " action");
  }

  static ServiceError unsubscribeUnsigned() {
    return new AuthorizationErrorException(
        "The subscription can be ended only by signed requests: it was confirmed with"
            + " AuthenticateOnUnsubscribe");
  }

  static ServiceError tooManyTags() {
    return new TagLimitExceededException(
        "Could not complete request: tag quota of per resource exceeded");
  }

  static ServiceError emptyBatch() {
    return new EmptyBatchRequestException("The batch request doesn't contain any entries.");
  }

  static ServiceError batchTooLarge() {
    return new TooManyEntriesInBatchRequestException(
        "The batch request contains more entries than permissible.");
  }

  static ServiceError batchTooLong() {
    return new BatchRequestTooLongException(
        "The length of all the messages put together is more than the limit.");
  }

  static ServiceError batchId() {
    return new InvalidBatchEntryIdException(
        "The Id of a batch entry in a batch request doesn't abide by the specification.");
  }

  static ServiceError batchIdRepeated() {
    return new BatchEntryIdsNotDistinctException(
        "Two or more batch entries in the request have the same Id.");
  }
}

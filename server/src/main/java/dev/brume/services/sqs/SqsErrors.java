package dev.brume.services.sqs;

import dev.brume.model.ServiceError;
import dev.brume.model.sqs.BatchEntryIdsNotDistinct;
import dev.brume.model.sqs.BatchRequestTooLong;
import dev.brume.model.sqs.EmptyBatchRequest;
import dev.brume.model.sqs.InvalidAttributeName;
import dev.brume.model.sqs.InvalidAttributeValue;
import dev.brume.model.sqs.InvalidBatchEntryId;
import dev.brume.model.sqs.InvalidMessageContents;
import dev.brume.model.sqs.MessageNotInflight;
import dev.brume.model.sqs.OverLimit;
import dev.brume.model.sqs.PurgeQueueInProgress;
import dev.brume.model.sqs.QueueDoesNotExist;
import dev.brume.model.sqs.QueueNameExists;
import dev.brume.model.sqs.ReceiptHandleIsInvalid;
import dev.brume.model.sqs.ResourceNotFoundException;
import dev.brume.model.sqs.TooManyEntriesInBatchRequest;
import dev.brume.model.sqs.UnsupportedOperation;

/// Every error of the service, with AWS's code and text.
final class SqsErrors {
  private SqsErrors() {}

  static ServiceError noQueue() {
    return new QueueDoesNotExist("The specified queue does not exist.");
  }

  static ServiceError queueExists(String attribute) {
    return new QueueNameExists(
        "A queue already exists with the same name and a different value for attribute "
            + attribute);
  }

  static ServiceError queueName() {
    return invalidParameter(
        "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
  }

  static ServiceError fifoName() {
    return invalidParameter(
        "The name of a FIFO queue can only include alphanumeric characters, hyphens, or"
            + " underscores, must end with .fifo suffix and be 1 to 80 in length.");
  }

  static ServiceError unknownAttribute(String name) {
    return new InvalidAttributeName("Unknown Attribute " + name + ".");
  }

  static ServiceError attributeValue(String name) {
    return new InvalidAttributeValue("Invalid value for the parameter " + name + ".");
  }

  static ServiceError value(String value, String parameter, String reason) {
    return invalidParameter(
        "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + reason);
  }

  static ServiceError invalidParameter(String message) {
    return new ServiceError("InvalidParameterValue", message, 400);
  }

  static ServiceError missing(String parameter) {
    return new ServiceError(
        "MissingParameter", "The request must contain the parameter " + parameter + ".", 400);
  }

  static ServiceError accessDenied(String principal, String action, String resource) {
    String what = "sqs:" + action.toLowerCase(java.util.Locale.ROOT);
    return new ServiceError(
        "AccessDenied",
        "User: "
            + principal
            + " is not authorized to perform: "
            + what
            + " on resource: "
            + resource
            + " because no resource-based policy allows the "
            + what
            + " action",
        403);
  }

  static ServiceError invalidAddress(String url) {
    return new ServiceError(
        "InvalidAddress", "The address " + url + " is not valid for this endpoint.", 404);
  }

  static ServiceError receiptHandle(String handle) {
    return new ReceiptHandleIsInvalid(
        "The input receipt handle \"" + handle + "\" is not a valid receipt handle.");
  }

  static ServiceError receiptHandleExpired(String handle) {
    return value(handle, "ReceiptHandle", "The receipt handle has expired.");
  }

  static ServiceError noVisibilityChange(String handle) {
    return value(
        handle,
        "ReceiptHandle",
        "Message does not exist or is not available for visibility timeout change.");
  }

  static ServiceError visibilityTotal(int seconds) {
    return value(
        Integer.toString(seconds),
        "VisibilityTimeout",
        "Total VisibilityTimeout for the message is beyond the limit ["
            + SqsLimits.VISIBILITY_SECONDS_MAX
            + " seconds]");
  }

  static ServiceError notInFlight() {
    return new MessageNotInflight("The message referred to isn't in flight.");
  }

  static ServiceError tooManyInFlight() {
    return new OverLimit("Too many messages in flight.");
  }

  static ServiceError characters() {
    return new InvalidMessageContents(
        "Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF |"
            + " #xE000 to #xFFFD | #x10000 to #x10FFFF");
  }

  static ServiceError tooLong(int bytesMax) {
    return invalidParameter(
        "One or more parameters are invalid. Reason: Message must be shorter than "
            + bytesMax
            + " bytes.");
  }

  static ServiceError batchTooLong(long bytes) {
    return new BatchRequestTooLong(
        "Batch requests cannot be longer than "
            + SqsLimits.MESSAGE_BYTES_MAX
            + " bytes. You have sent "
            + bytes
            + " bytes.");
  }

  static ServiceError emptyBatch(String entryType) {
    return new EmptyBatchRequest("There should be at least one " + entryType + " in the request.");
  }

  static ServiceError batchTooLarge(int entries) {
    return new TooManyEntriesInBatchRequest(
        "Maximum number of entries per request are "
            + SqsLimits.BATCH_ENTRIES_MAX
            + ". You have sent "
            + entries
            + ".");
  }

  static ServiceError batchId() {
    return new InvalidBatchEntryId(
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can"
            + " be at most 80 letters long.");
  }

  static ServiceError batchIdRepeated(String id) {
    return new BatchEntryIdsNotDistinct("Id " + id + " repeated.");
  }

  static ServiceError noDeduplicationId() {
    return invalidParameter(
        "The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId"
            + " provided explicitly");
  }

  static ServiceError unsupported(String message) {
    return new UnsupportedOperation(message);
  }

  static ServiceError purging(String queue) {
    return new PurgeQueueInProgress(
        "Only one PurgeQueue operation on " + queue + " is allowed every 60 seconds.");
  }

  static ServiceError noResource(String message) {
    return new ResourceNotFoundException(message);
  }
}

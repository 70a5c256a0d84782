package dev.brume.services.dynamodb;

import dev.brume.model.ServiceError;
import dev.brume.model.dynamodb.AttributeValue;
import dev.brume.model.dynamodb.CancellationReason;
import dev.brume.model.dynamodb.ConditionalCheckFailedException;
import dev.brume.model.dynamodb.IdempotentParameterMismatchException;
import dev.brume.model.dynamodb.ResourceInUseException;
import dev.brume.model.dynamodb.ResourceNotFoundException;
import dev.brume.model.dynamodb.TransactionCanceledException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Every error that DynamoDB answers here, with AWS's texts.
final class DynamoDbErrors {
  private DynamoDbErrors() {}

  static ServiceError validation(String message) {
    return new ServiceError("ValidationException", message, 400);
  }

  static ServiceError invalidParameter(String message) {
    return validation("One or more parameter values were invalid: " + message);
  }

  static ServiceError emptyKey(String kind, String name) {
    return validation(
        "One or more parameter values are not valid. The AttributeValue for a key attribute cannot"
            + " contain an empty "
            + kind
            + " value. Key: "
            + name);
  }

  static ServiceError emptyIndexKey(String kind, String index, String name) {
    return validation(
        "One or more parameter values are not valid. A value specified for a secondary index key is"
            + " not supported. The AttributeValue for a key attribute cannot contain an empty "
            + kind
            + " value. IndexName: "
            + index
            + ", IndexKey: "
            + name);
  }

  static ServiceError notFound() {
    return new ResourceNotFoundException("Requested resource not found");
  }

  static ServiceError tableNotFound(String table) {
    return new ResourceNotFoundException(
        "Requested resource not found: Table: " + table + " not found");
  }

  static ServiceError tableExists(String table) {
    return new ResourceInUseException("Table already exists: " + table);
  }

  static ServiceError conditionFailed(@Nullable Map<String, AttributeValue> item) {
    return new ConditionalCheckFailedException("The conditional request failed").item(item);
  }

  static ServiceError itemTooLarge() {
    return validation("Item size has exceeded the maximum allowed size");
  }

  static ServiceError keySchemaMismatch() {
    return validation("The provided key element does not match the schema");
  }

  static ServiceError invalidPath() {
    return validation("The document path provided in the update expression is invalid for update");
  }

  static ServiceError canceled(List<CancellationReason> reasons) {
    String codes = String.join(", ", reasons.stream().map(CancellationReason::code).toList());
    return new TransactionCanceledException(
            "Transaction cancelled, please refer cancellation reasons for specific reasons ["
                + codes
                + "]")
        .cancellationReasons(reasons);
  }

  static ServiceError tokenMismatch() {
    return new IdempotentParameterMismatchException(
        "The provided ClientRequestToken was already used with a different request");
  }

  /// The answer to a parameter that exists and is not implemented here.
  static ServiceError unsupported(String parameter) {
    return validation("Brume does not implement the parameter " + parameter + " of DynamoDB yet");
  }
}

package dev.brume.services.kms;

import dev.brume.model.ServiceError;
import dev.brume.model.kms.AlreadyExistsException;
import dev.brume.model.kms.DisabledException;
import dev.brume.model.kms.DryRunOperationException;
import dev.brume.model.kms.IncorrectKeyException;
import dev.brume.model.kms.InvalidArnException;
import dev.brume.model.kms.InvalidCiphertextException;
import dev.brume.model.kms.InvalidGrantTokenException;
import dev.brume.model.kms.InvalidKeyUsageException;
import dev.brume.model.kms.InvalidMarkerException;
import dev.brume.model.kms.KMSInvalidStateException;
import dev.brume.model.kms.MalformedPolicyDocumentException;
import dev.brume.model.kms.NotFoundException;
import dev.brume.model.kms.TagException;
import dev.brume.model.kms.UnsupportedOperationException_;

/// Every error that KMS answers here, with AWS's texts.
final class KmsErrors {
  private KmsErrors() {}

  static ServiceError noKey(String arn) {
    return new NotFoundException("Key '" + arn + "' does not exist");
  }

  static ServiceError invalidKeyId(String id) {
    return new NotFoundException("Invalid keyId '" + id + "'");
  }

  static ServiceError noPolicy() {
    return new NotFoundException("No such policy exists");
  }

  static ServiceError noAlias(String arn) {
    return new NotFoundException("Alias " + arn + " is not found.");
  }

  static ServiceError aliasExists(String arn) {
    return new AlreadyExistsException("An alias with the name " + arn + " already exists");
  }

  static ServiceError reservedAlias() {
    return new ServiceError("NotAuthorizedException", "", 400);
  }

  static ServiceError invalid(String message) {
    return new ServiceError("ValidationException", message, 400);
  }

  static ServiceError invalidArn(String arn) {
    return new InvalidArnException("Invalid arn " + arn);
  }

  static ServiceError disabled(String arn) {
    return new DisabledException(arn + " is disabled.");
  }

  static ServiceError pendingDeletion(String arn) {
    return new KMSInvalidStateException(arn + " is pending deletion.");
  }

  static ServiceError notPendingDeletion(String arn) {
    return new KMSInvalidStateException(arn + " is not pending deletion.");
  }

  static ServiceError awsManaged(String arn) {
    return new ServiceError(
        "AccessDeniedException",
        "The key " + arn + " is managed by AWS and cannot be changed",
        400);
  }

  static ServiceError badCiphertext() {
    return new InvalidCiphertextException(null);
  }

  static ServiceError wrongKey() {
    return new IncorrectKeyException(
        "The key ID in the request does not identify a CMK that can perform this operation.");
  }

  static ServiceError wrongAlgorithm(String algorithm) {
    return new InvalidKeyUsageException(
        "Algorithm " + algorithm + " is incompatible with key spec SYMMETRIC_DEFAULT.");
  }

  static ServiceError noGrant() {
    return new InvalidGrantTokenException("Grant token is not valid.");
  }

  static ServiceError dryRun() {
    return new DryRunOperationException(
        "The request would have succeeded, but the DryRun option is set.");
  }

  static ServiceError badMarker() {
    return new InvalidMarkerException("The marker is not valid.");
  }

  static ServiceError badPolicy(String reason) {
    return new MalformedPolicyDocumentException(reason);
  }

  static ServiceError tooManyTags() {
    return new TagException("Too many tags");
  }

  static ServiceError notYet(String what) {
    return new UnsupportedOperationException_("Brume does not implement " + what + " yet");
  }
}

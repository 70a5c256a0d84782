package dev.brume.services.s3;

import dev.brume.model.ServiceError;
import dev.brume.model.s3.BucketAlreadyExists;
import dev.brume.model.s3.BucketAlreadyOwnedByYou;
import dev.brume.model.s3.InvalidObjectState;
import dev.brume.model.s3.NoSuchBucket;
import dev.brume.model.s3.NoSuchKey;
import dev.brume.model.s3.NoSuchUpload;
import org.jspecify.annotations.Nullable;

/// Every error that S3 answers here, with
/// [AWS's codes and texts](https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html).
final class S3Errors {
  private S3Errors() {}

  static ServiceError noSuchBucket(String bucket) {
    return new NoSuchBucket("The specified bucket does not exist").with("BucketName", bucket);
  }

  static ServiceError noSuchKey(String key) {
    return new NoSuchKey("The specified key does not exist.").with("Key", key);
  }

  static ServiceError noSuchVersion(String key, String versionId) {
    return error("NoSuchVersion", "The specified version does not exist.", 404)
        .with("Key", key)
        .with("VersionId", versionId);
  }

  static ServiceError noSuchUpload(String uploadId) {
    return new NoSuchUpload(
            "The specified upload does not exist. The upload ID may be invalid, or the upload may"
                + " have been aborted or completed.")
        .with("UploadId", uploadId);
  }

  static ServiceError bucketAlreadyExists(String bucket) {
    return new BucketAlreadyExists(
            "The requested bucket name is not available. The bucket namespace is shared by all"
                + " users of the system. Please select a different name and try again.")
        .with("BucketName", bucket);
  }

  static ServiceError bucketAlreadyOwnedByYou(String bucket) {
    return new BucketAlreadyOwnedByYou(
            "Your previous request to create the named bucket succeeded and you already own it.")
        .with("BucketName", bucket);
  }

  static ServiceError bucketNotEmpty(String bucket) {
    return error("BucketNotEmpty", "The bucket you tried to delete is not empty", 409)
        .with("BucketName", bucket);
  }

  static ServiceError invalidBucketName(String bucket) {
    return error("InvalidBucketName", "The specified bucket is not valid.", 400)
        .with("BucketName", bucket);
  }

  static ServiceError accessDenied() {
    return error("AccessDenied", "Access Denied", 403);
  }

  static ServiceError accessDenied(String because) {
    return error("AccessDenied", "Access Denied: " + because, 403);
  }

  static ServiceError aclsNotSupported() {
    return error("AccessControlListNotSupported", "The bucket does not allow ACLs", 400);
  }

  static ServiceError aclOfEnforced() {
    return error(
        "InvalidBucketAclWithObjectOwnership",
        "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
        400);
  }

  static ServiceError aclBlocked() {
    return accessDenied(
        "public access control lists (ACLs) are prevented by the BlockPublicAcls setting in S3"
            + " Block Public Access.");
  }

  /// Of an object in an archive, which would have to be restored first.
  static ServiceError archived(String storageClass) {
    return new InvalidObjectState("The operation is not valid for the object's storage class")
        .storageClass(storageClass);
  }

  static ServiceError preconditionFailed(String condition) {
    return error(
            "PreconditionFailed",
            "At least one of the pre-conditions you specified did not hold",
            412)
        .with("Condition", condition);
  }

  /// A 304: without a body on the wire.
  static ServiceError notModified(String etag) {
    return error("NotModified", "Not Modified", 304).with("ETag", etag);
  }

  static ServiceError invalidRange(String range, long sizeBytes) {
    return error("InvalidRange", "The requested range is not satisfiable", 416)
        .with("RangeRequested", range)
        .with("ActualObjectSize", Long.toString(sizeBytes));
  }

  static ServiceError methodNotAllowed(String method) {
    return error(
            "MethodNotAllowed", "The specified method is not allowed against this resource.", 405)
        .with("Method", method)
        .with("ResourceType", "DeleteMarker");
  }

  static ServiceError invalidArgument(String message, String name, @Nullable String value) {
    return error("InvalidArgument", message, 400)
        .with("ArgumentName", name)
        .with("ArgumentValue", value == null ? "" : value);
  }

  static ServiceError invalidDestination(String arn, String reason) {
    return error(
            "InvalidArgument", "Unable to validate the following destination configurations", 400)
        .with("ArgumentName1", arn)
        .with("ArgumentValue1", reason);
  }

  static ServiceError invalidRequest(String message) {
    return error("InvalidRequest", message, 400);
  }

  static ServiceError badRequest(String message) {
    return error("BadRequest", message, 400);
  }

  /// A preflight request that is refused.
  ///
  /// @param method that the page wants to use
  /// @param resourceType `BUCKET` or `OBJECT`
  static ServiceError corsForbidden(String reason, String method, String resourceType) {
    return error("AccessForbidden", "CORSResponse: " + reason, 403)
        .with("Method", method)
        .with("ResourceType", resourceType);
  }

  static ServiceError invalidPart() {
    return error(
        "InvalidPart",
        "One or more of the specified parts could not be found.  The part may not have been"
            + " uploaded, or the specified entity tag may not match the part's entity tag.",
        400);
  }

  static ServiceError invalidPartOrder() {
    return error(
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
        400);
  }

  static ServiceError entityTooSmall(long sizeBytes, int partNumber) {
    return error(
            "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400)
        .with("ProposedSize", Long.toString(sizeBytes))
        .with("MinSizeAllowed", Long.toString(S3Limits.PART_BYTES_MIN))
        .with("PartNumber", Integer.toString(partNumber));
  }

  static ServiceError entityTooLarge(long sizeBytes) {
    return entityTooLarge(sizeBytes, S3Limits.PUT_BYTES_MAX);
  }

  static ServiceError entityTooLarge(long sizeBytes, long bytesMax) {
    return error("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400)
        .with("ProposedSize", Long.toString(sizeBytes))
        .with("MaxSizeAllowed", Long.toString(bytesMax));
  }

  static ServiceError entityTooSmall(long sizeBytes, long bytesMin) {
    return error(
            "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", 400)
        .with("ProposedSize", Long.toString(sizeBytes))
        .with("MinSizeAllowed", Long.toString(bytesMin));
  }

  static ServiceError keyTooLong(int sizeBytes) {
    return error("KeyTooLongError", "Your key is too long", 400)
        .with("Size", Integer.toString(sizeBytes))
        .with("MaxSizeAllowed", Integer.toString(S3Limits.KEY_BYTES_MAX));
  }

  static ServiceError metadataTooLarge(int sizeBytes) {
    return error(
            "MetadataTooLarge",
            "Your metadata headers exceed the maximum allowed metadata size",
            400)
        .with("Size", Integer.toString(sizeBytes))
        .with("MaxSizeAllowed", Integer.toString(S3Limits.METADATA_BYTES_MAX));
  }

  static ServiceError malformedXml() {
    return error(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
        400);
  }

  static ServiceError malformedPolicy(String message) {
    return error("MalformedPolicy", message, 400);
  }

  static ServiceError invalidTag(String message) {
    return error("InvalidTag", message, 400);
  }

  static ServiceError badDigest(String algorithm) {
    return error(
        "BadDigest",
        "The " + algorithm + " you specified did not match the calculated checksum.",
        400);
  }

  static ServiceError illegalLocation() {
    return error(
        "IllegalLocationConstraintException",
        "The unspecified location constraint is incompatible for the region specific endpoint this"
            + " request was sent to.",
        400);
  }

  static ServiceError invalidLocation(String location) {
    return error("InvalidLocationConstraint", "The specified location-constraint is not valid", 400)
        .with("LocationConstraint", location);
  }

  static ServiceError notImplemented(String what) {
    return error("NotImplemented", "Brume does not implement " + what + " yet", 400);
  }

  /// A setting that the bucket does not have: a 404 with the setting's own code.
  static ServiceError noSetting(String code, String message, String bucket) {
    return error(code, message, 404).with("BucketName", bucket);
  }

  private static ServiceError error(String code, String message, int status) {
    return new ServiceError(code, message, status);
  }
}

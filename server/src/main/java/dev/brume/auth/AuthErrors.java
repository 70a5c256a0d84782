package dev.brume.auth;

import dev.brume.model.ServiceError;
import dev.brume.model.ServiceModel.Protocol;

/// What a service answers to a request that is not signed as it should be. The codes differ by
/// protocol: S3's own, the query services', the JSON services'.
public final class AuthErrors {
  private enum Dialect {
    S3,
    QUERY,
    JSON
  }

  private final Dialect dialect;

  private AuthErrors(Dialect dialect) {
    this.dialect = dialect;
  }

  public static AuthErrors of(Protocol protocol) {
    return new AuthErrors(
        switch (protocol) {
          case REST_XML -> Dialect.S3;
          case AWS_QUERY -> Dialect.QUERY;
          case AWS_JSON_1_0, AWS_JSON_1_1, REST_JSON_1, RPC_V2_CBOR -> Dialect.JSON;
        });
  }

  ServiceError missingToken() {
    return switch (dialect) {
      case S3 -> new ServiceError("AccessDenied", "Access Denied", 403);
      case QUERY ->
          new ServiceError(
              "MissingAuthenticationToken", "Request is missing Authentication Token", 403);
      case JSON ->
          new ServiceError(
              "MissingAuthenticationTokenException", "Missing Authentication Token", 403);
    };
  }

  ServiceError malformed(String reason) {
    return switch (dialect) {
      case S3 -> new ServiceError("AuthorizationHeaderMalformed", reason, 400);
      case QUERY -> new ServiceError("IncompleteSignature", reason, 400);
      case JSON -> new ServiceError("IncompleteSignatureException", reason, 403);
    };
  }

  ServiceError unknownKey() {
    return switch (dialect) {
      case S3 ->
          new ServiceError(
              "InvalidAccessKeyId",
              "The AWS Access Key Id you provided does not exist in our records.",
              403);
      case QUERY ->
          new ServiceError(
              "InvalidClientTokenId",
              "The security token included in the request is invalid.",
              403);
      case JSON ->
          new ServiceError(
              "UnrecognizedClientException",
              "The security token included in the request is invalid.",
              403);
    };
  }

  ServiceError wrongToken() {
    return switch (dialect) {
      case S3 ->
          new ServiceError(
              "InvalidToken", "The provided token is malformed or otherwise invalid.", 400);
      case QUERY, JSON -> unknownKey();
    };
  }

  ServiceError expiredToken() {
    return switch (dialect) {
      case S3 -> new ServiceError("ExpiredToken", "The provided token has expired.", 400);
      case QUERY ->
          new ServiceError(
              "ExpiredToken", "The security token included in the request is expired", 403);
      case JSON ->
          new ServiceError(
              "ExpiredTokenException",
              "The security token included in the request is expired",
              403);
    };
  }

  ServiceError signatureDoesNotMatch() {
    String text =
        "The request signature we calculated does not match the signature you provided. Check your"
            + " AWS Secret Access Key and signing method. Consult the service documentation for"
            + " details.";
    return switch (dialect) {
      case S3 ->
          new ServiceError(
              "SignatureDoesNotMatch",
              "The request signature we calculated does not match the signature you provided. Check"
                  + " your key and signing method.",
              403);
      case QUERY -> new ServiceError("SignatureDoesNotMatch", text, 403);
      case JSON -> new ServiceError("InvalidSignatureException", text, 403);
    };
  }

  ServiceError scopeMismatch(String reason) {
    return switch (dialect) {
      case S3 -> new ServiceError("AuthorizationHeaderMalformed", reason, 400);
      case QUERY -> new ServiceError("SignatureDoesNotMatch", reason, 403);
      case JSON -> new ServiceError("InvalidSignatureException", reason, 403);
    };
  }

  /// A request signed too long ago or for later.
  ServiceError skewed(String reason) {
    return switch (dialect) {
      case S3 ->
          new ServiceError(
              "RequestTimeTooSkewed",
              "The difference between the request time and the current time is too large.",
              403);
      case QUERY -> new ServiceError("SignatureDoesNotMatch", reason, 403);
      case JSON -> new ServiceError("InvalidSignatureException", reason, 403);
    };
  }

  /// A presigned URL after its time.
  ServiceError urlExpired() {
    return switch (dialect) {
      case S3 -> new ServiceError("AccessDenied", "Request has expired", 403);
      case QUERY -> new ServiceError("SignatureDoesNotMatch", "Signature expired", 403);
      case JSON -> new ServiceError("InvalidSignatureException", "Signature expired", 403);
    };
  }
}

package dev.brume.protocol;

import dev.brume.model.ServiceModel;
import dev.brume.model.Shape;

/// How one service differs from others that speak the same protocol, where the model does not say
/// it.
///
/// @param validation how (and whether) input is checked against the model
/// @param enumsChecked whether a value outside the model's enumeration is refused; off where
///   services take newer values than the models list, or answer with an error of their own
/// @param bareErrors restXml's `<Error>` without `<ErrorResponse>`
/// @param millisAlways XML timestamps carry milliseconds even if zero
/// @param bodyBytesMax the largest buffered request
record Dialect(
    ValidationStyle validation,
    boolean enumsChecked,
    boolean bareErrors,
    boolean millisAlways,
    int bodyBytesMax) {

  /// The wording and code that a service gives to input that the model forbids.
  enum ValidationStyle {
    /// `ValidationException`, "1 validation error detected: …".
    CORAL,
    /// The same text with the code `ValidationError` (IAM, STS, CloudFormation).
    QUERY,
    /// The same text with `InvalidRequestException` (Athena).
    INVALID_REQUEST,
    /// The same text with `InvalidParameterException` (CloudWatch Logs).
    INVALID_PARAMETER,
    /// The same text with `BadRequestException` (API Gateway).
    BAD_REQUEST,
    /// "Invalid parameter at 'x' failed to satisfy constraint: '…'" (ECR).
    ECR,
    /// `MissingParameter` for what is required; the service checks the rest (SQS).
    MISSING_PARAMETER,
    /// `InvalidParameter` for what is required; the service checks the rest (SNS).
    SNS,
    /// The service checks all by itself (S3).
    NONE
  }

  static Dialect of(ServiceModel.Identity identity) {
    return switch (identity.name()) {
      case "s3" -> new Dialect(ValidationStyle.NONE, false, true, true, Bodies.BUFFERED_BYTES_MAX);
      case "sqs" -> plain(ValidationStyle.MISSING_PARAMETER, false);
      case "sns" -> plain(ValidationStyle.SNS, false);
      case "lambda" ->
          new Dialect(ValidationStyle.CORAL, true, false, false, Bodies.LARGEST_BYTES_MAX);
      case "iam", "sts" -> plain(ValidationStyle.QUERY, true);
      case "cloudformation" -> plain(ValidationStyle.QUERY, true);
      case "athena" -> plain(ValidationStyle.INVALID_REQUEST, true);
      case "logs" -> plain(ValidationStyle.INVALID_PARAMETER, true);
      case "apigateway" -> plain(ValidationStyle.BAD_REQUEST, true);
      case "ecr" -> plain(ValidationStyle.ECR, true);
      default -> plain(ValidationStyle.CORAL, true);
    };
  }

  /// Whether a value outside of this shape's enumeration is refused: Lambda answers for runtimes
  /// itself.
  boolean checksEnum(Shape shape) {
    return enumsChecked && !shape.name().equals("Runtime");
  }

  /// Whether the operation has no output (or input) at all, as opposed to an empty structure.
  static boolean isUnit(Shape shape) {
    return shape.name().equals("Unit");
  }

  private static Dialect plain(ValidationStyle validation, boolean enumsChecked) {
    return new Dialect(validation, enumsChecked, false, false, Bodies.BUFFERED_BYTES_MAX);
  }
}

package dev.brume.services.apigateway;

/// [Quotas](https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html).
final class ApiGatewayLimits {
  static final int PAYLOAD_BYTES_MAX = 10 << 20;
  static final int INTEGRATION_TIMEOUT_MILLIS = 29_000;
  static final int INTEGRATION_TIMEOUT_MILLIS_MIN = 50;
  static final int RESOURCES_PER_API_MAX = 300;
  static final int STAGES_PER_API_MAX = 10;
  static final int PAGE_MAX = 500;
  static final int PAGE_DEFAULT = 25;

  private ApiGatewayLimits() {}
}

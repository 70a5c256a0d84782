package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.xray.AWSXRay;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.idempotency.Idempotency;
import software.amazon.lambda.powertools.idempotency.IdempotencyConfig;
import software.amazon.lambda.powertools.idempotency.Idempotent;
import software.amazon.lambda.powertools.idempotency.persistence.DynamoDBPersistenceStore;
import software.amazon.lambda.powertools.logging.Logging;
import software.amazon.lambda.powertools.tracing.Tracing;
import software.amazon.lambda.powertools.tracing.TracingUtils;

/** A payment that is made once, however often it is asked for, with annotations: https://docs.aws.amazon.com/powertools/java/1.15.0/utilities/idempotency/ */
public class Pay implements RequestHandler<Map<String, Object>, Map<String, Object>> {
  private static final Logger LOG = LoggerFactory.getLogger(Pay.class);

  public Pay() {
    Idempotency.config()
        .withConfig(IdempotencyConfig.builder().withEventKeyJMESPath("orderId").withPayloadValidationJMESPath("amount").build())
        .withPersistenceStore(DynamoDBPersistenceStore.builder().withTableName(System.getenv("PAYMENTS")).build())
        .configure();
  }

  @Logging(correlationIdPath = "/orderId")
  @Tracing
  @Idempotent
  @Override
  public Map<String, Object> handleRequest(Map<String, Object> payment, Context context) {
    TracingUtils.putAnnotation("orderId", (String) payment.get("orderId"));
    LOG.info("paying");
    return Map.of("paymentId", UUID.randomUUID().toString(), "amount", payment.get("amount"), "trace", trace());
  }

  @Tracing(segmentName = "trace")
  private String trace() {
    var segment = AWSXRay.getCurrentSubsegment();
    return segment.getName() + " " + segment.getTraceId() + (segment.getParentSegment().isSampled() ? " sampled" : "");
  }
}

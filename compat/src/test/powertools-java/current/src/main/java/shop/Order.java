package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import software.amazon.lambda.powertools.logging.PowertoolsLogging;
import software.amazon.lambda.powertools.metrics.Metrics;
import software.amazon.lambda.powertools.metrics.MetricsFactory;
import software.amazon.lambda.powertools.metrics.model.MetricUnit;
import software.amazon.lambda.powertools.parameters.ssm.SSMProvider;

/** Logger, metrics and parameters in the functional style: https://docs.aws.amazon.com/powertools/java/latest/usage-patterns/ */
public class Order implements RequestHandler<Map<String, String>, Map<String, String>> {
  private static final Logger LOG = LoggerFactory.getLogger(Order.class);
  private static final Metrics METRICS = MetricsFactory.getMetricsInstance();

  private final SSMProvider parameters = SSMProvider.create();

  @Override
  public Map<String, String> handleRequest(Map<String, String> order, Context context) {
    METRICS.captureColdStartMetric(context);
    return PowertoolsLogging.withLogging(context, "orderId", order, () -> take(order));
  }

  private Map<String, String> take(Map<String, String> order) {
    try {
      MDC.put("customer", order.get("customer"));
      METRICS.addMetric("orders", 1, MetricUnit.COUNT);
      METRICS.addMetadata("orderId", order.get("orderId"));
      var answer = Map.of("greeting", parameters.get("/shop/greeting"), "secret", parameters.withDecryption().get("/shop/secret"));
      LOG.info("order taken");
      LOG.debug("not to be seen");
      return answer;
    } finally {
      METRICS.flush();
    }
  }
}

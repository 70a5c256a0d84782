package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import software.amazon.lambda.powertools.logging.Logging;
import software.amazon.lambda.powertools.sqs.SqsBatch;

/** Messages of a queue of which some fail: the others are deleted, and only those come again. */
public class Batch implements RequestHandler<SQSEvent, String> {
  @Logging
  @SqsBatch(Items.class)
  @Override
  public String handleRequest(SQSEvent event, Context context) {
    return "all done";
  }
}

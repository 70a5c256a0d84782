package shop;

import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.lambda.powertools.sqs.SqsMessageHandler;

/** One message of a batch. */
public class Items implements SqsMessageHandler<Object> {
  private static final Logger LOG = LoggerFactory.getLogger(Items.class);

  @Override
  public String process(SQSEvent.SQSMessage message) {
    LOG.info("got {}", message.getBody());
    if (message.getBody().startsWith("bad")) {
      throw new IllegalArgumentException("cannot take " + message.getBody());
    }
    return message.getMessageId();
  }
}

package shop;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyRequestEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayProxyResponseEvent;
import com.amazonaws.services.lambda.runtime.events.DynamodbEvent;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.SNSEvent;
import com.amazonaws.services.lambda.runtime.events.SQSBatchResponse;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One function per kind of event; each answers with what it has understood. */
public class Handlers implements RequestHandler<APIGatewayProxyRequestEvent, APIGatewayProxyResponseEvent> {
  @Override
  public APIGatewayProxyResponseEvent handleRequest(APIGatewayProxyRequestEvent event, Context context) {
    String name = event.getQueryStringParameters() == null ? "nobody" : event.getQueryStringParameters().get("name");
    return new APIGatewayProxyResponseEvent().withStatusCode(200).withHeaders(Map.of("X-Function", context.getFunctionName()))
        .withBody(event.getHttpMethod() + " " + event.getPath() + " " + name);
  }

  public SQSBatchResponse queue(SQSEvent event) {
    return new SQSBatchResponse(event.getRecords().stream().filter(r -> r.getBody().startsWith("bad"))
        .map(r -> new SQSBatchResponse.BatchItemFailure(r.getMessageId())).collect(Collectors.toList()));
  }

  public String bucket(S3Event event) {
    var record = event.getRecords().get(0);
    return record.getS3().getBucket().getName() + "/" + record.getS3().getObject().getUrlDecodedKey() + " " + record.getEventTime().getYear();
  }

  public String topic(SNSEvent event) {
    var sns = event.getRecords().get(0).getSNS();
    return sns.getSubject() + ": " + sns.getMessage() + " " + sns.getMessageAttributes().get("kind").getValue();
  }

  public String schedule(ScheduledEvent event) {
    return event.getDetailType() + " " + event.getTime().getMillis() + " " + event.getDetail().get("n");
  }

  public List<String> table(DynamodbEvent event) {
    return event.getRecords().stream().map(r -> r.getEventName() + " " + r.getDynamodb().getNewImage().get("id").getS() + " "
        + r.getDynamodb().getNewImage().get("n").getN()).collect(Collectors.toList());
  }
}

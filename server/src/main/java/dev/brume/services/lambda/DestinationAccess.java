package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.events.EventsClient;
import dev.brume.model.events.PutEventsRequest;
import dev.brume.model.events.PutEventsRequestEntry;
import dev.brume.model.lambda.InvocationRequest;
import dev.brume.model.lambda.LambdaClient;
import dev.brume.model.sns.PublishInput;
import dev.brume.model.sns.SnsClient;
import dev.brume.model.sqs.SendMessageRequest;
import dev.brume.model.sqs.SqsClient;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Whether functions may send to queues, topics, functions and buses: found out before they have
/// to.
final class DestinationAccess {
  private static final Pattern LETTERS =
      Pattern.compile("arn:aws[a-z-]*:(sqs|sns):[a-z0-9-]+:\\d{12}:[\\w.-]+");
  private static final Pattern KNOWN =
      Pattern.compile(
          LETTERS
              + "|arn:aws[a-z-]*:events:[a-z0-9-]+:\\d{12}:event-bus/[\\w./-]+"
              + "|arn:aws[a-z-]*:lambda:[a-z0-9-]+:\\d{12}:function:[\\w-]+(:[\\w$-]+)?"
              + "|arn:aws[a-z-]*:s3:::[a-z0-9.-]+");
  private final Roles roles;
  private final SqsClient sqs;
  private final SnsClient sns;
  private final LambdaClient lambda;
  private final EventsClient events;

  DestinationAccess(Roles roles, Operations operations) {
    this.roles = roles;
    sqs = new SqsClient(operations);
    sns = new SnsClient(operations);
    lambda = new LambdaClient(operations);
    events = new EventsClient(operations);
  }

  /// Whether an ARN is of something that records can be sent to.
  static boolean known(String arn) {
    return KNOWN.matcher(arn).matches();
  }

  /// Throws unless a role may send dead letters to a queue or topic.
  ///
  /// @param arn null or empty for none
  void checkDeadLetters(FunctionName function, String role, @Nullable String arn) {
    if (arn == null || arn.isEmpty()) {
      return;
    }
    if (!LETTERS.matcher(arn).matches()) {
      throw LambdaErrors.invalid(
          "The provided target arn " + arn + " is invalid: it is neither a queue nor a topic.");
    }
    boolean queue = arn.split(":", 6)[2].equals("sqs");
    if (denied(roles.asRole(function, role), arn)) {
      throw LambdaErrors.invalid(
          "The provided execution role does not have permissions to call "
              + (queue ? "SendMessage on SQS" : "Publish on SNS"));
    }
  }

  /// Whether a role may not send: asks with something that is refused for being empty, or that
  /// does nothing, but only for one who may.
  boolean denied(Call role, String arn) {
    String[] parts = arn.split(":", 6);
    Call there = role.in(parts[4], parts[3]);
    try {
      switch (parts[2]) {
        case "sqs" -> {
          String url = QueueEvents.queueUrl(there, arn);
          sqs.sendMessage(there, new SendMessageRequest().queueUrl(url).messageBody(""));
        }
        case "sns" -> sns.publish(there, new PublishInput().topicArn(arn).message(""));
        case "lambda" ->
            lambda.invoke(
                there, new InvocationRequest().functionName(arn).invocationType("DryRun"));
        case "events" ->
            events.putEvents(
                there,
                new PutEventsRequest()
                    .entries(List.of(new PutEventsRequestEntry().eventBusName(arn))));
        default -> {
          // Buckets say so when there is something to put.
        }
      }
    } catch (ServiceError e) {
      return e.code().startsWith("AccessDenied") || e.code().startsWith("AuthorizationError");
    }
    return false;
  }
}

package dev.brume.services.lambda;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.sns.PublishInput;
import dev.brume.model.sns.SnsClient;
import dev.brume.model.sqs.SendMessageRequest;
import dev.brume.model.sqs.SqsClient;
import org.jspecify.annotations.Nullable;

/// Whether functions may send to queues and topics: found out before they have to.
final class DestinationAccess {
  private final Roles roles;
  private final SqsClient sqs;
  private final SnsClient sns;

  DestinationAccess(Roles roles, Operations operations) {
    this.roles = roles;
    sqs = new SqsClient(operations);
    sns = new SnsClient(operations);
  }

  /// Throws unless a role may send dead letters to a queue or topic.
  ///
  /// @param arn null or empty for none
  void checkDeadLetters(FunctionName function, String role, @Nullable String arn) {
    if (arn == null || arn.isEmpty()) {
      return;
    }
    String[] parts = arn.split(":", 6);
    boolean queue = parts.length == 6 && parts[2].equals("sqs");
    if (!queue && !(parts.length == 6 && parts[2].equals("sns"))) {
      throw LambdaErrors.invalid(
          "The provided target arn " + arn + " is invalid: it is neither a queue nor a topic.");
    }
    if (denied(roles.asRole(function, role), arn)) {
      throw LambdaErrors.invalid(
          "The provided execution role does not have permissions to call "
              + (queue ? "SendMessage on SQS" : "Publish on SNS"));
    }
  }

  /// Sends an empty message: it is refused for being empty, but only by one who may send.
  boolean denied(Call role, String arn) {
    String[] parts = arn.split(":", 6);
    Call there = role.in(parts[4], parts[3]);
    try {
      if (parts[2].equals("sqs")) {
        String url = QueueEvents.queueUrl(there, arn);
        sqs.sendMessage(there, new SendMessageRequest().queueUrl(url).messageBody(""));
      } else {
        sns.publish(there, new PublishInput().topicArn(arn).message(""));
      }
    } catch (ServiceError e) {
      return e.code().startsWith("AccessDenied") || e.code().startsWith("AuthorizationError");
    }
    return false;
  }
}

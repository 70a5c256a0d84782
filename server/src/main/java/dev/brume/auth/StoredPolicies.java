package dev.brume.auth;

import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.lambda.LambdaClient;
import dev.brume.model.s3.S3Client;
import dev.brume.model.sns.SnsClient;
import dev.brume.model.sqs.SqsClient;
import org.jspecify.annotations.Nullable;

/// Asks the services for the policies of their resources: buckets, queues, topics, functions.
public final class StoredPolicies implements Authorizer.ResourcePolicies {
  private final S3Client s3;
  private final SqsClient sqs;
  private final SnsClient sns;
  private final LambdaClient lambda;

  public StoredPolicies(Operations operations) {
    s3 = new S3Client(operations);
    sqs = new SqsClient(operations);
    sns = new SnsClient(operations);
    lambda = new LambdaClient(operations);
  }

  @Override
  public @Nullable String policy(Call call, String resourceArn) {
    String[] parts = resourceArn.split(":", 6);
    if (parts.length != 6) {
      return null;
    }
    String account = parts[4].isEmpty() ? call.account() : parts[4];
    Call asOwner = call.as(new Principal.Root(account));
    try {
      return switch (parts[2]) {
        case "s3" -> bucketPolicy(asOwner, parts[5]);
        case "sqs" ->
            sqs.getQueueAttributes(
                    asOwner,
                    new dev.brume.model.sqs.GetQueueAttributesRequest()
                        .queueUrl(call.endpoint() + "/" + account + "/" + parts[5])
                        .attributeNames(java.util.List.of("Policy")))
                .attributes()
                .get("Policy");
        case "sns" ->
            sns.getTopicAttributes(
                    asOwner,
                    new dev.brume.model.sns.GetTopicAttributesInput().topicArn(resourceArn))
                .attributes()
                .get("Policy");
        case "lambda" ->
            lambda
                .getPolicy(
                    asOwner,
                    new dev.brume.model.lambda.GetPolicyRequest().functionName(resourceArn))
                .policy();
        default -> null;
      };
    } catch (ServiceError e) {
      // No such resource or no policy: nothing is allowed by it.
      return null;
    }
  }

  // Asked of the whole bucket for an object too.
  private @Nullable String bucketPolicy(Call asOwner, String path) {
    int slash = path.indexOf('/');
    return s3.getBucketPolicy(
            asOwner,
            new dev.brume.model.s3.GetBucketPolicyRequest()
                .bucket(slash < 0 ? path : path.substring(0, slash)))
        .policy();
  }
}

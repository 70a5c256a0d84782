package dev.brume.services.iam;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The policies that AWS itself manages, by ARN: those that templates commonly attach.
/// <https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html>
final class AwsManagedPolicies {
  private static final String PREFIX = "arn:aws:iam::aws:policy/";
  private static final Map<String, String> DOCUMENTS = documents();

  private AwsManagedPolicies() {}

  private static Map<String, String> documents() {
    var all = new LinkedHashMap<String, String>();
    String logs = "\"logs:CreateLogGroup\",\"logs:CreateLogStream\",\"logs:PutLogEvents\"";
    all.put("AdministratorAccess", allow("\"*\""));
    all.put(
        "PowerUserAccess",
        "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"NotAction\":[\"iam:*\",\"organizations:*\",\"account:*\"],\"Resource\":\"*\"},"
            + "{\"Effect\":\"Allow\",\"Action\":[\"iam:CreateServiceLinkedRole\",\"iam:DeleteServiceLinkedRole\",\"iam:ListRoles\"],\"Resource\":\"*\"}]}");
    all.put(
        "ReadOnlyAccess",
        allow(
            "\"*:Describe*\",\"*:Get*\",\"*:List*\",\"*:BatchGet*\",\"*:Query\",\"*:Scan\",\"*:Lookup*\",\"*:Filter*\""));
    all.put("service-role/AWSLambdaBasicExecutionRole", allow(logs));
    all.put(
        "service-role/AWSLambdaSQSQueueExecutionRole",
        allow("\"sqs:ReceiveMessage\",\"sqs:DeleteMessage\",\"sqs:GetQueueAttributes\"," + logs));
    all.put(
        "service-role/AWSLambdaDynamoDBExecutionRole",
        allow(
            "\"dynamodb:DescribeStream\",\"dynamodb:GetRecords\",\"dynamodb:GetShardIterator\",\"dynamodb:ListStreams\","
                + logs));
    all.put(
        "service-role/AWSLambdaVPCAccessExecutionRole",
        allow(
            logs
                + ",\"ec2:CreateNetworkInterface\",\"ec2:DescribeNetworkInterfaces\",\"ec2:DescribeSubnets\",\"ec2:DeleteNetworkInterface\",\"ec2:AssignPrivateIpAddresses\",\"ec2:UnassignPrivateIpAddresses\""));
    all.put("service-role/AWSLambdaRole", allow("\"lambda:InvokeFunction\""));
    all.put(
        "service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        allow(
            "\"logs:CreateLogGroup\",\"logs:CreateLogStream\",\"logs:DescribeLogGroups\",\"logs:DescribeLogStreams\",\"logs:PutLogEvents\",\"logs:GetLogEvents\",\"logs:FilterLogEvents\""));
    all.put(
        "AWSXRayDaemonWriteAccess",
        allow(
            "\"xray:PutTraceSegments\",\"xray:PutTelemetryRecords\",\"xray:GetSamplingRules\",\"xray:GetSamplingTargets\",\"xray:GetSamplingStatisticSummaries\""));
    all.put("CloudWatchLambdaInsightsExecutionRolePolicy", allow(logs));
    for (String[] service :
        new String[][] {
          {"AmazonS3FullAccess", "s3:*"}, {"AmazonSQSFullAccess", "sqs:*"},
          {"AmazonSNSFullAccess", "sns:*"}, {"AmazonDynamoDBFullAccess", "dynamodb:*"},
          {"AWSLambda_FullAccess", "lambda:*"}, {"AmazonAthenaFullAccess", "athena:*"},
          {"AWSGlueConsoleFullAccess", "glue:*"}, {"AmazonEventBridgeFullAccess", "events:*"},
          {"AmazonSSMFullAccess", "ssm:*"}, {"CloudWatchLogsFullAccess", "logs:*"},
          {"IAMFullAccess", "iam:*"}, {"AWSCloudFormationFullAccess", "cloudformation:*"}
        }) {
      all.put(service[0], allow("\"" + service[1] + "\""));
    }
    all.put("AmazonS3ReadOnlyAccess", allow("\"s3:Get*\",\"s3:List*\",\"s3:Describe*\""));
    all.put(
        "AmazonSQSReadOnlyAccess",
        allow(
            "\"sqs:GetQueueAttributes\",\"sqs:GetQueueUrl\",\"sqs:ListDeadLetterSourceQueues\",\"sqs:ListQueues\",\"sqs:ListMessageMoveTasks\",\"sqs:ListQueueTags\""));
    all.put(
        "AmazonDynamoDBReadOnlyAccess",
        allow(
            "\"dynamodb:BatchGetItem\",\"dynamodb:Describe*\",\"dynamodb:List*\",\"dynamodb:GetItem\",\"dynamodb:Query\",\"dynamodb:Scan\",\"dynamodb:PartiQLSelect\""));
    all.put(
        "AWSCloudFormationReadOnlyAccess",
        allow(
            "\"cloudformation:Describe*\",\"cloudformation:EstimateTemplateCost\",\"cloudformation:Get*\",\"cloudformation:List*\",\"cloudformation:ValidateTemplate\",\"cloudformation:Detect*\""));
    all.put("AmazonSSMReadOnlyAccess", allow("\"ssm:Describe*\",\"ssm:Get*\",\"ssm:List*\""));
    return all;
  }

  private static String allow(String actions) {
    return "{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Allow\",\"Action\":["
        + actions
        + "],\"Resource\":\"*\"}]}";
  }

  static boolean isAws(String arn) {
    return arn.startsWith(PREFIX);
  }

  /// The document, null for a policy that is not known here.
  static @Nullable String document(String arn) {
    return isAws(arn) ? DOCUMENTS.get(arn.substring(PREFIX.length())) : null;
  }

  static java.util.List<String> arns() {
    return DOCUMENTS.keySet().stream().map(name -> PREFIX + name).toList();
  }
}

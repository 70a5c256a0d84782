package dev.brume.auth;

import dev.brume.model.Call;
import dev.brume.model.Member;
import dev.brume.model.Operation;
import dev.brume.model.ServiceModel;
import dev.brume.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which actions on which resources an operation stands for, by AWS's [service authorization
/// reference](https://docs.aws.amazon.com/service-authorization/latest/reference/reference.html).
final class Demands {
  private static final Map<String, String> S3_ACTIONS =
      Map.ofEntries(
          Map.entry("HeadObject", "GetObject"),
          Map.entry("HeadBucket", "ListBucket"),
          Map.entry("ListObjects", "ListBucket"),
          Map.entry("ListObjectsV2", "ListBucket"),
          Map.entry("ListBuckets", "ListAllMyBuckets"),
          Map.entry("ListObjectVersions", "ListBucketVersions"),
          Map.entry("CreateMultipartUpload", "PutObject"),
          Map.entry("UploadPart", "PutObject"),
          Map.entry("UploadPartCopy", "PutObject"),
          Map.entry("CompleteMultipartUpload", "PutObject"),
          Map.entry("CopyObject", "PutObject"),
          Map.entry("ListParts", "ListMultipartUploadParts"),
          Map.entry("ListMultipartUploads", "ListBucketMultipartUploads"),
          Map.entry("DeleteObjects", "DeleteObject"),
          Map.entry("PutBucketNotificationConfiguration", "PutBucketNotification"),
          Map.entry("GetBucketNotificationConfiguration", "GetBucketNotification"),
          Map.entry("GetBucketEncryption", "GetEncryptionConfiguration"),
          Map.entry("PutBucketEncryption", "PutEncryptionConfiguration"),
          Map.entry("DeleteBucketEncryption", "PutEncryptionConfiguration"),
          Map.entry("GetPublicAccessBlock", "GetBucketPublicAccessBlock"),
          Map.entry("PutPublicAccessBlock", "PutBucketPublicAccessBlock"),
          Map.entry("DeletePublicAccessBlock", "PutBucketPublicAccessBlock"),
          Map.entry("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration"),
          Map.entry("PutBucketLifecycleConfiguration", "PutLifecycleConfiguration"),
          Map.entry("DeleteBucketLifecycle", "PutLifecycleConfiguration"),
          Map.entry("GetBucketCors", "GetBucketCORS"),
          Map.entry("PutBucketCors", "PutBucketCORS"),
          Map.entry("DeleteBucketCors", "PutBucketCORS"),
          Map.entry("DeleteBucketTagging", "PutBucketTagging"),
          Map.entry("GetBucketReplication", "GetReplicationConfiguration"),
          Map.entry("PutBucketReplication", "PutReplicationConfiguration"));
  private static final Map<String, String> SQS_ACTIONS =
      Map.of(
          "SendMessageBatch", "SendMessage",
          "DeleteMessageBatch", "DeleteMessage",
          "ChangeMessageVisibilityBatch", "ChangeMessageVisibility");
  private static final Map<String, String> LAMBDA_ACTIONS =
      Map.of(
          "Invoke", "InvokeFunction",
          "InvokeAsync", "InvokeFunction",
          "InvokeWithResponseStream", "InvokeFunction",
          "GetLayerVersionByArn", "GetLayerVersion");
  // Member that names the resource, and the resource's part of the ARN.
  private static final Map<String, String[][]> BY_MEMBER =
      Map.of(
          "sns", new String[][] {{"TopicArn", ""}, {"ResourceArn", ""}, {"Name", ""}},
          "iam", new String[][] {{"RoleName", "role/"}, {"PolicyArn", ""}},
          "events", new String[][] {{"Rule", "rule/"}, {"Name", "rule/"}},
          "athena", new String[][] {{"WorkGroup", "workgroup/"}},
          "cloudformation", new String[][] {{"StackName", "stack/"}},
          "ecr", new String[][] {{"repositoryName", "repository/"}},
          "kms", new String[][] {{"KeyId", "key/"}},
          "sts", new String[][] {{"RoleArn", ""}});

  private Demands() {}

  /// @param resource null when the request does not tell
  record Demand(String action, @Nullable String resource) {}

  static List<Demand> of(Call call, ServiceModel model, Operation operation, Struct in) {
    String service = model.name();
    String name = operation.name();
    String prefix = model.identity().signingName() + ":";
    return switch (service) {
      case "s3" -> s3(name, in);
      case "dynamodb" -> DynamoDbDemands.of(call, name, in);
      case "sqs" ->
          List.of(new Demand(prefix + SQS_ACTIONS.getOrDefault(name, name), queue(call, in)));
      case "sns" ->
          List.of(
              new Demand(
                  "SNS:" + (name.equals("PublishBatch") ? "Publish" : name), topic(call, in)));
      case "lambda" ->
          List.of(new Demand(prefix + LAMBDA_ACTIONS.getOrDefault(name, name), lambda(call, in)));
      case "ssm" -> ssm(call, name, in);
      case "logs" -> List.of(new Demand(prefix + name, logGroup(call, in)));
      case "glue" -> List.of(new Demand(prefix + name, glue(call, in)));
      case "events" -> List.of(new Demand(prefix + name, rule(call, name, in)));
      case "apigateway" -> List.of(new Demand(prefix + operation.httpMethod(), null));
      default -> List.of(new Demand(prefix + name, named(call, service, in)));
    };
  }

  /// The text of a member, null when there is none.
  static @Nullable String text(Struct in, String memberName) {
    Member member = in.shape().member(memberName);
    return member != null && in.get(member.index()) instanceof String text ? text : null;
  }

  /// The elements of a list member, or the keys of a map member.
  static List<?> elements(Struct in, String memberName) {
    Member member = in.shape().member(memberName);
    Object value = member == null ? null : in.get(member.index());
    return switch (value) {
      case List<?> list -> list;
      case Map<?, ?> map -> List.copyOf(map.keySet());
      case null, default -> List.of();
    };
  }

  private static @Nullable String named(Call call, String service, Struct in) {
    for (String[] member : BY_MEMBER.getOrDefault(service, new String[0][])) {
      String value = text(in, member[0]);
      if (value != null) {
        return arn(call, service, member[1], value);
      }
    }
    return null;
  }

  private static @Nullable String arn(Call call, String service, String kind, String value) {
    if (value.startsWith("arn:")) {
      return service.equals("lambda") ? unqualified(value) : value;
    }
    return switch (service) {
      case "iam" -> "arn:aws:iam::" + call.account() + ":" + kind + value;
      case "cloudformation" -> call.arn(service, kind + value + "/*");
      case "lambda" -> {
        String[] parts = value.split(":", -1);
        boolean partial = parts.length >= 3 && parts[1].equals("function");
        yield call.arn(service, kind + (partial ? parts[2] : parts[0]));
      }
      default -> call.arn(service, kind + value);
    };
  }

  // Permission for a function covers its versions and aliases only with a wildcard in AWS; here the
  // function itself is asked about.
  private static String unqualified(String arn) {
    String[] parts = arn.split(":", -1);
    return parts.length <= 7 ? arn : String.join(":", List.of(parts).subList(0, 7));
  }

  private static @Nullable String lambda(Call call, Struct in) {
    String function = text(in, "FunctionName");
    if (function != null) {
      return arn(call, "lambda", "function:", function);
    }
    String layer = text(in, "LayerName");
    if (layer != null) {
      String of = layer.startsWith("arn:") ? layer : call.arn("lambda", "layer:" + layer);
      Member version = in.shape().member("VersionNumber");
      Object number = version == null ? null : in.get(version.index());
      return number == null ? of : of + ":" + number;
    }
    String mapping = text(in, "UUID");
    if (mapping != null) {
      return call.arn("lambda", "event-source-mapping:" + mapping);
    }
    for (String member : List.of("CodeSigningConfigArn", "Resource", "Arn")) {
      String arn = text(in, member);
      if (arn != null) {
        return arn;
      }
    }
    return null;
  }

  private static @Nullable String queue(Call call, Struct in) {
    String url = text(in, "QueueUrl");
    if (url != null) {
      String[] parts = url.split("/", -1);
      String account = parts.length >= 2 ? parts[parts.length - 2] : call.account();
      return "arn:aws:sqs:" + call.region() + ":" + account + ":" + parts[parts.length - 1];
    }
    String name = text(in, "QueueName");
    String source = text(in, "SourceArn");
    return name == null ? source : call.arn("sqs", name);
  }

  private static @Nullable String topic(Call call, Struct in) {
    String target = text(in, "TargetArn");
    if (target != null) {
      return target;
    }
    String subscription = text(in, "SubscriptionArn");
    if (subscription != null && subscription.lastIndexOf(':') > 12) {
      return subscription.substring(0, subscription.lastIndexOf(':'));
    }
    return named(call, "sns", in);
  }

  private static List<Demand> s3(String name, Struct in) {
    String bucket = text(in, "Bucket");
    String key = text(in, "Key");
    boolean version = text(in, "VersionId") != null;
    String action = S3_ACTIONS.getOrDefault(name, name);
    if (version && (action.equals("GetObject") || action.equals("DeleteObject"))) {
      action += "Version";
    }
    var demands = new ArrayList<Demand>();
    String bucketArn = bucket == null ? null : "arn:aws:s3:::" + bucket;
    Member delete = in.shape().member("Delete");
    if (name.equals("DeleteObjects")
        && delete != null
        && in.get(delete.index()) instanceof Struct objects) {
      for (Object object : elements(objects, "Objects")) {
        if (object instanceof Struct each) {
          demands.add(new Demand("s3:" + action, bucketArn + "/" + text(each, "Key")));
        }
      }
      return demands;
    }
    demands.add(
        new Demand(
            "s3:" + action, key == null || bucketArn == null ? bucketArn : bucketArn + "/" + key));
    String source = text(in, "CopySource");
    if (source != null) {
      String path = source.startsWith("/") ? source.substring(1) : source;
      int question = path.indexOf("?versionId=");
      demands.add(
          new Demand(
              "s3:GetObject",
              "arn:aws:s3:::"
                  + java.net.URLDecoder.decode(
                      (question < 0 ? path : path.substring(0, question)).replace("+", "%2B"),
                      java.nio.charset.StandardCharsets.UTF_8)));
    }
    return demands;
  }

  private static List<Demand> ssm(Call call, String name, Struct in) {
    var demands = new ArrayList<Demand>();
    for (Object each : elements(in, "Names")) {
      demands.add(new Demand("ssm:" + name, parameter(call, String.valueOf(each))));
    }
    if (demands.isEmpty()) {
      String one = text(in, "Name") != null ? text(in, "Name") : text(in, "Path");
      demands.add(new Demand("ssm:" + name, one == null ? null : parameter(call, one)));
    }
    return demands;
  }

  private static String parameter(Call call, String name) {
    return name.startsWith("arn:")
        ? name
        : call.arn("ssm", "parameter" + (name.startsWith("/") ? name : "/" + name));
  }

  private static @Nullable String logGroup(Call call, Struct in) {
    String group = text(in, "logGroupName");
    if (group == null) {
      String identifier = text(in, "logGroupIdentifier");
      return identifier != null && identifier.startsWith("arn:") ? identifier : null;
    }
    String stream = text(in, "logStreamName");
    return call.arn("logs", "log-group:" + group + ":log-stream:" + (stream == null ? "" : stream));
  }

  private static @Nullable String glue(Call call, Struct in) {
    String database = text(in, "DatabaseName");
    String table = text(in, "TableName");
    if (table == null) {
      Member input = in.shape().member("TableInput");
      table =
          input != null && in.get(input.index()) instanceof Struct struct
              ? text(struct, "Name")
              : text(in, "Name");
    }
    if (database == null) {
      return table == null ? call.arn("glue", "catalog") : call.arn("glue", "database/" + table);
    }
    return table == null
        ? call.arn("glue", "database/" + database)
        : call.arn("glue", "table/" + database + "/" + table);
  }

  private static @Nullable String rule(Call call, String name, Struct in) {
    if (name.equals("PutEvents")) {
      return null;
    }
    String bus = text(in, "EventBusName");
    String rule = text(in, "Rule") != null ? text(in, "Rule") : text(in, "Name");
    if (rule == null) {
      return null;
    }
    if (name.endsWith("EventBus")) {
      return call.arn("events", "event-bus/" + rule);
    }
    String busName =
        bus == null || bus.equals("default") ? "" : bus.substring(bus.lastIndexOf('/') + 1) + "/";
    return call.arn("events", "rule/" + busName + rule);
  }
}

package dev.brume.services.s3;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.json.Json;
import dev.brume.model.Struct;
import dev.brume.protocol.Documents;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// CloudFormation's properties of a bucket in the words of the S3 API.
///
///
// [AWS::S3::Bucket](https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-s3-bucket.html).
final class BucketProperties {
  private static final Map<String, String> CORS =
      Map.of("ExposedHeaders", "ExposeHeaders", "MaxAge", "MaxAgeSeconds", "Id", "ID");
  private static final Map<String, String> TRANSITION =
      Map.of("TransitionInDays", "Days", "TransitionDate", "Date");
  private static final Map<String, String> NONCURRENT_TRANSITION =
      Map.of("TransitionInDays", "NoncurrentDays");

  private BucketProperties() {}

  /// Fills a structure from JSON in the API's names.
  static <T extends Struct> T fill(JsonNode json, T into) {
    return Documents.read(Json.write(json).getBytes(StandardCharsets.UTF_8), into);
  }

  static ObjectNode encryption(JsonNode property) {
    ObjectNode out = Json.object();
    ArrayNode rules = out.putArray("Rules");
    for (JsonNode rule : property.path("ServerSideEncryptionConfiguration")) {
      rules.add(
          renamed(
              rule, Map.of("ServerSideEncryptionByDefault", "ApplyServerSideEncryptionByDefault")));
    }
    return out;
  }

  static ObjectNode cors(JsonNode property) {
    ObjectNode out = Json.object();
    ArrayNode rules = out.putArray("CORSRules");
    property.path("CorsRules").forEach(rule -> rules.add(renamed(rule, CORS)));
    return out;
  }

  static ObjectNode website(JsonNode property) {
    ObjectNode out = Json.object();
    if (property.hasNonNull("IndexDocument")) {
      out.putObject("IndexDocument").set("Suffix", property.get("IndexDocument"));
    }
    if (property.hasNonNull("ErrorDocument")) {
      out.putObject("ErrorDocument").set("Key", property.get("ErrorDocument"));
    }
    if (property.hasNonNull("RedirectAllRequestsTo")) {
      out.set("RedirectAllRequestsTo", property.get("RedirectAllRequestsTo"));
    }
    if (property.hasNonNull("RoutingRules")) {
      ArrayNode rules = out.putArray("RoutingRules");
      for (JsonNode rule : property.get("RoutingRules")) {
        ObjectNode renamed =
            renamed(rule, Map.of("RedirectRule", "Redirect", "RoutingRuleCondition", "Condition"));
        if (renamed.path("Redirect").has("HttpRedirectCode")) {
          ObjectNode redirect = (ObjectNode) renamed.get("Redirect");
          redirect.put("HttpRedirectCode", redirect.get("HttpRedirectCode").asText());
        }
        rules.add(renamed);
      }
    }
    return out;
  }

  static ObjectNode lifecycle(JsonNode property) {
    ObjectNode out = Json.object();
    ArrayNode rules = out.putArray("Rules");
    property.path("Rules").forEach(rule -> rules.add(lifecycleRule(rule)));
    return out;
  }

  private static ObjectNode lifecycleRule(JsonNode rule) {
    ObjectNode out = Json.object();
    out.set("Status", rule.path("Status"));
    copy(rule, "Id", out, "ID");
    copy(rule, "AbortIncompleteMultipartUpload", out, "AbortIncompleteMultipartUpload");
    out.set("Filter", filter(rule));
    ObjectNode expiration = Json.object();
    copy(rule, "ExpirationInDays", expiration, "Days");
    copy(rule, "ExpirationDate", expiration, "Date");
    copy(rule, "ExpiredObjectDeleteMarker", expiration, "ExpiredObjectDeleteMarker");
    if (!expiration.isEmpty()) {
      out.set("Expiration", expiration);
    }
    copy(rule, "NoncurrentVersionExpiration", out, "NoncurrentVersionExpiration");
    if (rule.hasNonNull("NoncurrentVersionExpirationInDays")) {
      ObjectNode noncurrent = out.putObject("NoncurrentVersionExpiration");
      copy(rule, "NoncurrentVersionExpirationInDays", noncurrent, "NoncurrentDays");
    }
    list(rule, "Transition", out, "Transitions", TRANSITION);
    list(
        rule,
        "NoncurrentVersionTransition",
        out,
        "NoncurrentVersionTransitions",
        NONCURRENT_TRANSITION);
    return out;
  }

  private static ObjectNode filter(JsonNode rule) {
    ObjectNode parts = Json.object();
    copy(rule, "Prefix", parts, "Prefix");
    for (String size : new String[] {"ObjectSizeGreaterThan", "ObjectSizeLessThan"}) {
      if (rule.hasNonNull(size)) {
        parts.put(size, rule.get(size).asLong());
      }
    }
    JsonNode tags = rule.path("TagFilters");
    ObjectNode out = Json.object();
    if (parts.size() + tags.size() > 1) {
      if (!tags.isEmpty()) {
        parts.set("Tags", tags);
      }
      out.set("And", parts);
      return out;
    }
    out.setAll(parts);
    if (!tags.isEmpty()) {
      out.set("Tag", tags.get(0));
    } else if (parts.isEmpty()) {
      out.put("Prefix", "");
    }
    return out;
  }

  // The one of `name` and the many of `name`s become one list.
  private static void list(
      JsonNode rule, String name, ObjectNode out, String outName, Map<String, String> names) {
    ArrayNode list = Json.array();
    if (rule.hasNonNull(name)) {
      list.add(renamed(rule.get(name), names));
    }
    rule.path(name + "s").forEach(each -> list.add(renamed(each, names)));
    if (!list.isEmpty()) {
      out.set(outName, list);
    }
  }

  static ObjectNode notifications(JsonNode property) {
    ObjectNode out = Json.object();
    destinations(property, "QueueConfigurations", "Queue", out, "QueueConfigurations", "QueueArn");
    destinations(property, "TopicConfigurations", "Topic", out, "TopicConfigurations", "TopicArn");
    destinations(
        property,
        "LambdaConfigurations",
        "Function",
        out,
        "LambdaFunctionConfigurations",
        "LambdaFunctionArn");
    JsonNode bridge = property.path("EventBridgeConfiguration");
    if (bridge.path("EventBridgeEnabled").asBoolean(bridge.isObject())) {
      out.putObject("EventBridgeConfiguration");
    }
    return out;
  }

  private static void destinations(
      JsonNode property, String name, String target, ObjectNode out, String outName, String arn) {
    if (!property.hasNonNull(name)) {
      return;
    }
    ArrayNode list = out.putArray(outName);
    for (JsonNode each : property.get(name)) {
      ObjectNode configuration = list.addObject();
      configuration.set(arn, each.path(target));
      configuration.putArray("Events").add(each.path("Event"));
      JsonNode rules = each.path("Filter").path("S3Key").path("Rules");
      if (!rules.isEmpty()) {
        configuration.putObject("Filter").putObject("Key").set("FilterRules", rules);
      }
    }
  }

  /// `PublicRead` as `public-read`.
  static String acl(String accessControl) {
    return switch (accessControl) {
      case "" -> "private";
      case "AwsExecRead" -> "aws-exec-read";
      default ->
          accessControl.replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(java.util.Locale.ROOT);
    };
  }

  private static ObjectNode renamed(JsonNode node, Map<String, String> names) {
    ObjectNode out = Json.object();
    node.properties()
        .forEach(
            field -> out.set(names.getOrDefault(field.getKey(), field.getKey()), field.getValue()));
    return out;
  }

  private static void copy(JsonNode from, String name, ObjectNode to, String as) {
    if (from.hasNonNull(name)) {
      to.set(as, from.get(name));
    }
  }
}

package dev.brume.services.sns;

import dev.brume.json.Json;
import java.util.Map;

/// A topic's row.
///
/// @param attributes as they were set, by AWS's names
record Topic(
    String account,
    String region,
    String name,
    Map<String, String> attributes,
    Map<String, String> tags,
    long createdMillis) {

  static String arn(String account, String region, String name) {
    return "arn:aws:sns:" + region + ":" + account + ":" + name;
  }

  String arn() {
    return arn(account, region, name);
  }

  Topic withAttributes(Map<String, String> changed) {
    return new Topic(account, region, name, changed, tags, createdMillis);
  }

  Topic withTags(Map<String, String> changed) {
    return new Topic(account, region, name, attributes, changed, createdMillis);
  }

  /// The policy that was set, or the one that every topic begins with: its account may use it.
  String policy() {
    String set = attributes.get("Policy");
    if (set != null) {
      return set;
    }
    var policy = Json.object().put("Version", "2008-10-17").put("Id", "__default_policy_ID");
    var statement = policy.putArray("Statement").addObject();
    statement.put("Sid", "__default_statement_ID").put("Effect", "Allow");
    statement.putObject("Principal").put("AWS", "*");
    var actions = statement.putArray("Action");
    for (String action :
        new String[] {
          "GetTopicAttributes",
          "SetTopicAttributes",
          "AddPermission",
          "RemovePermission",
          "DeleteTopic",
          "Subscribe",
          "ListSubscriptionsByTopic",
          "Publish"
        }) {
      actions.add("SNS:" + action);
    }
    statement.put("Resource", arn());
    statement.putObject("Condition").putObject("StringEquals").put("AWS:SourceOwner", account);
    return Json.write(policy);
  }
}

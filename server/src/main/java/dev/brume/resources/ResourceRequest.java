package dev.brume.resources;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brume.model.Call;
import java.util.Map;

/// What a resource type is asked to do.
///
/// @param call who deploys, where; `now` is the operation's
/// @param stackId the stack's ARN
/// @param stackName its name
/// @param logicalId the resource's name in the template
/// @param properties resolved; for a deletion the last known ones
/// @param tags stack tags and `aws:cloudformation:…` tags, to be merged under the resource's own
/// @param suffix 12 random upper-case letters and digits, the same in every repetition of this
///   request
public record ResourceRequest(
    Call call,
    String stackId,
    String stackName,
    String logicalId,
    ObjectNode properties,
    Map<String, String> tags,
    String suffix) {

  /// The name that CloudFormation makes for a resource without one: `<stack>-<logical
  /// id>-<suffix>`, its first parts cut so that the whole has at most `lengthMax` characters.
  public String generatedName(int lengthMax) {
    String name = stackName + "-" + logicalId + "-" + suffix;
    if (name.length() <= lengthMax) {
      return name;
    }
    int room = lengthMax - suffix.length() - 2;
    String logical = logicalId.length() > room / 2 ? logicalId.substring(0, room / 2) : logicalId;
    int left = room - logical.length();
    String stack = stackName.length() > left ? stackName.substring(0, left) : stackName;
    return stack + "-" + logical + "-" + suffix;
  }

  /// The string property of this name, or the generated name.
  public String nameOr(String property, int lengthMax) {
    return properties.hasNonNull(property)
        ? properties.get(property).asText()
        : generatedName(lengthMax);
  }
}

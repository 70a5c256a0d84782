package dev.brume.services.cloudformation.template;

import com.fasterxml.jackson.databind.JsonNode;

/// What intrinsic functions see outside the template.
public interface Scope {
  /// What stands for a value that is only known once a resource is made, e.g. in a change set.
  String UNKNOWN = "{{changeSet:KNOWN_AFTER_APPLY}}";

  /// What `Ref` of a resource gives.
  JsonNode ref(String logicalId);

  /// What `Fn::GetAtt` of a resource gives; throws `ValidationError` if there is no such attribute.
  JsonNode attribute(String logicalId, String attribute);

  /// The value of an export; throws `ValidationError` if there is none.
  String importValue(String exportName);

  /// The value of a dynamic reference, `service:name…` without the braces and `resolve:`.
  String dynamic(String reference);

  /// Where a stack is: the pseudo parameters.
  ///
  /// @param stackId the stack's ARN
  record Place(
      String account,
      String region,
      String stackName,
      String stackId,
      java.util.List<String> notificationArns) {}
}

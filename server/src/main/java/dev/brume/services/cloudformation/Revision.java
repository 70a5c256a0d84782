package dev.brume.services.cloudformation;

import dev.brume.services.cloudformation.template.Parameters;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a stack is made from: a template and what goes with it.
///
/// @param templateId names the stored text
/// @param parameters as given, by name
/// @param resolved the values of SSM parameters, by parameter name
/// @param tags of the stack
/// @param roleArn the role that makes the calls, null for the caller's own
record Revision(
    String templateId,
    @Nullable String description,
    Map<String, String> parameters,
    Map<String, String> resolved,
    Map<String, String> tags,
    List<String> capabilities,
    List<String> notificationArns,
    @Nullable String roleArn) {

  /// The values of parameters and pseudo parameters.
  Map<String, String> values(StackRow stack) {
    return values(arguments(), stack);
  }

  static Map<String, String> values(Parameters parameters, StackRow stack) {
    var values = new HashMap<>(parameters.given());
    values.putAll(parameters.resolved());
    values.put("AWS::AccountId", stack.account());
    values.put("AWS::Partition", "aws");
    values.put("AWS::Region", stack.region());
    values.put("AWS::StackName", stack.name());
    return values;
  }

  Parameters arguments() {
    return new Parameters(parameters, resolved);
  }
}

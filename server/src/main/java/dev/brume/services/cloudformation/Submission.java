package dev.brume.services.cloudformation;

import dev.brume.model.cloudformation.CreateChangeSetInput;
import dev.brume.model.cloudformation.CreateStackInput;
import dev.brume.model.cloudformation.DeploymentConfig;
import dev.brume.model.cloudformation.Parameter;
import dev.brume.model.cloudformation.RollbackConfiguration;
import dev.brume.model.cloudformation.Tag;
import dev.brume.model.cloudformation.UpdateStackInput;
import dev.brume.services.cloudformation.template.Parameters;
import dev.brume.services.cloudformation.template.Template;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a caller submits for a stack, the same in all three ways to do so.
///
/// @param tags null to leave them as they are
/// @param notificationArns null to leave them as they are
record Submission(
    @Nullable String templateBody,
    @Nullable String templateUrl,
    boolean previousTemplate,
    List<Parameters.Argument> parameters,
    List<String> capabilities,
    @Nullable Map<String, String> tags,
    @Nullable List<String> notificationArns,
    @Nullable String roleArn,
    List<String> resourceTypes) {

  static Submission of(CreateChangeSetInput in) {
    refuse(in.rollbackConfiguration(), in.notificationARNs(), in.deploymentConfig());
    refuseWithoutValidation(in.disableValidation());
    if (in.hasResourcesToImport() && !in.resourcesToImport().isEmpty()) {
      throw CloudFormationErrors.notDone("the import of existing resources");
    }
    return new Submission(
        in.templateBody(),
        in.templateURL(),
        Boolean.TRUE.equals(in.usePreviousTemplate()),
        arguments(in.parameters()),
        in.capabilities(),
        in.hasTags() ? tags(in.tags()) : null,
        in.hasNotificationARNs() ? in.notificationARNs() : null,
        in.roleARN(),
        in.resourceTypes());
  }

  static Submission of(CreateStackInput in) {
    refuse(in.rollbackConfiguration(), in.notificationARNs(), in.deploymentConfig());
    refuseWithoutValidation(in.disableValidation());
    return new Submission(
        in.templateBody(),
        in.templateURL(),
        false,
        arguments(in.parameters()),
        in.capabilities(),
        tags(in.tags()),
        in.notificationARNs(),
        in.roleARN(),
        in.resourceTypes());
  }

  static Submission of(UpdateStackInput in) {
    refuse(in.rollbackConfiguration(), in.notificationARNs(), in.deploymentConfig());
    refuseWithoutValidation(in.disableValidation());
    return new Submission(
        in.templateBody(),
        in.templateURL(),
        Boolean.TRUE.equals(in.usePreviousTemplate()),
        arguments(in.parameters()),
        in.capabilities(),
        in.hasTags() ? tags(in.tags()) : null,
        in.hasNotificationARNs() ? in.notificationARNs() : null,
        in.roleARN(),
        in.resourceTypes());
  }

  private static void refuse(
      @Nullable RollbackConfiguration rollback,
      List<String> notificationArns,
      @Nullable DeploymentConfig config) {
    if (rollback != null && !rollback.rollbackTriggers().isEmpty()) {
      throw CloudFormationErrors.notDone("RollbackTriggers");
    }
    if (!notificationArns.isEmpty()) {
      throw CloudFormationErrors.notDone("NotificationARNs");
    }
    if (config != null && config.mode() != null && !config.mode().equals("STANDARD")) {
      throw CloudFormationErrors.notDone("the deployment mode " + config.mode());
    }
  }

  private static void refuseWithoutValidation(@Nullable Boolean disabled) {
    if (Boolean.TRUE.equals(disabled)) {
      throw CloudFormationErrors.notDone("DisableValidation");
    }
  }

  /// Throws `ValidationError` for a type that the caller did not list, if there is a list.
  void checkTypes(Template template) {
    for (Template.Resource resource : template.resources().values()) {
      String type = resource.type();
      boolean listed =
          resourceTypes.stream()
              .anyMatch(
                  each ->
                      each.endsWith("*")
                          ? type.startsWith(each.substring(0, each.length() - 1))
                          : type.equals(each));
      if (!resourceTypes.isEmpty() && !listed) {
        throw CloudFormationErrors.validation(
            "Resource type "
                + type
                + " is not allowed by parameter ResourceTypes "
                + resourceTypes);
      }
    }
  }

  private static List<Parameters.Argument> arguments(List<Parameter> parameters) {
    var arguments = new ArrayList<Parameters.Argument>();
    for (Parameter parameter : parameters) {
      String name = parameter.parameterKey();
      if (name == null) {
        throw CloudFormationErrors.validation("Parameters must have a ParameterKey");
      }
      arguments.add(
          new Parameters.Argument(
              name, parameter.parameterValue(), Boolean.TRUE.equals(parameter.usePreviousValue())));
    }
    return arguments;
  }

  private static Map<String, String> tags(List<Tag> tags) {
    var map = new LinkedHashMap<String, String>();
    for (Tag tag : tags) {
      if (tag.key() == null || tag.value() == null) {
        throw CloudFormationErrors.validation("Tags must have a key and a value");
      }
      if (tag.key().startsWith("aws:")) {
        throw CloudFormationErrors.validation(
            "Tag keys that begin with aws: are reserved: " + tag.key());
      }
      map.put(tag.key(), tag.value());
    }
    return map;
  }
}

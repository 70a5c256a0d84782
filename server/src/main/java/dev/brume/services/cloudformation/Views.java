package dev.brume.services.cloudformation;

import dev.brume.json.Json;
import dev.brume.model.cloudformation.Change;
import dev.brume.model.cloudformation.ChangeSetSummary;
import dev.brume.model.cloudformation.DescribeChangeSetOutput;
import dev.brume.model.cloudformation.Output;
import dev.brume.model.cloudformation.Parameter;
import dev.brume.model.cloudformation.ResourceChange;
import dev.brume.model.cloudformation.ResourceChangeDetail;
import dev.brume.model.cloudformation.ResourceTargetDefinition;
import dev.brume.model.cloudformation.RollbackConfiguration;
import dev.brume.model.cloudformation.Stack;
import dev.brume.model.cloudformation.StackDriftInformation;
import dev.brume.model.cloudformation.StackDriftInformationSummary;
import dev.brume.model.cloudformation.StackEvent;
import dev.brume.model.cloudformation.StackResource;
import dev.brume.model.cloudformation.StackResourceDetail;
import dev.brume.model.cloudformation.StackResourceDriftInformation;
import dev.brume.model.cloudformation.StackResourceDriftInformationSummary;
import dev.brume.model.cloudformation.StackResourceSummary;
import dev.brume.model.cloudformation.StackSummary;
import dev.brume.model.cloudformation.Tag;
import dev.brume.services.cloudformation.template.ParameterDeclaration;
import dev.brume.services.cloudformation.template.Template;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows as answers show them.
final class Views {
  private Views() {}

  private static @Nullable Instant time(long millis) {
    return millis == 0 ? null : Instant.ofEpochMilli(millis);
  }

  /// @param template the stack's, for the parameters that are not shown; null if it has none
  static Stack stack(StackRow row, @Nullable Template template) {
    OperationRow operation = row.operation();
    Revision shown = row.current() != null || operation == null ? row.current() : operation.next();
    var stack =
        new Stack()
            .stackId(row.arn())
            .stackName(row.name())
            .changeSetId(row.changeSetId())
            .creationTime(Instant.ofEpochMilli(row.createdMillis()))
            .lastUpdatedTime(time(row.updatedMillis()))
            .deletionTime(time(row.deletedMillis()))
            .stackStatus(row.status())
            .stackStatusReason(shownReason(row))
            .disableRollback(row.disableRollback())
            .enableTerminationProtection(row.terminationProtection())
            .rollbackConfiguration(new RollbackConfiguration())
            .driftInformation(new StackDriftInformation().stackDriftStatus("NOT_CHECKED"))
            .parentId(row.parentArn())
            .rootId(row.rootArn())
            .outputs(outputs(row))
            .notificationARNs(List.of())
            .tags(List.of());
    if (row.timeoutMinutes() > 0) {
      stack.timeoutInMinutes(row.timeoutMinutes());
    }
    if (shown != null) {
      stack
          .description(shown.description())
          .parameters(parameters(shown, template))
          .capabilities(shown.capabilities())
          .notificationARNs(shown.notificationArns())
          .roleARN(shown.roleArn())
          .tags(tags(shown.tags()));
    }
    return stack;
  }

  // "User Initiated" is for the event only.
  private static @Nullable String shownReason(StackRow row) {
    return "User Initiated".equals(row.statusReason()) && !row.inReview()
        ? null
        : row.statusReason();
  }

  private static List<Output> outputs(StackRow row) {
    var outputs = new ArrayList<Output>();
    for (StackRow.OutputRow output : row.outputs()) {
      outputs.add(
          new Output()
              .outputKey(output.key())
              .outputValue(output.value())
              .description(output.description())
              .exportName(output.exportName()));
    }
    return outputs;
  }

  static List<Parameter> parameters(Revision revision, @Nullable Template template) {
    var parameters = new ArrayList<Parameter>();
    for (Map.Entry<String, String> given : revision.parameters().entrySet()) {
      ParameterDeclaration declaration =
          template == null ? null : template.parameters().get(given.getKey());
      boolean hidden = declaration != null && declaration.noEcho();
      parameters.add(
          new Parameter()
              .parameterKey(given.getKey())
              .parameterValue(hidden ? Hidden.MASK : given.getValue())
              .resolvedValue(revision.resolved().get(given.getKey())));
    }
    return parameters;
  }

  static List<Tag> tags(Map<String, String> map) {
    var tags = new ArrayList<Tag>();
    map.forEach((key, value) -> tags.add(new Tag().key(key).value(value)));
    return tags;
  }

  static StackSummary summary(StackRow row) {
    Revision current = row.current();
    return new StackSummary()
        .stackId(row.arn())
        .stackName(row.name())
        .templateDescription(current == null ? null : current.description())
        .creationTime(Instant.ofEpochMilli(row.createdMillis()))
        .lastUpdatedTime(time(row.updatedMillis()))
        .deletionTime(time(row.deletedMillis()))
        .stackStatus(row.status())
        .stackStatusReason(shownReason(row))
        .parentId(row.parentArn())
        .rootId(row.rootArn())
        .driftInformation(new StackDriftInformationSummary().stackDriftStatus("NOT_CHECKED"));
  }

  static StackEvent event(StackRow stack, EventRow row) {
    return new StackEvent()
        .stackId(stack.arn())
        .stackName(stack.name())
        .eventId(row.logicalId() + "-" + row.status() + "-" + Instant.ofEpochMilli(row.millis()))
        .operationId(row.operationId())
        .logicalResourceId(row.logicalId())
        .physicalResourceId(row.physicalId() == null ? "" : row.physicalId())
        .resourceType(row.type())
        .resourceStatus(row.status())
        .resourceStatusReason(row.reason())
        .resourceProperties(row.properties())
        .clientRequestToken(row.token())
        .timestamp(Instant.ofEpochMilli(row.millis()));
  }

  static StackResource resource(StackRow stack, ResourceRow row) {
    return new StackResource()
        .stackId(stack.arn())
        .stackName(stack.name())
        .logicalResourceId(row.logicalId())
        .physicalResourceId(row.physicalId())
        .resourceType(row.type())
        .resourceStatus(row.status())
        .resourceStatusReason(row.reason())
        .timestamp(Instant.ofEpochMilli(row.updatedMillis()))
        .driftInformation(
            new StackResourceDriftInformation().stackResourceDriftStatus("NOT_CHECKED"));
  }

  static StackResourceDetail resourceDetail(StackRow stack, ResourceRow row) {
    Made made = row.effective();
    return new StackResourceDetail()
        .stackId(stack.arn())
        .stackName(stack.name())
        .logicalResourceId(row.logicalId())
        .physicalResourceId(row.physicalId())
        .resourceType(row.type())
        .resourceStatus(row.status())
        .resourceStatusReason(row.reason())
        .lastUpdatedTimestamp(Instant.ofEpochMilli(row.updatedMillis()))
        .metadata(made == null ? null : made.metadata())
        .driftInformation(
            new StackResourceDriftInformation().stackResourceDriftStatus("NOT_CHECKED"));
  }

  static StackResourceSummary resourceSummary(ResourceRow row) {
    return new StackResourceSummary()
        .logicalResourceId(row.logicalId())
        .physicalResourceId(row.physicalId())
        .resourceType(row.type())
        .resourceStatus(row.status())
        .resourceStatusReason(row.reason())
        .lastUpdatedTimestamp(Instant.ofEpochMilli(row.updatedMillis()))
        .driftInformation(
            new StackResourceDriftInformationSummary().stackResourceDriftStatus("NOT_CHECKED"));
  }

  static ChangeSetSummary changeSetSummary(StackRow stack, ChangeSetRow row) {
    return new ChangeSetSummary()
        .stackId(stack.arn())
        .stackName(stack.name())
        .changeSetId(row.arn())
        .changeSetName(row.name())
        .executionStatus(row.executionStatus())
        .status(row.status())
        .statusReason(row.statusReason())
        .creationTime(Instant.ofEpochMilli(row.createdMillis()))
        .description(row.description())
        .includeNestedStacks(row.includeNestedStacks())
        .importExistingResources(row.importExistingResources());
  }

  static DescribeChangeSetOutput changeSet(
      StackRow stack, ChangeSetRow row, @Nullable Template template) {
    return new DescribeChangeSetOutput()
        .changeSetName(row.name())
        .changeSetId(row.arn())
        .stackId(stack.arn())
        .stackName(stack.name())
        .description(row.description())
        .parameters(parameters(row.next(), template))
        .creationTime(Instant.ofEpochMilli(row.createdMillis()))
        .executionStatus(row.executionStatus())
        .status(row.status())
        .statusReason(row.statusReason())
        .notificationARNs(row.next().notificationArns())
        .rollbackConfiguration(new RollbackConfiguration())
        .capabilities(row.next().capabilities())
        .tags(tags(row.next().tags()))
        .includeNestedStacks(row.includeNestedStacks())
        .importExistingResources(row.importExistingResources())
        .onStackFailure(row.onStackFailure());
  }

  static Change change(ChangeSetRow.Planned planned, boolean values) {
    var details = new ArrayList<ResourceChangeDetail>();
    for (ChangeSetRow.Detail detail : planned.details()) {
      var target =
          new ResourceTargetDefinition()
              .attribute(detail.attribute())
              .name(detail.name())
              .requiresRecreation(detail.recreation());
      if (values) {
        target
            .path(detail.path())
            .beforeValue(detail.before())
            .afterValue(detail.after())
            .attributeChangeType(
                detail.before() == null ? "Add" : detail.after() == null ? "Remove" : "Modify");
      }
      details.add(
          new ResourceChangeDetail()
              .target(target)
              .evaluation(detail.evaluation())
              .changeSource(detail.source())
              .causingEntity(detail.causingEntity()));
    }
    return new Change()
        .type("Resource")
        .resourceChange(
            new ResourceChange()
                .action(planned.action())
                .policyAction(planned.policyAction())
                .logicalResourceId(planned.logicalId())
                .physicalResourceId(planned.physicalId())
                .resourceType(planned.type())
                .replacement(planned.replacement())
                .scope(planned.scope())
                .details(details)
                .beforeContext(values ? planned.before() : null)
                .afterContext(values ? planned.after() : null));
  }

  static @Nullable String metadata(Template template) {
    return template.metadata() == null ? null : Json.write(template.metadata());
  }
}

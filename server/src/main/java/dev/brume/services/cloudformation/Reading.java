package dev.brume.services.cloudformation;

import dev.brume.model.Call;
import dev.brume.model.cloudformation.*;
import dev.brume.services.cloudformation.template.Template;
import dev.brume.store.Kv;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The operations that only look.
final class Reading {
  private final Kv kv;
  private final Stacks stacks;
  private final ChangeSets changeSets;
  private final TemplateSource source;
  private final Engine.Context context;

  Reading(
      Kv kv, Stacks stacks, ChangeSets changeSets, TemplateSource source, Engine.Context context) {
    this.kv = kv;
    this.stacks = stacks;
    this.changeSets = changeSets;
    this.source = source;
    this.context = context;
  }

  /// A page of a list, and the token for the next one.
  private record Page<T>(List<T> items, @Nullable String next) {
    static <S, T> Page<T> of(List<S> all, @Nullable String token, Function<S, T> view) {
      int from;
      try {
        from = token == null ? 0 : Integer.parseInt(token);
      } catch (NumberFormatException e) {
        throw CloudFormationErrors.validation("Invalid NextToken: " + token);
      }
      from = Math.clamp(from, 0, all.size());
      int to = Math.min(all.size(), from + CloudFormationLimits.PAGE);
      return new Page<>(
          all.subList(from, to).stream().map(view).toList(),
          to < all.size() ? Integer.toString(to) : null);
    }
  }

  private @Nullable Template template(StackRow stack, @Nullable Revision revision) {
    if (revision == null) {
      return null;
    }
    String text = text(stack, revision);
    return text.isEmpty() ? null : Template.parse(text, revision.values(stack));
  }

  private String text(StackRow stack, Revision revision) {
    return kv.read(
        reader -> CloudFormationStore.template(reader, stack.arn(), revision.templateId()));
  }

  private static @Nullable Revision shown(StackRow stack) {
    OperationRow operation = stack.operation();
    return stack.current() != null || operation == null ? stack.current() : operation.next();
  }

  DescribeStacksOutput describeStacks(Call call, DescribeStacksInput in) {
    String asked = in.stackName();
    if (asked != null) {
      StackRow stack = stacks.get(call, asked);
      if (stack.operation() != null) {
        stacks.hold(stack, CloudFormationLimits.HOLD_DESCRIBE);
        stack = stacks.get(call, asked);
      }
      return new DescribeStacksOutput().stacks(List.of(view(stack)));
    }
    List<StackRow> all = new ArrayList<>(stacks.all(call));
    all.removeIf(StackRow::deleted);
    all.sort(Comparator.comparingLong(StackRow::createdMillis).reversed());
    Page<Stack> page = Page.of(all, in.nextToken(), this::view);
    return new DescribeStacksOutput().stacks(page.items()).nextToken(page.next());
  }

  private Stack view(StackRow stack) {
    Revision shown = shown(stack);
    boolean parameters = shown != null && !shown.parameters().isEmpty();
    return Views.stack(stack, parameters ? template(stack, shown) : null);
  }

  DescribeStackEventsOutput describeStackEvents(Call call, DescribeStackEventsInput in) {
    StackRow stack = named(call, in.stackName());
    long before;
    try {
      before = in.nextToken() == null ? Long.MAX_VALUE : Long.parseLong(in.nextToken());
    } catch (NumberFormatException e) {
      throw CloudFormationErrors.validation("Invalid NextToken: " + in.nextToken());
    }
    List<EventRow> rows =
        kv.read(
            reader ->
                CloudFormationStore.events(reader, stack.arn(), before, CloudFormationLimits.PAGE));
    boolean more = rows.size() == CloudFormationLimits.PAGE;
    return new DescribeStackEventsOutput()
        .stackEvents(rows.stream().map(row -> Views.event(stack, row)).toList())
        .nextToken(more ? Long.toString(rows.getLast().millis()) : null);
  }

  // Some operations name a missing stack in other words than DescribeStacks.
  private StackRow named(Call call, @Nullable String asked) {
    String name = Stacks.required(asked);
    StackRow stack = stacks.find(call, name);
    if (stack == null) {
      throw CloudFormationErrors.noStackNamed(name);
    }
    return stack;
  }

  private List<ResourceRow> resources(StackRow stack) {
    return kv.read(reader -> CloudFormationStore.resources(reader, stack.arn()));
  }

  DescribeStackResourceOutput describeStackResource(Call call, DescribeStackResourceInput in) {
    StackRow stack = existing(call, in.stackName());
    for (ResourceRow row : resources(stack)) {
      if (row.logicalId().equals(in.logicalResourceId())) {
        return new DescribeStackResourceOutput()
            .stackResourceDetail(Views.resourceDetail(stack, row));
      }
    }
    throw CloudFormationErrors.noResource(String.valueOf(in.logicalResourceId()), stack.name());
  }

  private StackRow existing(Call call, @Nullable String asked) {
    String name = Stacks.required(asked);
    StackRow stack = stacks.find(call, name);
    if (stack == null) {
      throw CloudFormationErrors.validation("Stack '" + name + "' does not exist");
    }
    return stack;
  }

  DescribeStackResourcesOutput describeStackResources(Call call, DescribeStackResourcesInput in) {
    String physicalId = in.physicalResourceId();
    if (in.stackName() == null) {
      if (physicalId == null) {
        throw CloudFormationErrors.validation("Stack name or physical resource id is required");
      }
      for (StackRow stack : stacks.all(call)) {
        for (ResourceRow row : resources(stack)) {
          if (!stack.deleted() && physicalId.equals(row.physicalId())) {
            return resources(stack, in.logicalResourceId(), null);
          }
        }
      }
      throw CloudFormationErrors.validation("Stack for " + physicalId + " does not exist");
    }
    StackRow stack = stacks.get(call, in.stackName());
    return resources(stack, in.logicalResourceId(), physicalId);
  }

  private DescribeStackResourcesOutput resources(
      StackRow stack, @Nullable String logicalId, @Nullable String physicalId) {
    var found = new ArrayList<StackResource>();
    for (ResourceRow row : resources(stack)) {
      if ((logicalId == null || logicalId.equals(row.logicalId()))
          && (physicalId == null || physicalId.equals(row.physicalId()))) {
        found.add(Views.resource(stack, row));
      }
    }
    return new DescribeStackResourcesOutput().stackResources(found);
  }

  ListStackResourcesOutput listStackResources(Call call, ListStackResourcesInput in) {
    StackRow stack = stacks.get(call, in.stackName());
    Page<StackResourceSummary> page =
        Page.of(resources(stack), in.nextToken(), Views::resourceSummary);
    return new ListStackResourcesOutput()
        .stackResourceSummaries(page.items())
        .nextToken(page.next());
  }

  ListStacksOutput listStacks(Call call, ListStacksInput in) {
    List<StackRow> all = new ArrayList<>(stacks.all(call));
    all.removeIf(
        stack ->
            !in.stackStatusFilter().isEmpty() && !in.stackStatusFilter().contains(stack.status()));
    all.sort(Comparator.comparingLong(StackRow::createdMillis).reversed());
    Page<StackSummary> page = Page.of(all, in.nextToken(), Views::summary);
    return new ListStacksOutput().stackSummaries(page.items()).nextToken(page.next());
  }

  GetTemplateOutput getTemplate(Call call, GetTemplateInput in) {
    List<String> stages = List.of("Original", "Processed");
    if (in.changeSetName() != null) {
      ChangeSetRow row = changeSets.get(call, in.changeSetName(), in.stackName());
      StackRow stack = stacks.get(call, row.stackArn());
      return new GetTemplateOutput()
          .templateBody(shown(stack, row.next(), in.templateStage()))
          .stagesAvailable(stages);
    }
    StackRow stack = stacks.get(call, in.stackName());
    Revision shown = shown(stack);
    return new GetTemplateOutput()
        .templateBody(shown == null ? "" : shown(stack, shown, in.templateStage()))
        .stagesAvailable(stages);
  }

  private String shown(StackRow stack, Revision revision, @Nullable String stage) {
    String text = text(stack, revision);
    return "Original".equals(stage) || text.isEmpty()
        ? text
        : Template.processed(text, revision.values(stack));
  }

  private Template given(Call call, @Nullable String body, @Nullable String url) {
    return Template.parse(source.text(call, body, url));
  }

  GetTemplateSummaryOutput getTemplateSummary(Call call, GetTemplateSummaryInput in) {
    if (in.stackSetName() != null) {
      throw CloudFormationErrors.notDone("stack sets");
    }
    Template template;
    if (in.stackName() != null) {
      StackRow stack = stacks.get(call, in.stackName());
      template = template(stack, shown(stack));
      if (template == null) {
        return new GetTemplateSummaryOutput();
      }
    } else {
      template = given(call, in.templateBody(), in.templateURL());
    }
    Capabilities capabilities = Capabilities.of(template);
    var types = new LinkedHashSet<String>();
    template.resources().values().forEach(each -> types.add(each.type()));
    return new GetTemplateSummaryOutput()
        .parameters(parameters(template))
        .description(template.description())
        .capabilities(capabilities.required())
        .capabilitiesReason(capabilities.reason())
        .resourceTypes(List.copyOf(types))
        .version("2010-09-09")
        .metadata(Views.metadata(template))
        .declaredTransforms(template.transforms())
        .resourceIdentifierSummaries(identifiers(template));
  }

  private List<ResourceIdentifierSummary> identifiers(Template template) {
    var byType = new TreeMap<String, List<String>>();
    template
        .resources()
        .values()
        .forEach(
            each ->
                byType.computeIfAbsent(each.type(), _ -> new ArrayList<>()).add(each.logicalId()));
    var summaries = new ArrayList<ResourceIdentifierSummary>();
    byType.forEach(
        (type, ids) -> {
          List<String> identifiers = context.specification().identifiers(type);
          if (!identifiers.isEmpty()) {
            summaries.add(
                new ResourceIdentifierSummary()
                    .resourceType(type)
                    .logicalResourceIds(ids)
                    .resourceIdentifiers(identifiers));
          }
        });
    return summaries;
  }

  private static List<ParameterDeclaration> parameters(Template template) {
    return template.parameters().values().stream()
        .map(
            each ->
                new ParameterDeclaration()
                    .parameterKey(each.name())
                    .parameterType(each.type())
                    .defaultValue(each.defaultValue())
                    .noEcho(each.noEcho())
                    .description(each.description())
                    .parameterConstraints(
                        new ParameterConstraints().allowedValues(each.allowedValues())))
        .toList();
  }

  ValidateTemplateOutput validateTemplate(Call call, ValidateTemplateInput in) {
    Template template = given(call, in.templateBody(), in.templateURL());
    context.types().checkNames(template);
    Capabilities capabilities = Capabilities.of(template);
    return new ValidateTemplateOutput()
        .parameters(
            template.parameters().values().stream()
                .map(
                    each ->
                        new TemplateParameter()
                            .parameterKey(each.name())
                            .defaultValue(each.defaultValue())
                            .noEcho(each.noEcho())
                            .description(each.description()))
                .toList())
        .description(template.description())
        .capabilities(capabilities.required())
        .capabilitiesReason(capabilities.reason())
        .declaredTransforms(template.transforms());
  }

  ListExportsOutput listExports(Call call, ListExportsInput in) {
    List<CloudFormationStore.ExportRow> all =
        kv.read(reader -> CloudFormationStore.exports(reader, call.account(), call.region()));
    Page<Export> page =
        Page.of(
            all,
            in.nextToken(),
            row ->
                new Export().name(row.name()).value(row.value()).exportingStackId(row.stackArn()));
    return new ListExportsOutput().exports(page.items()).nextToken(page.next());
  }

  ListImportsOutput listImports(Call call, ListImportsInput in) {
    String name = String.valueOf(in.exportName());
    String here = call.arn("cloudformation", "stack");
    List<String> users =
        kv.read(
            reader ->
                CloudFormationStore.importers(reader, here, name).stream()
                    .map(Outputs::name)
                    .toList());
    if (users.isEmpty()) {
      throw CloudFormationErrors.validation("Export '" + name + "' is not imported by any stack.");
    }
    Page<String> page = Page.of(users, in.nextToken(), each -> each);
    return new ListImportsOutput().imports(page.items()).nextToken(page.next());
  }

  DescribeChangeSetOutput describeChangeSet(Call call, DescribeChangeSetInput in) {
    ChangeSetRow row = changeSets.get(call, in.changeSetName(), in.stackName());
    StackRow stack = stacks.get(call, row.stackArn());
    boolean values = Boolean.TRUE.equals(in.includePropertyValues());
    Page<Change> page =
        Page.of(row.changes(), in.nextToken(), planned -> Views.change(planned, values));
    Template template = row.next().parameters().isEmpty() ? null : template(stack, row.next());
    return Views.changeSet(stack, row, template).changes(page.items()).nextToken(page.next());
  }

  ListChangeSetsOutput listChangeSets(Call call, ListChangeSetsInput in) {
    StackRow stack = named(call, in.stackName());
    List<ChangeSetRow> all =
        kv.read(reader -> CloudFormationStore.changeSets(reader, stack.arn())).stream()
            .filter(row -> !Objects.equals(row.executionStatus(), "EXECUTE_COMPLETE"))
            .toList();
    Page<ChangeSetSummary> page =
        Page.of(all, in.nextToken(), row -> Views.changeSetSummary(stack, row));
    return new ListChangeSetsOutput().summaries(page.items()).nextToken(page.next());
  }
}

package dev.brume.services.cloudformation;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Principal;
import dev.brume.model.ServiceError;
import dev.brume.model.iam.GetRoleRequest;
import dev.brume.model.iam.IamClient;
import dev.brume.model.iam.Role;
import dev.brume.services.cloudformation.ChangeSetRow.Planned;
import dev.brume.services.cloudformation.template.Graph;
import dev.brume.services.cloudformation.template.Intrinsics;
import dev.brume.services.cloudformation.template.Parameters;
import dev.brume.services.cloudformation.template.References;
import dev.brume.services.cloudformation.template.Rules;
import dev.brume.services.cloudformation.template.Scope;
import dev.brume.services.cloudformation.template.Template;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Turns what was submitted into what an operation can carry out: template fetched and checked,
/// parameters resolved, changes planned.
final class Preparation {
  private final Engine.Context context;
  private final TemplateSource source;
  private final IamClient iam;
  private final Ids ids;

  /// @param changed whether anything would change, if only outputs
  /// @param problems why the operation would fail
  record Prepared(
      Revision revision,
      String text,
      List<Planned> changes,
      boolean changed,
      List<String> problems,
      Caller caller) {}

  Preparation(Engine.Context context, TemplateSource source) {
    this.context = context;
    this.source = source;
    this.iam = new IamClient(context.operations());
    this.ids = context.ids();
  }

  /// Checks and plans. Throws `ValidationError` for a template that no stack could be made from.
  ///
  /// @param stack as it is; in review for one to be created
  Prepared prepare(Call call, StackRow stack, Submission submission) {
    Revision before = stack.current();
    String text = text(call, stack, submission);
    Template declared = Template.parse(text);
    check(declared, submission);
    String roleArn =
        submission.roleArn() != null
            ? submission.roleArn()
            : before == null ? null : before.roleArn();
    Caller caller = caller(call, roleArn);
    Call as = call.as(caller.principal());
    var plan =
        new Plan(context.kv().read(reader -> CloudFormationStore.resources(reader, stack.arn())));
    var scope = new LiveScope(context.kv(), context.operations(), as, stack.arn(), plan::made);
    Parameters parameters =
        Parameters.of(
            declared,
            submission.parameters(),
            before == null ? Map.of() : before.parameters(),
            scope::parameter);
    Template template = declared;
    if (declared.loops()) {
      template = Template.parse(text, Revision.values(parameters, stack));
      check(template, submission);
    }
    Map<String, String> tags = submission.tags();
    List<String> notify = submission.notificationArns();
    var revision =
        new Revision(
            ids.uuid(),
            template.description(),
            parameters.given(),
            parameters.resolved(),
            tags != null ? tags : before == null ? Map.of() : before.tags(),
            submission.capabilities(),
            notify != null ? notify : before == null ? List.of() : before.notificationArns(),
            roleArn);
    var place =
        new Scope.Place(
            call.account(), call.region(), stack.name(), stack.arn(), revision.notificationArns());
    var intrinsics = new Intrinsics(template, parameters, place, scope);
    Rules.check(template, intrinsics);
    Graph graph = Graph.of(template, intrinsics);
    context.types().checkImplemented(template, graph.dependencies().keySet());
    checkAttributes(template, intrinsics);
    plan.make(
        new Wanted(
            template, intrinsics, graph, context.types(), context.specification(), revision.tags()),
        Hidden.of(template, revision));
    boolean changed = !plan.changes().isEmpty() || differs(stack, template, revision);
    if (!changed && plan.problems().isEmpty()) {
      // No resource changes, so that every value is known.
      changed = !Outputs.of(template, intrinsics).equals(stack.outputs());
    }
    return new Prepared(revision, text, plan.changes(), changed, plan.problems(), caller);
  }

  private void check(Template template, Submission submission) {
    context.types().checkNames(template);
    submission.checkTypes(template);
    Capabilities.of(template).check(submission.capabilities());
  }

  private void checkAttributes(Template template, Intrinsics intrinsics) {
    for (Template.Resource resource : template.resources().values()) {
      if (intrinsics.present(resource)) {
        References.attributes(
            resource.properties(),
            intrinsics::condition,
            (id, attribute) -> checkAttribute(template, id, attribute));
      }
    }
  }

  private void checkAttribute(Template template, String id, String attribute) {
    Template.Resource target = template.resources().get(id);
    if (target != null
        && !attribute.isEmpty()
        && !Types.custom(target.type())
        && !context.specification().hasAttribute(target.type(), attribute)) {
      throw CloudFormationErrors.noAttribute(id, attribute);
    }
  }

  private String text(Call call, StackRow stack, Submission submission) {
    if (!submission.previousTemplate()) {
      return source.text(call, submission.templateBody(), submission.templateUrl());
    }
    Revision before = stack.current();
    if (before == null) {
      throw CloudFormationErrors.validation("There is no previous template to use.");
    }
    return template(stack, before);
  }

  String template(StackRow stack, Revision revision) {
    return context
        .kv()
        .read(reader -> CloudFormationStore.template(reader, stack.arn(), revision.templateId()));
  }

  // Changes that touch no resource.
  private boolean differs(StackRow stack, Template after, Revision revision) {
    Revision current = stack.current();
    if (current == null) {
      return true;
    }
    Template before = Template.parse(template(stack, current), current.values(stack));
    return !before.outputs().equals(after.outputs())
        || !Objects.equals(before.description(), after.description())
        || !current.tags().equals(revision.tags())
        || !current.notificationArns().equals(revision.notificationArns());
  }

  /// On whose behalf the calls are made: the role's, else the caller's.
  Caller caller(Call call, @Nullable String roleArn) {
    if (roleArn == null || roleArn.isEmpty()) {
      return Caller.of(call.principal(), call.account());
    }
    String[] parts = roleArn.split(":", 6);
    if (parts.length < 6 || !parts[2].equals("iam") || !parts[5].startsWith("role/")) {
      throw CloudFormationErrors.role(roleArn);
    }
    String account = parts[4];
    String name = roleArn.substring(roleArn.lastIndexOf('/') + 1);
    try {
      Role role =
          iam.getRole(
                  call.in(account, call.region()).as(new Principal.Root(account)),
                  new GetRoleRequest().roleName(name))
              .role();
      String id = role == null || role.roleId() == null ? "" : role.roleId();
      return new Caller("role", account, name, roleArn, id, "AWSCloudFormation");
    } catch (ServiceError e) {
      throw CloudFormationErrors.role(roleArn);
    }
  }
}

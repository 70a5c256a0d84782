package dev.brume.services.cloudformation;

import dev.brume.gateway.FrontDoor;
import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.cloudformation.*;
import dev.brume.resources.ResourceType;
import dev.brume.services.cloudformation.OperationRow.Kind;
import dev.brume.services.cloudformation.OperationRow.Phase;
import dev.brume.services.cloudformation.Preparation.Prepared;
import dev.brume.services.cloudformation.template.Specification;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The operations of CloudFormation that change something; those that only look are in [Reading].
public final class CloudFormationService implements CloudFormationApi, AutoCloseable {
  private final Kv kv;
  private final Ids ids;
  private final CustomResources custom;
  private final Engine engine;
  private final Stacks stacks;
  private final Preparation preparation;
  private final ChangeSets changeSets;
  private final Reading reading;

  /// @param types what can be deployed
  public CloudFormationService(
      Kv kv,
      Clock clock,
      Timers timers,
      Ids ids,
      Operations operations,
      Collection<ResourceType> types) {
    this.kv = kv;
    this.ids = ids;
    this.custom = new CustomResources(kv, clock, timers, ids, operations);
    Specification specification = new Specification();
    var all = new ArrayList<>(types);
    all.addAll(OwnTypes.all());
    all.add(new NestedStack(this));
    var context =
        new Engine.Context(
            kv,
            clock,
            timers,
            ids,
            operations,
            new Types(all, specification, custom::type),
            specification,
            custom);
    this.engine = new Engine(context);
    this.stacks = new Stacks(kv, ids, engine);
    var source = new TemplateSource(operations);
    this.preparation = new Preparation(context, source);
    this.changeSets = new ChangeSets(kv, ids, stacks, preparation);
    this.reading = new Reading(kv, stacks, changeSets, source, context);
  }

  /// Goes on with the operations that the last run left unfinished. Called once all services are
  /// there.
  public void start() {
    engine.resume();
  }

  /// Where custom resources answer.
  public FrontDoor door() {
    return new CustomResourceDoor(custom);
  }

  @Override
  public void close() {
    engine.close();
  }

  @Override
  public CreateChangeSetOutput createChangeSet(Call call, CreateChangeSetInput in) {
    return changeSets.create(call, in);
  }

  @Override
  public ExecuteChangeSetOutput executeChangeSet(Call call, ExecuteChangeSetInput in) {
    changeSets.execute(call, in);
    return new ExecuteChangeSetOutput();
  }

  @Override
  public DeleteChangeSetOutput deleteChangeSet(Call call, DeleteChangeSetInput in) {
    changeSets.delete(call, in);
    return new DeleteChangeSetOutput();
  }

  @Override
  public DescribeChangeSetOutput describeChangeSet(Call call, DescribeChangeSetInput in) {
    return reading.describeChangeSet(call, in);
  }

  @Override
  public ListChangeSetsOutput listChangeSets(Call call, ListChangeSetsInput in) {
    return reading.listChangeSets(call, in);
  }

  @Override
  public CreateStackOutput createStack(Call call, CreateStackInput in) {
    if (in.stackPolicyURL() != null) {
      throw CloudFormationErrors.notDone("StackPolicyURL");
    }
    if (in.disableRollback() != null && in.onFailure() != null) {
      throw CloudFormationErrors.validation(
          "You can specify either DisableRollback or OnFailure, but not both.");
    }
    return create(call, in, null, null);
  }

  /// Creates a stack, on its own or inside another.
  CreateStackOutput create(
      Call call, CreateStackInput in, @Nullable String parentArn, @Nullable String rootArn) {
    String name = Stacks.required(in.stackName());
    if (stacks.find(call, name) != null) {
      throw CloudFormationErrors.stackExists(name);
    }
    StackRow fresh =
        stacks
            .fresh(call, name)
            .nestedIn(parentArn, rootArn)
            .stackPolicy(in.stackPolicyBody())
            .terminationProtection(Boolean.TRUE.equals(in.enableTerminationProtection()))
            .options(
                in.timeoutInMinutes() == null ? 0 : in.timeoutInMinutes(),
                without(in.disableRollback(), in.deploymentConfig()));
    StackPolicy.parse(in.stackPolicyBody());
    Prepared prepared = preparation.prepare(call, fresh, Submission.of(in));
    refuseProblems(prepared);
    boolean stop =
        without(in.disableRollback(), in.deploymentConfig()) || "DO_NOTHING".equals(in.onFailure());
    OperationRow operation =
        OperationRow.begin(
                ids.uuid(), Kind.CREATE, prepared.revision(), prepared.caller(), call.endpoint())
            .with(in.clientRequestToken(), stop, in.onFailure())
            .with(in.retainExceptOnCreate(), false, null);
    stacks.begin(
        call,
        fresh,
        operation,
        row -> row,
        tx -> {
          if (CloudFormationStore.arnOf(tx, fresh.account(), fresh.region(), name) != null) {
            throw CloudFormationErrors.stackExists(name);
          }
          return null;
        },
        tx ->
            CloudFormationStore.putTemplate(
                tx, fresh.arn(), prepared.revision().templateId(), prepared.text()),
        CloudFormationLimits.HOLD);
    return new CreateStackOutput().stackId(fresh.arn()).operationId(operation.id());
  }

  private static boolean without(
      @Nullable Boolean rollbackDisabled, @Nullable DeploymentConfig config) {
    return Boolean.TRUE.equals(rollbackDisabled)
        || config != null && Boolean.TRUE.equals(config.disableRollback());
  }

  private static void refuseProblems(Prepared prepared) {
    if (!prepared.problems().isEmpty()) {
      throw CloudFormationErrors.validation(String.join(" ", prepared.problems()));
    }
  }

  @Override
  public UpdateStackOutput updateStack(Call call, UpdateStackInput in) {
    if (in.stackPolicyURL() != null || in.stackPolicyDuringUpdateURL() != null) {
      throw CloudFormationErrors.notDone("StackPolicyURL");
    }
    String asked = Stacks.required(in.stackName());
    StackRow stack = stacks.find(call, asked);
    if (stack == null || stack.deleted()) {
      throw CloudFormationErrors.noStackNamed(asked);
    }
    Stacks.updatable(stack);
    StackPolicy.parse(in.stackPolicyBody());
    StackPolicy.parse(in.stackPolicyDuringUpdateBody());
    Prepared prepared = preparation.prepare(call, stack, Submission.of(in));
    refuseProblems(prepared);
    if (!prepared.changed() && !stack.status().endsWith("_FAILED")) {
      throw CloudFormationErrors.noUpdates();
    }
    OperationRow operation =
        OperationRow.begin(
                ids.uuid(), Kind.UPDATE, prepared.revision(), prepared.caller(), call.endpoint())
            .with(
                in.clientRequestToken(), without(in.disableRollback(), in.deploymentConfig()), null)
            .with(in.retainExceptOnCreate(), false, in.stackPolicyDuringUpdateBody());
    stacks.begin(
        call,
        stack,
        operation,
        row -> in.stackPolicyBody() == null ? row : row.stackPolicy(in.stackPolicyBody()),
        tx -> Stacks.idle(tx, stack.arn(), "updated"),
        tx -> {
          CloudFormationStore.outdate(tx, stack.arn());
          CloudFormationStore.putTemplate(
              tx, stack.arn(), prepared.revision().templateId(), prepared.text());
        },
        CloudFormationLimits.HOLD);
    return new UpdateStackOutput().stackId(stack.arn()).operationId(operation.id());
  }

  @Override
  public DeleteStackResponse deleteStack(Call call, DeleteStackInput in) {
    StackRow stack = stacks.find(call, Stacks.required(in.stackName()));
    if (stack == null || stack.deleted()) {
      return new DeleteStackResponse();
    }
    if (stack.terminationProtection()) {
      throw CloudFormationErrors.protectedStack(stack.name());
    }
    if (stack.status().equals("DELETE_IN_PROGRESS")) {
      stacks.hold(stack, CloudFormationLimits.HOLD);
      return new DeleteStackResponse();
    }
    boolean force = "FORCE_DELETE_STACK".equals(in.deletionMode());
    boolean failedBefore = stack.status().equals("DELETE_FAILED");
    if ((force || !in.retainResources().isEmpty()) && !failedBefore) {
      throw CloudFormationErrors.onlyAfterFailure(
          stack, force ? "DeletionMode" : "RetainResources");
    }
    Revision current = stack.current();
    String role = in.roleARN() != null ? in.roleARN() : current == null ? null : current.roleArn();
    OperationRow operation =
        OperationRow.begin(
                ids.uuid(), Kind.DELETE, null, preparation.caller(call, role), call.endpoint())
            .with(in.clientRequestToken(), false, null)
            .with(false, force, null)
            .retaining(in.retainResources());
    stacks.begin(
        call,
        stack,
        operation,
        row -> row,
        tx -> {
          StackRow now = Stacks.idle(tx, stack.arn(), "deleted");
          Outputs.refuseInUse(tx, now);
          return now;
        },
        tx ->
            CloudFormationStore.changeSets(tx, stack.arn())
                .forEach(row -> CloudFormationStore.delete(tx, row)),
        CloudFormationLimits.HOLD);
    return new DeleteStackResponse();
  }

  @Override
  public ContinueUpdateRollbackOutput continueUpdateRollback(
      Call call, ContinueUpdateRollbackInput in) {
    if (in.roleARN() != null || Boolean.TRUE.equals(in.forceRollback())) {
      throw CloudFormationErrors.notDone(in.roleARN() != null ? "RoleARN" : "ForceRollback");
    }
    StackRow stack = stacks.get(call, in.stackName());
    OperationRow interrupted = stack.interrupted();
    if (!stack.status().equals("UPDATE_ROLLBACK_FAILED") || interrupted == null) {
      throw CloudFormationErrors.wrongState(stack.arn(), stack.status(), "continued rolling back");
    }
    var rows = kv.read(reader -> CloudFormationStore.resources(reader, stack.arn()));
    for (String id : in.resourcesToSkip()) {
      if (rows.stream()
          .noneMatch(row -> row.logicalId().equals(id) && row.status().equals("UPDATE_FAILED"))) {
        throw CloudFormationErrors.notToSkip(id);
      }
    }
    resume(
        call,
        stack,
        interrupted.in(Phase.BACK, interrupted.reason()).retaining(in.resourcesToSkip()),
        "UPDATE_ROLLBACK_IN_PROGRESS");
    return new ContinueUpdateRollbackOutput();
  }

  private void resume(Call call, StackRow stack, OperationRow operation, String status) {
    kv.tx(
        tx -> {
          StackRow now = Stacks.idle(tx, stack.arn(), "rolled back");
          StackRow begun = now.operation(operation).status(status, "User Initiated");
          CloudFormationStore.put(tx, begun);
          CloudFormationStore.append(
              tx,
              begun.arn(),
              Run.event(begun, operation, status, "User Initiated", call.now().toEpochMilli()));
          return 0;
        });
    engine.start(stack.arn());
    engine.await(stack.arn(), CloudFormationLimits.HOLD);
  }

  @Override
  public UpdateTerminationProtectionOutput updateTerminationProtection(
      Call call, UpdateTerminationProtectionInput in) {
    StackRow stack = stacks.get(call, in.stackName());
    boolean on = Boolean.TRUE.equals(in.enableTerminationProtection());
    change(stack.arn(), row -> row.terminationProtection(on));
    return new UpdateTerminationProtectionOutput().stackId(stack.arn());
  }

  @Override
  public SetStackPolicyResponse setStackPolicy(Call call, SetStackPolicyInput in) {
    if (in.stackPolicyURL() != null) {
      throw CloudFormationErrors.notDone("StackPolicyURL");
    }
    StackRow stack = stacks.get(call, in.stackName());
    StackPolicy.parse(in.stackPolicyBody());
    change(stack.arn(), row -> row.stackPolicy(in.stackPolicyBody()));
    return new SetStackPolicyResponse();
  }

  private void change(String arn, java.util.function.UnaryOperator<StackRow> change) {
    kv.tx(
        tx -> {
          StackRow row = Objects.requireNonNull(CloudFormationStore.stack(tx, arn));
          CloudFormationStore.put(tx, change.apply(row));
          return 0;
        });
  }

  @Override
  public GetStackPolicyOutput getStackPolicy(Call call, GetStackPolicyInput in) {
    return new GetStackPolicyOutput()
        .stackPolicyBody(stacks.get(call, in.stackName()).stackPolicy());
  }

  @Override
  public DescribeStacksOutput describeStacks(Call call, DescribeStacksInput in) {
    return reading.describeStacks(call, in);
  }

  @Override
  public DescribeStackEventsOutput describeStackEvents(Call call, DescribeStackEventsInput in) {
    return reading.describeStackEvents(call, in);
  }

  @Override
  public DescribeStackResourceOutput describeStackResource(
      Call call, DescribeStackResourceInput in) {
    return reading.describeStackResource(call, in);
  }

  @Override
  public DescribeStackResourcesOutput describeStackResources(
      Call call, DescribeStackResourcesInput in) {
    return reading.describeStackResources(call, in);
  }

  @Override
  public ListStackResourcesOutput listStackResources(Call call, ListStackResourcesInput in) {
    return reading.listStackResources(call, in);
  }

  @Override
  public ListStacksOutput listStacks(Call call, ListStacksInput in) {
    return reading.listStacks(call, in);
  }

  @Override
  public GetTemplateOutput getTemplate(Call call, GetTemplateInput in) {
    return reading.getTemplate(call, in);
  }

  @Override
  public GetTemplateSummaryOutput getTemplateSummary(Call call, GetTemplateSummaryInput in) {
    return reading.getTemplateSummary(call, in);
  }

  @Override
  public ValidateTemplateOutput validateTemplate(Call call, ValidateTemplateInput in) {
    return reading.validateTemplate(call, in);
  }

  @Override
  public ListExportsOutput listExports(Call call, ListExportsInput in) {
    return reading.listExports(call, in);
  }

  @Override
  public ListImportsOutput listImports(Call call, ListImportsInput in) {
    return reading.listImports(call, in);
  }

  /// The outputs of a stack that is at rest.
  Map<String, String> outputs(Call call, String arn) {
    var values = new java.util.LinkedHashMap<String, String>();
    stacks.get(call, arn).outputs().forEach(each -> values.put(each.key(), each.value()));
    return values;
  }

  /// The stack once it is at rest.
  StackRow rested(Call call, String arn) {
    while (true) {
      StackRow stack = stacks.get(call, arn);
      if (stack.operation() == null) {
        return stack;
      }
      if (!engine.busy(arn)) {
        engine.start(arn);
      }
      engine.await(arn, CloudFormationLimits.HOLD);
    }
  }

  @Nullable StackRow find(Call call, String asked) {
    return stacks.find(call, asked);
  }
}

package dev.brume.services.cloudformation;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.model.cloudformation.CreateChangeSetInput;
import dev.brume.model.cloudformation.CreateChangeSetOutput;
import dev.brume.model.cloudformation.DeleteChangeSetInput;
import dev.brume.model.cloudformation.ExecuteChangeSetInput;
import dev.brume.services.cloudformation.OperationRow.Kind;
import dev.brume.services.cloudformation.Preparation.Prepared;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Change sets: made complete before the answer, so that nobody polls for them.
final class ChangeSets {
  private static final Set<String> KINDS = Set.of("CREATE", "UPDATE");

  private final Kv kv;
  private final Ids ids;
  private final Stacks stacks;
  private final Preparation preparation;

  ChangeSets(Kv kv, Ids ids, Stacks stacks, Preparation preparation) {
    this.kv = kv;
    this.ids = ids;
    this.stacks = stacks;
    this.preparation = preparation;
  }

  CreateChangeSetOutput create(Call call, CreateChangeSetInput in) {
    String kind = in.changeSetType() == null ? "UPDATE" : in.changeSetType();
    if (!KINDS.contains(kind)) {
      throw CloudFormationErrors.notDone("change sets of the type " + kind);
    }
    if (in.deploymentMode() != null) {
      throw CloudFormationErrors.notDone("the deployment mode " + in.deploymentMode());
    }
    String name = in.changeSetName();
    if (name == null || !name.matches("[a-zA-Z][-a-zA-Z0-9]{0,127}")) {
      throw CloudFormationErrors.validation("Invalid change set name: " + name);
    }
    StackRow stack = target(call, Stacks.required(in.stackName()), kind, name);
    boolean fresh = kv.read(reader -> CloudFormationStore.stack(reader, stack.arn())) == null;
    ChangeSetRow existing =
        kv.read(reader -> CloudFormationStore.changeSet(reader, stack.arn(), name));
    if (existing != null && !existing.executionStatus().equals("EXECUTE_COMPLETE")) {
      throw CloudFormationErrors.changeSetExists(name);
    }
    Prepared prepared = preparation.prepare(call, stack, Submission.of(in));
    ChangeSetRow row = row(call, in, kind, name, stack, prepared);
    kv.tx(
        tx -> {
          if (fresh) {
            review(tx, call, stack);
          }
          CloudFormationStore.putTemplate(
              tx, stack.arn(), prepared.revision().templateId(), prepared.text());
          CloudFormationStore.put(tx, row);
          return 0;
        });
    return new CreateChangeSetOutput().id(row.arn()).stackId(stack.arn());
  }

  private StackRow target(Call call, String asked, String kind, String changeSet) {
    StackRow stack = stacks.find(call, asked);
    if (kind.equals("UPDATE")) {
      if (stack == null || stack.deleted()) {
        throw CloudFormationErrors.noStackNamed(asked);
      }
      Stacks.updatable(stack);
      return stack;
    }
    if (stack == null) {
      return stacks.fresh(call, asked);
    }
    if (!stack.inReview()) {
      throw CloudFormationErrors.validation(
          "Stack ["
              + stack.name()
              + "] already exists and cannot be created again with the changeSet ["
              + changeSet
              + "].");
    }
    return stack;
  }

  private static void review(Tx tx, Call call, StackRow stack) {
    if (CloudFormationStore.arnOf(tx, stack.account(), stack.region(), stack.name()) != null) {
      throw CloudFormationErrors.stackExists(stack.name());
    }
    StackRow review = stack.status("REVIEW_IN_PROGRESS", "User Initiated");
    CloudFormationStore.put(tx, review);
    var caller = Caller.of(call.principal(), call.account());
    var operation =
        OperationRow.begin(call.requestId(), Kind.CREATE, null, caller, call.endpoint());
    CloudFormationStore.append(
        tx,
        stack.arn(),
        Run.event(review, operation, review.status(), "User Initiated", call.now().toEpochMilli()));
  }

  private ChangeSetRow row(
      Call call,
      CreateChangeSetInput in,
      String kind,
      String name,
      StackRow stack,
      Prepared prepared) {
    String reason = null;
    if (!prepared.problems().isEmpty()) {
      reason = String.join(" ", prepared.problems());
    } else if (!prepared.changed()) {
      reason = CloudFormationErrors.NO_CHANGES;
    }
    return new ChangeSetRow(
        call.arn("cloudformation", "changeSet/" + name + "/" + ids.uuid()),
        name,
        stack.arn(),
        kind,
        reason == null ? "CREATE_COMPLETE" : "FAILED",
        reason,
        reason == null ? "AVAILABLE" : "UNAVAILABLE",
        in.description(),
        prepared.revision(),
        prepared.changes(),
        in.includeNestedStacks(),
        in.importExistingResources(),
        in.onStackFailure(),
        call.now().toEpochMilli());
  }

  /// The change set by ARN, or by name and stack. Throws `ChangeSetNotFound`.
  ChangeSetRow get(Call call, @Nullable String asked, @Nullable String stackName) {
    ChangeSetRow row = find(call, asked, stackName);
    if (row == null) {
      throw CloudFormationErrors.noChangeSet(String.valueOf(asked));
    }
    return row;
  }

  private @Nullable ChangeSetRow find(
      Call call, @Nullable String asked, @Nullable String stackName) {
    if (asked == null) {
      throw CloudFormationErrors.validation("ChangeSetName must not be null");
    }
    if (asked.startsWith("arn:")) {
      return Stacks.here(call, asked)
          ? kv.read(reader -> CloudFormationStore.changeSetByArn(reader, asked))
          : null;
    }
    if (stackName == null) {
      throw CloudFormationErrors.validation(
          "StackName must be specified if ChangeSetName is not specified as an ARN.");
    }
    StackRow stack = stacks.find(call, stackName);
    if (stack == null) {
      return null;
    }
    return kv.read(reader -> CloudFormationStore.changeSet(reader, stack.arn(), asked));
  }

  void execute(Call call, ExecuteChangeSetInput in) {
    ChangeSetRow row = get(call, in.changeSetName(), in.stackName());
    executable(row);
    StackRow stack = stacks.get(call, row.stackArn());
    Kind kind = stack.inReview() ? Kind.CREATE : Kind.UPDATE;
    Caller caller = preparation.caller(call, row.next().roleArn());
    boolean stop =
        Boolean.TRUE.equals(in.disableRollback()) || "DO_NOTHING".equals(row.onStackFailure());
    String onFailure = kind == Kind.CREATE ? row.onStackFailure() : null;
    OperationRow operation =
        OperationRow.begin(ids.uuid(), kind, row.next(), caller, call.endpoint())
            .with(in.clientRequestToken(), stop, onFailure)
            .with(in.retainExceptOnCreate(), false, null);
    stacks.begin(
        call,
        stack,
        operation,
        now -> now.changeSet(row.arn()),
        tx -> {
          StackRow now = Stacks.idle(tx, stack.arn(), "updated");
          ChangeSetRow again = CloudFormationStore.changeSet(tx, stack.arn(), row.name());
          executable(again == null ? row.executed("OBSOLETE") : again);
          if (kind == Kind.UPDATE) {
            Stacks.updatable(now);
          }
          return now;
        },
        tx -> {
          for (ChangeSetRow other : CloudFormationStore.changeSets(tx, stack.arn())) {
            if (other.arn().equals(row.arn())) {
              CloudFormationStore.put(tx, other.executed("EXECUTE_COMPLETE"));
            } else {
              CloudFormationStore.delete(tx, other);
            }
          }
        },
        CloudFormationLimits.HOLD);
  }

  private static void executable(ChangeSetRow row) {
    if (!row.status().equals("CREATE_COMPLETE") || !row.executionStatus().equals("AVAILABLE")) {
      throw CloudFormationErrors.changeSetStatus(
          row.arn(), row.status().equals("FAILED") ? row.status() : row.executionStatus());
    }
  }

  void delete(Call call, DeleteChangeSetInput in) {
    ChangeSetRow row = find(call, in.changeSetName(), in.stackName());
    if (row == null) {
      // Deleting what is not there is a success; of a stack that is not there it is not.
      if (in.stackName() != null && stacks.find(call, in.stackName()) == null) {
        throw CloudFormationErrors.noStackNamed(in.stackName());
      }
      return;
    }
    kv.tx(
        tx -> {
          CloudFormationStore.delete(tx, row);
          return 0;
        });
  }
}

package dev.brume.services.cloudformation;

import dev.brume.model.ServiceError;
import dev.brume.services.cloudformation.OperationRow.Kind;
import dev.brume.services.cloudformation.OperationRow.Phase;
import dev.brume.services.cloudformation.template.Graph;
import dev.brume.services.cloudformation.template.Intrinsics;
import dev.brume.services.cloudformation.template.Scope;
import dev.brume.services.cloudformation.template.Template;
import dev.brume.time.Timers;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One stack operation, from the phase that it is in to its end.
final class Deployment {
  private static final String TOO_LATE = "Stack creation time exceeded the specified timeout";

  private final Engine.Context context;
  private final Run run;
  private final Steps steps;
  private final Removal removal;
  private final OperationRow operation;
  private final AtomicBoolean late = new AtomicBoolean();

  Deployment(Engine.Context context, StackRow stack, OperationRow operation) {
    this.context = context;
    this.operation = operation;
    this.run = new Run(context.kv(), context.clock(), stack, operation, hidden(stack));
    this.steps = new Steps(run, context.types(), context.ids(), policy(stack));
    this.removal = new Removal(run, steps);
  }

  private @Nullable StackPolicy policy(StackRow stack) {
    if (operation.kind() != Kind.UPDATE) {
      return null;
    }
    return StackPolicy.parse(operation.policy() != null ? operation.policy() : stack.stackPolicy());
  }

  private Hidden hidden(StackRow stack) {
    Revision revision = operation.next() == null ? stack.current() : operation.next();
    if (revision == null) {
      return new Hidden(Set.of());
    }
    String text =
        context
            .kv()
            .read(
                reader -> CloudFormationStore.template(reader, stack.arn(), revision.templateId()));
    return Hidden.of(Template.parse(text, revision.values(stack)), revision);
  }

  /// Ends an operation that cannot go on, so that the stack does not stay in progress for ever.
  static void abandon(Engine.Context context, String stackArn, String reason) {
    StackRow stack = context.kv().read(reader -> CloudFormationStore.stack(reader, stackArn));
    OperationRow operation = stack == null ? null : stack.operation();
    if (stack == null || operation == null) {
      return;
    }
    String status =
        switch (operation.kind()) {
          case CREATE -> operation.phase() == Phase.FORWARD ? "CREATE_FAILED" : "ROLLBACK_FAILED";
          case UPDATE -> "UPDATE_ROLLBACK_FAILED";
          case DELETE -> "DELETE_FAILED";
        };
    StackRow ended =
        operation.kind() == Kind.UPDATE ? stack.interrupted(operation) : stack.operation(null);
    var run = new Run(context.kv(), context.clock(), stack, operation, new Hidden(Set.of()));
    run.stack(ended, status, reason);
  }

  void run() {
    if (operation.kind() == Kind.DELETE) {
      delete();
      return;
    }
    switch (operation.phase()) {
      case FORWARD -> forward();
      case CLEANUP -> cleanup();
      case BACK -> back();
      case BACK_CLEANUP -> backCleanup();
    }
  }

  private boolean creating() {
    return operation.kind() == Kind.CREATE;
  }

  private void forward() {
    Revision next = operation.next();
    if (next == null) {
      throw new IllegalStateException("an operation without a template");
    }
    try {
      Template template = template(next);
      var scope =
          new LiveScope(
              context.kv(), context.operations(), run.call(), run.stack().arn(), this::made);
      var intrinsics = new Intrinsics(template, next.arguments(), place(next), scope);
      Graph graph = Graph.of(template, intrinsics);
      var wanted =
          new Wanted(
              template, intrinsics, graph, context.types(), context.specification(), next.tags());
      String denied = steps.denied(graph.dependencies().keySet());
      List<String> failed = denied == null ? deploy(wanted) : List.of();
      if (denied != null || !failed.isEmpty()) {
        failed(denied != null ? denied : late.get() ? TOO_LATE : reason(failed));
        return;
      }
      commit(next, graph, Outputs.of(template, intrinsics), scope);
    } catch (ServiceError e) {
      failed(e.getMessage());
    }
  }

  // Returns what failed.
  private List<String> deploy(Wanted wanted) {
    Timers.Cancellable deadline = deadline();
    try {
      return Branches.run(
          wanted.graph(),
          id -> steps.deploy(wanted, declared(wanted.template(), id)),
          false,
          () -> context.waiting().cancel(operation.id()));
    } finally {
      deadline.cancel();
    }
  }

  private Timers.Cancellable deadline() {
    StackRow stack = run.stack();
    if (!creating() || stack.timeoutMinutes() == 0) {
      return () -> {};
    }
    Instant due =
        Instant.ofEpochMilli(stack.createdMillis())
            .plus(Duration.ofMinutes(stack.timeoutMinutes()));
    return context
        .timers()
        .after(
            due,
            () -> {
              late.set(true);
              context.waiting().cancel(operation.id());
            });
  }

  private static Template.Resource declared(Template template, String logicalId) {
    Template.Resource resource = template.resources().get(logicalId);
    if (resource == null) {
      throw new IllegalStateException("not in the template: " + logicalId);
    }
    return resource;
  }

  private Template template(Revision revision) {
    return Template.parse(
        context
            .kv()
            .read(
                reader ->
                    CloudFormationStore.template(reader, run.stack().arn(), revision.templateId())),
        revision.values(run.stack()));
  }

  private Scope.Place place(Revision revision) {
    StackRow stack = run.stack();
    return new Scope.Place(
        stack.account(), stack.region(), stack.name(), stack.arn(), revision.notificationArns());
  }

  private @Nullable Made made(String logicalId) {
    ResourceRow row = run.rows().get(logicalId);
    return row == null ? null : row.effective();
  }

  private String reason(List<String> failed) {
    var created = new TreeSet<String>();
    var updated = new TreeSet<String>();
    for (String id : failed) {
      ResourceRow row = run.rows().get(id);
      (row == null || row.current() == null ? created : updated).add(id);
    }
    return (created.isEmpty()
            ? ""
            : "The following resource(s) failed to create: " + created + ". ")
        + (updated.isEmpty()
            ? ""
            : "The following resource(s) failed to update: " + updated + ". ");
  }

  private void commit(
      Revision next, Graph graph, List<StackRow.OutputRow> outputs, LiveScope scope) {
    boolean clean = creating() || !Removal.needed(run.rows().values(), graph);
    StackRow done = run.stack().current(next, outputs);
    List<String> statuses =
        creating()
            ? List.of("CREATE_COMPLETE")
            : clean
                ? List.of("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "UPDATE_COMPLETE")
                : List.of("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
    var committed = new ArrayList<ResourceRow>();
    run.stack(
        done.operation(clean ? null : operation.in(Phase.CLEANUP, null)),
        statuses,
        null,
        tx -> {
          committed.clear();
          committed.addAll(run.commit(tx));
          Outputs.publish(tx, run.stack(), outputs, scope.imported());
        });
    run.adopt(committed);
    if (!clean) {
      removal.replacedAndGone(graph.dependencies().keySet());
      run.stack(run.stack().operation(null), "UPDATE_COMPLETE", null);
    }
  }

  private void cleanup() {
    Revision revision = run.stack().current();
    if (revision == null) {
      throw new IllegalStateException("a cleanup without a template");
    }
    Template template = template(revision);
    var scope =
        new LiveScope(
            context.kv(), context.operations(), run.call(), run.stack().arn(), this::made);
    var intrinsics = new Intrinsics(template, revision.arguments(), place(revision), scope);
    removal.replacedAndGone(Graph.of(template, intrinsics).dependencies().keySet());
    run.stack(run.stack().operation(null), "UPDATE_COMPLETE", null);
  }

  private void failed(@Nullable String reason) {
    String why = reason == null ? "" : reason.strip();
    if (operation.stopOnFailure()) {
      context.waiting().renew(operation.id());
      stopped(why);
      return;
    }
    String text = why + (why.endsWith(".") ? "" : ".") + " Rollback requested by user.";
    OperationRow back = operation.in(Phase.BACK, text);
    run.stack(
        run.stack().operation(back),
        creating() ? "ROLLBACK_IN_PROGRESS" : "UPDATE_ROLLBACK_IN_PROGRESS",
        text);
    back();
  }

  // What was made stays; the next update goes on from there.
  private void stopped(String reason) {
    var kept = new ArrayList<ResourceRow>();
    StackRow stack = run.stack();
    Revision revision = stack.current() == null ? operation.next() : stack.current();
    run.stack(
        stack.current(revision, stack.outputs()).operation(null),
        List.of(creating() ? "CREATE_FAILED" : "UPDATE_FAILED"),
        reason,
        tx -> {
          kept.clear();
          for (ResourceRow row : run.rows().values()) {
            Made pending = row.pending();
            if (pending != null) {
              ResourceRow after =
                  pending.done() || row.current() == null && pending.physicalId() != null
                      ? row.committed()
                      : row.pending(null);
              CloudFormationStore.put(tx, stack.arn(), after);
              kept.add(after);
            }
          }
        });
    run.adopt(kept);
  }

  private void back() {
    context.waiting().renew(operation.id());
    if (creating()) {
      backFromCreation();
      return;
    }
    var changed = new ConcurrentHashMap<String, Set<String>>();
    for (ResourceRow row : run.rows().values()) {
      if (row.pending() != null && row.current() != null) {
        changed.put(row.logicalId(), Removal.needs(row));
      }
    }
    changed.values().forEach(needs -> needs.retainAll(changed.keySet()));
    List<String> failed = Branches.run(new Graph(changed), steps::restore, false, () -> {});
    if (!failed.isEmpty()) {
      String reason = "The following resource(s) failed to update: " + new TreeSet<>(failed) + ". ";
      run.stack(run.stack().interrupted(operation), "UPDATE_ROLLBACK_FAILED", reason);
      return;
    }
    OperationRow next = operation.in(Phase.BACK_CLEANUP, operation.reason());
    run.stack(run.stack().operation(next), "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS", null);
    backCleanup();
  }

  private void backCleanup() {
    removal.pending(false);
    run.stack(run.stack().operation(null), "UPDATE_ROLLBACK_COMPLETE", null);
  }

  private void backFromCreation() {
    List<String> failed = removal.pending(true);
    StackRow stack = run.stack().current(operation.next(), List.of());
    if (!failed.isEmpty()) {
      String reason = "The following resource(s) failed to delete: " + new TreeSet<>(failed) + ". ";
      run.stack(stack.operation(null), "ROLLBACK_FAILED", reason);
    } else if ("DELETE".equals(operation.onFailure())) {
      run.stack(
          stack.deleted(context.clock().millis()).operation(null),
          List.of("DELETE_IN_PROGRESS", "DELETE_COMPLETE"),
          null,
          _ -> {});
    } else {
      run.stack(stack.operation(null), "ROLLBACK_COMPLETE", null);
    }
  }

  private void delete() {
    List<String> failed = removal.everything(operation.retain());
    StackRow stack = run.stack();
    if (!failed.isEmpty() && !operation.force()) {
      String reason = "The following resource(s) failed to delete: " + new TreeSet<>(failed) + ". ";
      run.stack(stack.operation(null), "DELETE_FAILED", reason);
      return;
    }
    run.stack(
        stack.deleted(context.clock().millis()).operation(null),
        List.of("DELETE_COMPLETE"),
        null,
        tx -> Outputs.withdraw(tx, stack));
  }
}

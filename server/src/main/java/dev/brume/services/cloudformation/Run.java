package dev.brume.services.cloudformation;

import dev.brume.model.Call;
import dev.brume.resources.ResourceRequest;
import dev.brume.store.Kv;
import dev.brume.store.Tx;
import dev.brume.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The journal of one operation: every step is written with its event before the next begins.
final class Run {
  private static final String STACK_TYPE = "AWS::CloudFormation::Stack";

  private final Kv kv;
  private final Clock clock;
  private final OperationRow operation;
  private final Map<String, ResourceRow> rows = new ConcurrentHashMap<>();
  private final Hidden hidden;
  private volatile StackRow stack;

  /// @param hidden what the events do not show
  Run(Kv kv, Clock clock, StackRow stack, OperationRow operation, Hidden hidden) {
    this.kv = kv;
    this.clock = clock;
    this.stack = stack;
    this.operation = operation;
    this.hidden = hidden;
    kv.read(reader -> CloudFormationStore.resources(reader, stack.arn()))
        .forEach(row -> rows.put(row.logicalId(), row));
  }

  StackRow stack() {
    return stack;
  }

  OperationRow operation() {
    return operation;
  }

  Map<String, ResourceRow> rows() {
    return rows;
  }

  ResourceRow row(String logicalId, String type) {
    ResourceRow row = rows.get(logicalId);
    return row == null ? ResourceRow.of(logicalId, type) : row;
  }

  /// As whom and for what the operation's calls are made.
  Call call() {
    return new Call(
        stack.account(),
        stack.region(),
        operation.caller().principal(),
        operation.id(),
        clock.instant(),
        operation.endpoint());
  }

  ResourceRequest request(String logicalId, Made made) {
    var tags = new LinkedHashMap<>(made.tags());
    tags.put("aws:cloudformation:stack-name", stack.name());
    tags.put("aws:cloudformation:stack-id", stack.arn());
    tags.put("aws:cloudformation:logical-id", logicalId);
    return new ResourceRequest(
        call(), stack.arn(), stack.name(), logicalId, made.propertyTree(), tags, made.suffix());
  }

  /// Writes a resource's row and the event that tells of it.
  ///
  /// @param made what the event is about
  void step(ResourceRow row, Made made, String status, @Nullable String reason) {
    ResourceRow written = row.status(status, reason, clock.millis());
    var event =
        new EventRow(
            operation.id(),
            row.logicalId(),
            made.physicalId(),
            made.type(),
            status,
            reason,
            hidden.and(rows.values()).mask(made.properties()),
            operation.token(),
            clock.millis());
    kv.tx(
        tx -> {
          CloudFormationStore.put(tx, stack.arn(), written);
          CloudFormationStore.append(tx, stack.arn(), event);
          return 0;
        });
    rows.put(row.logicalId(), written);
  }

  /// Writes a resource's row that nobody needs to hear of.
  void quiet(ResourceRow row) {
    kv.tx(
        tx -> {
          CloudFormationStore.put(tx, stack.arn(), row);
          return 0;
        });
    rows.put(row.logicalId(), row);
  }

  void forget(String logicalId) {
    kv.tx(
        tx -> {
          CloudFormationStore.deleteResource(tx, stack.arn(), logicalId);
          return 0;
        });
    rows.remove(logicalId);
  }

  /// Writes the stack's row, an event for each status that it goes through, and what belongs to it.
  ///
  /// @param statuses the last one stays
  void stack(StackRow row, List<String> statuses, @Nullable String reason, Consumer<Tx> besides) {
    StackRow written = row.status(statuses.getLast(), reason);
    kv.tx(
        tx -> {
          besides.accept(tx);
          CloudFormationStore.put(tx, written);
          for (String status : statuses) {
            CloudFormationStore.append(
                tx, written.arn(), event(written, operation, status, reason, clock.millis()));
          }
          return 0;
        });
    stack = written;
  }

  void stack(StackRow row, String status, @Nullable String reason) {
    stack(row, List.of(status), reason, _ -> {});
  }

  /// Puts the rows, as they are after the commit of the whole operation, into the transaction.
  List<ResourceRow> commit(Tx tx) {
    var committed = new ArrayList<ResourceRow>();
    rows.values()
        .forEach(
            row -> {
              ResourceRow after = row.committed();
              if (after != row) {
                CloudFormationStore.put(tx, stack.arn(), after);
                committed.add(after);
              }
            });
    return committed;
  }

  void adopt(List<ResourceRow> committed) {
    committed.forEach(row -> rows.put(row.logicalId(), row));
  }

  static EventRow event(
      StackRow stack, OperationRow operation, String status, @Nullable String reason, long millis) {
    return new EventRow(
        operation.id(),
        stack.name(),
        stack.arn(),
        STACK_TYPE,
        status,
        reason,
        null,
        operation.token(),
        millis);
  }
}

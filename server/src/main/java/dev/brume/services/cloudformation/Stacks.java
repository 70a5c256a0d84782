package dev.brume.services.cloudformation;

import dev.brume.ids.Ids;
import dev.brume.model.Call;
import dev.brume.services.cloudformation.OperationRow.Kind;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Finding stacks and beginning operations on them.
final class Stacks {
  private final Kv kv;
  private final Ids ids;
  private final Engine engine;

  Stacks(Kv kv, Ids ids, Engine engine) {
    this.kv = kv;
    this.ids = ids;
    this.engine = engine;
  }

  /// The stack by name (one that lives) or ARN (deleted ones too), null if there is none.
  @Nullable StackRow find(Call call, String asked) {
    return kv.read(reader -> find(reader, call, asked));
  }

  private static @Nullable StackRow find(Reader reader, Call call, String asked) {
    if (asked.startsWith("arn:")) {
      return here(call, asked) ? CloudFormationStore.stack(reader, asked) : null;
    }
    String arn = CloudFormationStore.arnOf(reader, call.account(), call.region(), asked);
    return arn == null ? null : CloudFormationStore.stack(reader, arn);
  }

  /// Whether an ARN is of the caller's account and region: others see nothing of it.
  static boolean here(Call call, String arn) {
    String[] parts = arn.split(":", 6);
    return parts.length == 6 && parts[3].equals(call.region()) && parts[4].equals(call.account());
  }

  /// The stack; throws `ValidationError` if there is none.
  StackRow get(Call call, @Nullable String asked) {
    String name = required(asked);
    StackRow stack = find(call, name);
    if (stack == null) {
      throw CloudFormationErrors.noStack(name);
    }
    return stack;
  }

  static String required(@Nullable String stackName) {
    if (stackName == null || stackName.isEmpty()) {
      throw CloudFormationErrors.validation(
          "1 validation error detected: Value null at 'stackName' failed to satisfy constraint:"
              + " Member must not be null");
    }
    return stackName;
  }

  /// A stack that is not stored yet.
  StackRow fresh(Call call, String name) {
    if (!name.matches("[a-zA-Z][-a-zA-Z0-9]{0,127}")) {
      throw CloudFormationErrors.validation(
          "1 validation error detected: Value '"
              + name
              + "' at 'stackName' failed to satisfy constraint: Member must satisfy regular"
              + " expression pattern: [a-zA-Z][-a-zA-Z0-9]*");
    }
    String arn = call.arn("cloudformation", "stack/" + name + "/" + ids.uuid());
    return StackRow.create(arn, name, call.account(), call.region(), call.now().toEpochMilli());
  }

  /// Throws `ValidationError` unless the stack may be updated.
  static void updatable(StackRow stack) {
    String status = stack.status();
    boolean ready =
        status.equals("CREATE_COMPLETE")
            || status.equals("UPDATE_COMPLETE")
            || status.equals("UPDATE_ROLLBACK_COMPLETE")
            || status.equals("IMPORT_COMPLETE")
            || status.equals("CREATE_FAILED")
            || status.equals("UPDATE_FAILED");
    if (!ready || stack.operation() != null) {
      throw CloudFormationErrors.wrongState(stack.arn(), status, "updated");
    }
  }

  /// Writes the operation into the stack's row, begins it, and waits a while for its end.
  ///
  /// @param check run in the same transaction, on the row as it is there; may throw
  /// @param besides written in the same transaction
  /// @param hold how long to wait
  void begin(
      Call call,
      StackRow expected,
      OperationRow operation,
      UnaryOperator<StackRow> change,
      Function<Tx, @Nullable StackRow> check,
      Consumer<Tx> besides,
      Duration hold) {
    kv.tx(
        tx -> {
          StackRow stack = check.apply(tx);
          StackRow now = change.apply(stack == null ? expected : stack);
          StackRow begun =
              now.operation(operation).status(status(operation.kind()), "User Initiated");
          long millis = call.now().toEpochMilli();
          if (operation.kind() == Kind.UPDATE) {
            begun = begun.updated(millis);
          }
          besides.accept(tx);
          CloudFormationStore.put(tx, begun);
          CloudFormationStore.append(
              tx,
              begun.arn(),
              Run.event(begun, operation, begun.status(), "User Initiated", millis));
          return 0;
        });
    engine.start(expected.arn());
    engine.await(expected.arn(), hold);
  }

  private static String status(Kind kind) {
    return switch (kind) {
      case CREATE -> "CREATE_IN_PROGRESS";
      case UPDATE -> "UPDATE_IN_PROGRESS";
      case DELETE -> "DELETE_IN_PROGRESS";
    };
  }

  /// The stack's row in the transaction; throws if it went, or if it is busy.
  static StackRow idle(Tx tx, String arn, String action) {
    StackRow stack = CloudFormationStore.stack(tx, arn);
    if (stack == null) {
      throw CloudFormationErrors.noStack(arn);
    }
    if (stack.operation() != null) {
      throw CloudFormationErrors.wrongState(arn, stack.status(), action);
    }
    return stack;
  }

  void hold(StackRow stack, Duration max) {
    if (stack.operation() != null) {
      engine.await(stack.arn(), max);
    }
  }

  List<StackRow> all(Call call) {
    return kv.read(reader -> CloudFormationStore.stacks(reader, call.account(), call.region()));
  }
}

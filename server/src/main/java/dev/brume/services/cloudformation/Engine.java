package dev.brume.services.cloudformation;

import dev.brume.ids.Ids;
import dev.brume.model.Operations;
import dev.brume.services.cloudformation.template.Specification;
import dev.brume.store.Kv;
import dev.brume.store.StoreClosed;
import dev.brume.time.Clock;
import dev.brume.time.Timers;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// Carries out stack operations, each on a virtual thread of its own. An operation is in the
/// stack's
/// row before it begins here, so that one that a crash cut off goes on at start.
final class Engine implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("brume.cloudformation");

  private final Map<String, CompletableFuture<Void>> running = new ConcurrentHashMap<>();
  private final Context context;
  private volatile boolean closed;

  /// What an operation needs.
  record Context(
      Kv kv,
      Clock clock,
      Timers timers,
      Ids ids,
      Operations operations,
      Types types,
      Specification specification,
      Waiting waiting) {}

  /// What operations wait for outside this process.
  interface Waiting {
    /// Lets go of what the operation waits for, now and until [#renew].
    void cancel(String operationId);

    /// The operation may wait again.
    void renew(String operationId);
  }

  Engine(Context context) {
    this.context = context;
  }

  /// Goes on with what was in progress when the process ended.
  void resume() {
    context.kv().read(CloudFormationStore::running).forEach(this::start);
  }

  /// Begins the operation that is in the stack's row.
  CompletableFuture<Void> start(String stackArn) {
    var done = new CompletableFuture<Void>();
    CompletableFuture<Void> already = running.putIfAbsent(stackArn, done);
    if (already != null) {
      return already;
    }
    Thread.ofVirtual().name("stack").start(() -> run(stackArn, done));
    return done;
  }

  private void run(String stackArn, CompletableFuture<Void> done) {
    String ran = null;
    try {
      StackRow stack = context.kv().read(reader -> CloudFormationStore.stack(reader, stackArn));
      OperationRow operation = stack == null ? null : stack.operation();
      if (stack != null && operation != null) {
        ran = operation.id();
        carryOut(stack, operation);
      }
    } catch (StoreClosed e) {
      LOG.log(Level.DEBUG, "stopped: the operation goes on at the next start");
    } finally {
      running.remove(stackArn, done);
      done.complete(null);
    }
    startNext(stackArn, ran);
  }

  private void carryOut(StackRow stack, OperationRow operation) {
    try {
      new Deployment(context, stack, operation).run();
    } catch (StoreClosed e) {
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      LOG.log(Level.ERROR, "operation of stack " + stack.arn() + " broke off", e);
      if (!closed) {
        Deployment.abandon(context, stack.arn(), "Internal Failure: " + e);
      }
    }
  }

  // The next operation may have been written after the last step of this one, while this one still
  // counted as running.
  private void startNext(String stackArn, @Nullable String ran) {
    try {
      StackRow stack = context.kv().read(reader -> CloudFormationStore.stack(reader, stackArn));
      OperationRow next = stack == null ? null : stack.operation();
      if (ran != null && next != null && !next.id().equals(ran)) {
        start(stackArn);
      }
    } catch (StoreClosed e) {
      LOG.log(Level.DEBUG, "stopped: the operation goes on at the next start");
    }
  }

  /// Waits until the stack's operation is done, or so long.
  void await(String stackArn, Duration max) {
    CompletableFuture<Void> done = running.get(stackArn);
    if (done == null) {
      return;
    }
    try {
      done.get(max.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.log(Level.DEBUG, "{0} is still busy", stackArn);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  boolean busy(String stackArn) {
    return running.containsKey(stackArn);
  }

  @Override
  public void close() {
    closed = true;
  }
}

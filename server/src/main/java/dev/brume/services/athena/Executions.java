package dev.brume.services.athena;

import dev.brume.ids.Ids;
import dev.brume.model.Body;
import dev.brume.model.Call;
import dev.brume.model.Operations;
import dev.brume.model.ServiceError;
import dev.brume.model.athena.WorkGroupConfiguration;
import dev.brume.sql.Cancellation;
import dev.brume.sql.ObjectSource;
import dev.brume.sql.SqlEngine;
import dev.brume.sql.SqlFailure;
import dev.brume.sql.SqlResult;
import dev.brume.sql.StatementKind;
import dev.brume.store.Kv;
import dev.brume.time.Clock;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Query executions: durable from their start to their end, run on threads of their own with the
/// permissions of who started them. One that a crash interrupted is run again at start, so a
/// statement may run more than once.
final class Executions {
  private static final System.Logger LOG = System.getLogger("brume.athena");
  // DuckDB parses on the thread's own stack.
  private static final long STACK_BYTES = 16L << 20;

  private final Kv kv;
  private final AthenaStore store;
  private final WorkGroups groups;
  private final Clock clock;
  private final Operations operations;
  private final Ids ids;
  private final SqlEngine engine;
  private final Semaphore permits = new Semaphore(AthenaLimits.RUNNING_MAX, true);
  private final Map<String, Cancellation> live = new ConcurrentHashMap<>();
  private volatile boolean closed;

  Executions(
      Kv kv,
      AthenaStore store,
      WorkGroups groups,
      Clock clock,
      Operations operations,
      Ids ids,
      SqlEngine engine) {
    this.kv = kv;
    this.groups = groups;
    this.store = store;
    this.clock = clock;
    this.operations = operations;
    this.ids = ids;
    this.engine = engine;
  }

  /// What is to be run.
  record Request(
      String query,
      List<String> parameters,
      String database,
      String workGroup,
      String outputFolder,
      @Nullable String token) {}

  /// Begins an execution; the answer is its id. The same token gives the same execution again.
  String start(Call call, Request request) {
    String id = ids.uuid();
    String suffix = SqlEngine.rows(request.query()) ? ".csv" : ".txt";
    var execution =
        new Execution(
            id,
            request.query(),
            request.parameters(),
            request.database(),
            request.workGroup(),
            request.outputFolder() + id + suffix,
            "QUEUED",
            null,
            call.now().toEpochMilli(),
            0,
            0,
            0,
            0,
            List.of(),
            Callers.row(call));
    return kv.tx(
        tx -> {
          if (request.token() != null) {
            AthenaStore.Token started = store.token(tx, call, request.token());
            if (started != null) {
              if (!started.query().equals(request.query())) {
                throw AthenaErrors.invalid(
                    "Idempotent parameters do not match for ClientRequestToken " + request.token());
              }
              return started.id();
            }
            store.putToken(tx, call, request.token(), new AthenaStore.Token(id, request.query()));
          }
          store.put(tx, call, execution);
          tx.afterCommit(() -> submit(call, execution));
          return id;
        });
  }

  /// Runs what was interrupted, and forgets what is older than the history.
  void recover() {
    long oldest = clock.instant().minus(Duration.ofDays(AthenaLimits.HISTORY_DAYS)).toEpochMilli();
    var open = new ArrayList<Runnable>();
    var old = new ArrayList<Runnable>();
    kv.read(
        reader -> {
          store.everyExecution(
              reader,
              (key, execution) -> {
                Call call =
                    new Call(
                        key.string(1),
                        key.string(2),
                        Callers.principal(execution.caller()),
                        execution.id(),
                        clock.instant(),
                        execution.caller().endpoint());
                if (!execution.ended()) {
                  open.add(() -> submit(call, execution));
                } else if (execution.completedMillis() < oldest) {
                  old.add(
                      () ->
                          kv.tx(
                              tx -> {
                                store.delete(tx, call, execution);
                                return 0;
                              }));
                }
              });
          return 0;
        });
    open.forEach(Runnable::run);
    old.forEach(Runnable::run);
  }

  Execution get(Call call, String id) {
    Execution execution = kv.<@Nullable Execution>read(r -> store.execution(r, call, id));
    if (execution == null) {
      throw AthenaErrors.noExecution(id);
    }
    return execution;
  }

  /// Stops an execution that is not over; one that is stays as it is.
  void stop(Call call, String id) {
    get(call, id);
    Cancellation cancellation = live.get(id);
    if (cancellation != null) {
      cancellation.cancel();
    }
    end(call, id, "CANCELLED", "Query cancelled by user", 0, 0, List.of());
  }

  void close() {
    closed = true;
    live.values().forEach(Cancellation::cancel);
  }

  private void submit(Call call, Execution execution) {
    var cancellation = new Cancellation();
    live.put(execution.id(), cancellation);
    if (StatementKind.of(execution.query()) == StatementKind.DML) {
      Thread.ofPlatform()
          .name("athena")
          .daemon(true)
          .stackSize(STACK_BYTES)
          .start(() -> queued(call, execution, cancellation));
    } else if (StatementKind.subtype(execution.query()).equals("EXPLAIN")) {
      Thread.ofPlatform()
          .name("athena")
          .daemon(true)
          .stackSize(STACK_BYTES)
          .start(() -> run(call, execution, cancellation));
    } else {
      Thread.ofVirtual().name("athena").start(() -> run(call, execution, cancellation));
    }
  }

  private void queued(Call call, Execution execution, Cancellation cancellation) {
    permits.acquireUninterruptibly();
    try {
      run(call, execution, cancellation);
    } finally {
      permits.release();
    }
  }

  private void run(Call call, Execution execution, Cancellation cancellation) {
    long started = clock.nanoTime();
    try {
      if (cancellation.cancelled() || !begin(call, execution.id())) {
        return;
      }
      var objects = new S3Objects(operations, call);
      SqlResult result =
          engine.run(
              new SqlEngine.Job(
                  execution.id(),
                  execution.query(),
                  execution.parameters(),
                  execution.database(),
                  call.now()),
              new GlueCatalog(operations, call),
              limited(call, execution, objects, cancellation),
              cancellation,
              done -> {
                deliver(objects, execution, done);
                return done;
              });
      end(
          call,
          execution.id(),
          "SUCCEEDED",
          null,
          millis(started),
          result.scannedBytes(),
          Results.fields(result));
    } catch (SqlFailure e) {
      fail(call, execution, cancellation, e.reason(), started);
    } catch (ServiceError e) {
      fail(call, execution, cancellation, reason(e), started);
    } catch (StackOverflowError e) {
      fail(call, execution, cancellation, "STACK_OVERFLOW: Query is nested too deep", started);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "query " + execution.id() + " failed", e);
      fail(call, execution, cancellation, "GENERIC_INTERNAL_ERROR: " + e, started);
    } finally {
      live.remove(execution.id());
    }
  }

  private ObjectSource limited(
      Call call, Execution execution, S3Objects objects, Cancellation cancellation) {
    WorkGroupConfiguration configuration = groups.get(call, execution.workGroup()).configuration();
    Long bytesMax = configuration == null ? null : configuration.bytesScannedCutoffPerQuery();
    return bytesMax == null ? objects : new ScanLimit(objects, bytesMax, cancellation);
  }

  private static void deliver(S3Objects objects, Execution execution, SqlResult result)
      throws IOException {
    try {
      objects.put(
          execution.outputLocation() + ".metadata",
          Body.of(Results.metadata(Results.fields(result))));
      objects.write(execution.outputLocation(), result.file());
    } catch (ServiceError e) {
      throw new SqlFailure(
          e.code().equals("AccessDenied")
              ? "Access denied when writing output to url: "
                  + execution.outputLocation()
                  + " . Please ensure you are allowed to access the S3 bucket. If specifying an"
                  + " expected bucket owner, confirm the bucket exists and is owned by the expected"
                  + " account."
              : "The S3 location provided to save your query results is invalid. Please check your"
                  + " S3 location is correct and is in the same region and try again: "
                  + e.getMessage());
    }
  }

  private static String reason(ServiceError e) {
    return switch (e.code()) {
      case "AccessDenied" -> "PERMISSION_DENIED: Access denied on S3: " + e.getMessage();
      case "AccessDeniedException" ->
          "Insufficient permissions to execute the query. " + e.getMessage();
      case "NoSuchBucket", "NoSuchKey" -> "HIVE_CANNOT_OPEN_SPLIT: " + e.getMessage();
      default -> e.code() + ": " + e.getMessage();
    };
  }

  private void fail(
      Call call, Execution execution, Cancellation cancellation, String reason, long started) {
    if (closed) {
      // Interrupted by the end of the process: it is run again when that starts again.
      return;
    }
    String state = cancellation.cancelled() ? "CANCELLED" : "FAILED";
    end(call, execution.id(), state, reason, millis(started), 0, List.of());
  }

  private boolean begin(Call call, String id) {
    return kv.tx(
        tx -> {
          Execution execution = store.execution(tx, call, id);
          if (execution == null || execution.ended()) {
            return false;
          }
          store.put(tx, call, execution.running(clock.millis()));
          return true;
        });
  }

  private void end(
      Call call,
      String id,
      String state,
      @Nullable String reason,
      long runMillis,
      long scannedBytes,
      List<Execution.ResultField> columns) {
    kv.tx(
        tx -> {
          Execution execution = store.execution(tx, call, id);
          if (execution != null && !execution.ended()) {
            store.put(
                tx,
                call,
                execution.ended(state, reason, clock.millis(), runMillis, scannedBytes, columns));
          }
          return 0;
        });
  }

  private long millis(long startedNanos) {
    return (clock.nanoTime() - startedNanos) / 1_000_000;
  }
}

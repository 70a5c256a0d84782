package dev.brume.services.lambda;

import dev.brume.model.ServiceError;
import dev.brume.model.lambda.FunctionConfiguration;
import dev.brume.services.lambda.LambdaStore.SnapshotRow;
import dev.brume.store.Kv;
import dev.brume.store.Reader;
import dev.brume.store.Tx;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Versions with SnapStart: pending while their first snapshot is made, failed when their
/// initialisation did; then they have a row, otherwise they are active.
///
/// <https://docs.aws.amazon.com/lambda/latest/dg/snapstart-activate.html>
final class SnapStarts {
  static final String PENDING = "Pending";
  static final String FAILED = "Failed";
  private static final String PUBLISHED = "PublishedVersions";
  private static final System.Logger LOG = System.getLogger(SnapStarts.class.getName());
  private final Kv kv;
  private volatile Function<FunctionName, CompletableFuture<Optional<String>>> maker =
      version -> CompletableFuture.completedFuture(Optional.empty());

  SnapStarts(Kv kv) {
    this.kv = kv;
  }

  /// Whether this is a version whose environments are restored from snapshots.
  static boolean applies(Configuration of) {
    return of.settings().snapStart().equals(PUBLISHED)
        && !of.version().equals(Configuration.LATEST);
  }

  /// What makes a snapshot of a version; its future has the type of the error when the function
  /// failed.
  void madeBy(Function<FunctionName, CompletableFuture<Optional<String>>> how) {
    maker = how;
  }

  /// Makes those that were pending when the server ended.
  void start() {
    var pending = new ArrayList<FunctionName>();
    LambdaStore.each(
        kv,
        "snapshot",
        6,
        (parts, value) -> {
          if (LambdaStore.SNAPSHOT.read(value).state().equals(PENDING)) {
            pending.add(
                new FunctionName(
                    (String) parts.get(1),
                    (String) parts.get(2),
                    (String) parts.get(4),
                    (String) parts.get(5)));
          }
        });
    pending.forEach(this::make);
  }

  /// A version was published.
  void published(Tx tx, FunctionName version, Configuration of) {
    if (applies(of)) {
      var row = new SnapshotRow(PENDING, "Creating", "The function is being created.");
      tx.put(LambdaStore.snapshot(version), LambdaStore.SNAPSHOT.write(row));
      tx.afterCommit(() -> make(version));
    }
  }

  private void make(FunctionName version) {
    Thread.ofVirtual()
        .name("lambda-snapshot")
        .start(
            () -> {
              try {
                made(version, maker.apply(version).join().orElse(null));
              } catch (RuntimeException e) {
                // Not the function's fault, or it is gone: who invokes it will be told.
                LOG.log(System.Logger.Level.DEBUG, "no snapshot of {0}: {1}", version.arn(), e);
                made(version, null);
              }
            });
  }

  private void made(FunctionName version, @Nullable String failure) {
    kv.tx(
        tx -> {
          if (tx.get(LambdaStore.snapshot(version)) == null) {
            // Deleted meanwhile.
            return 0;
          }
          if (failure == null) {
            tx.delete(LambdaStore.snapshot(version));
          } else {
            String reason = "The function failed to initialize: " + failure;
            var row = new SnapshotRow(FAILED, code(failure), reason);
            tx.put(LambdaStore.snapshot(version), LambdaStore.SNAPSHOT.write(row));
          }
          return 0;
        });
  }

  private static String code(String failure) {
    return "FunctionError."
        + switch (failure) {
          case "Sandbox.Timedout" -> "InitTimeout";
          case "Runtime.InvalidEntrypoint" -> "InvalidEntryPoint";
          default -> failure.startsWith("Extension.") ? "ExtensionInitError" : "RuntimeInitError";
        };
  }

  private static @Nullable SnapshotRow row(Reader reader, FunctionName name, Configuration of) {
    return applies(of)
        ? LambdaStore.get(reader, LambdaStore.snapshot(name.at(of.version())), LambdaStore.SNAPSHOT)
        : null;
  }

  /// Adds the state of a version.
  FunctionConfiguration shown(FunctionName name, Configuration of, FunctionConfiguration out) {
    SnapshotRow row = applies(of) ? kv.read(reader -> row(reader, name, of)) : null;
    return row == null
        ? out
        : out.state(row.state()).stateReasonCode(row.reasonCode()).stateReason(row.reason());
  }

  /// Throws ResourceConflictException when a version cannot be invoked now.
  void check(FunctionName name, Configuration of) {
    SnapshotRow row = applies(of) ? kv.read(reader -> row(reader, name, of)) : null;
    if (row != null) {
      throw LambdaErrors.state(row.state());
    }
  }

  /// Throws when a version with SnapStart is to have provisioned concurrency.
  static void checkNotProvisioned(Reader reader, FunctionName version) {
    Configuration of =
        LambdaStore.get(
            reader,
            LambdaStore.version(version, String.valueOf(version.qualifier())),
            LambdaStore.CONFIGURATION);
    if (of != null && applies(of)) {
      throw notTogether();
    }
  }

  private static ServiceError notTogether() {
    return LambdaErrors.invalid(
        "You cannot use both SnapStart and provisioned concurrency on the same function version.");
  }
}

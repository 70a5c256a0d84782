package dev.brume.sql;

import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// Stops a statement that runs.
public final class Cancellation {
  private boolean cancelled;
  private @Nullable String reason;
  private @Nullable Statement statement;

  /// Asks the statement to stop; it ends with a [SqlFailure] soon.
  public synchronized void cancel() {
    cancelled = true;
    stop("Query cancelled by user");
  }

  /// Makes the statement fail with this reason.
  synchronized void stop(String why) {
    if (reason == null) {
      reason = why;
    }
    if (statement != null) {
      try {
        statement.cancel();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  public synchronized boolean cancelled() {
    return cancelled;
  }

  synchronized void running(@Nullable Statement now) {
    statement = now;
  }

  synchronized void check() {
    if (reason != null) {
      throw new SqlFailure(reason);
    }
  }
}

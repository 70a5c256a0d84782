package dev.brume.sql;

import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/// Stops a statement that runs.
public final class Cancellation {
  private boolean cancelled;
  private @Nullable Statement statement;

  /// Asks the statement to stop; it ends with a [SqlFailure] soon.
  public synchronized void cancel() {
    cancelled = true;
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

  void check() {
    if (cancelled()) {
      throw new SqlFailure("Query cancelled by user");
    }
  }
}

package dev.brume.services.athena;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One query execution, as it is kept.
///
/// @param workGroup its workgroup's name
/// @param outputLocation the result object's address
/// @param state `QUEUED`, `RUNNING`, `SUCCEEDED`, `FAILED` or `CANCELLED`
/// @param reason why it failed, null else
/// @param startedMillis 0 while it is queued
/// @param completedMillis 0 while it is not
/// @param runMillis how long the engine worked
/// @param columns of the result
/// @param caller who started it, to run it again after a crash
record Execution(
    String id,
    String query,
    List<String> parameters,
    String database,
    String workGroup,
    String outputLocation,
    String state,
    @Nullable String reason,
    long submittedMillis,
    long startedMillis,
    long completedMillis,
    long runMillis,
    long scannedBytes,
    List<ResultField> columns,
    Caller caller) {

  /// A column of the result.
  record ResultField(String name, String type, int precision, int scale) {}

  /// A principal, flattened.
  record Caller(
      String kind,
      String account,
      String name,
      String arn,
      String roleId,
      String session,
      String endpoint) {}

  boolean ended() {
    return completedMillis != 0;
  }

  Execution running(long nowMillis) {
    return new Execution(
        id,
        query,
        parameters,
        database,
        workGroup,
        outputLocation,
        "RUNNING",
        null,
        submittedMillis,
        nowMillis,
        0,
        0,
        0,
        List.of(),
        caller);
  }

  Execution ended(
      String newState,
      @Nullable String newReason,
      long nowMillis,
      long newRunMillis,
      long newScannedBytes,
      List<ResultField> newColumns) {
    return new Execution(
        id,
        query,
        parameters,
        database,
        workGroup,
        outputLocation,
        newState,
        newReason,
        submittedMillis,
        startedMillis == 0 ? nowMillis : startedMillis,
        Math.max(nowMillis, 1),
        newRunMillis,
        newScannedBytes,
        newColumns,
        caller);
  }
}

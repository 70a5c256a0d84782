package dev.brume.services.cloudformation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stack.
///
/// @param arn `arn:aws:cloudformation:<region>:<account>:stack/<name>/<uuid>`
/// @param updatedMillis 0 before the first update
/// @param deletedMillis 0 while it lives
/// @param current what it is made from, null before its first success
/// @param operation in progress, null if none
/// @param interrupted a rollback that failed and may be continued
record StackRow(
    String arn,
    String name,
    String account,
    String region,
    String status,
    @Nullable String statusReason,
    long createdMillis,
    long updatedMillis,
    long deletedMillis,
    @Nullable Revision current,
    @Nullable OperationRow operation,
    @Nullable OperationRow interrupted,
    List<OutputRow> outputs,
    boolean terminationProtection,
    @Nullable String stackPolicy,
    @Nullable String changeSetId,
    @Nullable String parentArn,
    @Nullable String rootArn,
    int timeoutMinutes,
    boolean disableRollback) {

  /// A resolved entry of `Outputs`.
  record OutputRow(
      String key, String value, @Nullable String description, @Nullable String exportName) {}

  static StackRow create(String arn, String name, String account, String region, long nowMillis) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        "REVIEW_IN_PROGRESS",
        null,
        nowMillis,
        0,
        0,
        null,
        null,
        null,
        List.of(),
        false,
        null,
        null,
        null,
        null,
        0,
        false);
  }

  StackRow status(String to, @Nullable String reason) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        to,
        reason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow operation(@Nullable OperationRow row) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        row,
        row == null ? interrupted : null,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow interrupted(OperationRow row) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        null,
        row,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow current(@Nullable Revision revision, List<OutputRow> values) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        revision,
        operation,
        interrupted,
        values,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow updated(long millis) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        millis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow deleted(long millis) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        millis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow terminationProtection(boolean on) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        on,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow stackPolicy(@Nullable String policy) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        policy,
        changeSetId,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow changeSet(@Nullable String id) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        stackPolicy,
        id,
        parentArn,
        rootArn,
        timeoutMinutes,
        disableRollback);
  }

  StackRow nestedIn(@Nullable String parent, @Nullable String root) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parent,
        root,
        timeoutMinutes,
        disableRollback);
  }

  StackRow options(int minutes, boolean withoutRollback) {
    return new StackRow(
        arn,
        name,
        account,
        region,
        status,
        statusReason,
        createdMillis,
        updatedMillis,
        deletedMillis,
        current,
        operation,
        interrupted,
        outputs,
        terminationProtection,
        stackPolicy,
        changeSetId,
        parentArn,
        rootArn,
        minutes,
        withoutRollback);
  }

  boolean deleted() {
    return status.equals("DELETE_COMPLETE");
  }

  boolean inReview() {
    return status.equals("REVIEW_IN_PROGRESS");
  }
}
